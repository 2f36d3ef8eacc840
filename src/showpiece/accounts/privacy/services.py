"""Writing requests: the ZIP of a person's data, and the end of their account.

Every move is one conditional UPDATE, so that workers, a sweeper and the person may race: one wins, the others see that
nothing matched.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, ProtectedError, Q, RestrictedError
from django.utils import timezone

from showpiece.accounts import erasure, photos
from showpiece.accounts.locks import locked_deletion
from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy import mails
from showpiece.accounts.privacy.jobs import erase_account, make_export
from showpiece.accounts.privacy.models import EXPORT_FOLDER, AccountDeletion, DataExport
from showpiece.accounts.privacy.selectors import lease_over
from showpiece.accounts.services import administrator_release, sessions_end
from showpiece.files import discard_folder
from showpiece.jobs.sending import send_with_row

log = structlog.get_logger(__name__)

# How long the sweeper leaves a job alone that was sent, and one that somebody works on and gives no sign of.
PUBLISH_PATIENCE = timedelta(seconds=10)
LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5


class TooSoonError(Exception):
    """The ZIP before was asked for a moment ago."""


def export_request(*, user: User, language: str = "") -> DataExport:
    """Queue a ZIP of the user's data, in place of the one before. One that is being made is answered with itself.

    Raises `TooSoonError` within `DataExport.PAUSE` of the request before: reading all that somebody has is work.
    """
    existing = DataExport.objects.filter(user=user).first()
    if existing is not None and existing.is_open:
        return existing
    if existing is not None and existing.again_at > timezone.now():
        raise TooSoonError
    try:
        with transaction.atomic():
            if existing is not None:
                export_delete(export=existing)
            export = DataExport(user=user, language=language, publish_after=timezone.now() + PUBLISH_PATIENCE)
            export.save(force_insert=True)
            send_with_row(make_export, str(export.pk))
    except IntegrityError:  # a double click: the other one was faster
        return DataExport.objects.get(user=user)
    return export


def export_claim(*, export_id: uuid.UUID) -> DataExport | None:
    """Take one that waits. None if it is taken, made or gone."""
    # No join: for that Django asks for the row in a subquery, which PostgreSQL does not ask again after it has waited
    # for another one to take the row. Both would have it.
    there = Exists(User.objects.filter(pk=OuterRef("user_id"), is_active=True))
    taken = DataExport.objects.filter(
        there, pk=export_id, status=DataExport.Status.QUEUED, attempt__lt=MAX_ATTEMPTS
    ).update(status=DataExport.Status.WORKING, attempt=F("attempt") + 1, publish_after=timezone.now() + LEASE)
    if not taken:
        return None
    discard_folder(f"{EXPORT_FOLDER}/{export_id}")  # of attempts that were killed: none of them can end well any more
    return DataExport.objects.select_related("user").filter(pk=export_id).first()


def _mine(export: DataExport) -> Any:
    """The row as long as this attempt is the current one."""
    return DataExport.objects.filter(pk=export.pk, attempt=export.attempt, status=DataExport.Status.WORKING)


def export_alive(*, export: DataExport) -> bool:
    """Somebody still works on it. False if another attempt has taken it over, or it is gone."""
    return bool(_mine(export).update(publish_after=timezone.now() + LEASE))


def export_succeed(*, export: DataExport, archive: File[Any]) -> bool:
    """Store the ZIP. False, and nothing is kept, if it is no longer this attempt's."""
    export.file.save(".zip", archive, save=False)
    now = timezone.now()
    kept = False
    try:
        kept = bool(
            _mine(export).update(
                status=DataExport.Status.READY,
                file=export.file.name,
                size=archive.size,
                completed_at=now,
                expires_at=now + timedelta(days=settings.EXPORT_RETENTION_DAYS),
            )
        )
    finally:
        if not kept:
            export.file.delete(save=False)
    return kept


def export_fail(*, export: DataExport) -> bool:
    """It cannot be made. False if it is no longer this attempt's."""
    now = timezone.now()
    expires_at = now + timedelta(days=settings.EXPORT_RETENTION_DAYS)
    changes = {"status": DataExport.Status.FAILED, "completed_at": now, "expires_at": expires_at}
    return bool(_mine(export).update(**changes))


def export_publish_again(*, export: DataExport) -> bool:
    """Take on to send its job once more; `export_published_again` follows. False if another sweeper was faster, or it
    has failed often enough.

    A sweeper that dies in between, or finds no broker, costs it no more than the first patience.
    """
    as_seen = DataExport.objects.filter(
        pk=export.pk, status=export.status, attempt=export.attempt, publish_after=export.publish_after
    )
    now = timezone.now()
    if export.attempt >= MAX_ATTEMPTS:
        expires_at = now + timedelta(days=settings.EXPORT_RETENTION_DAYS)
        as_seen.update(status=DataExport.Status.FAILED, completed_at=now, expires_at=expires_at)
        return False
    export.publish_after = now + PUBLISH_PATIENCE
    return bool(as_seen.update(status=DataExport.Status.QUEUED, publish_after=export.publish_after))


def export_published_again(*, export: DataExport) -> None:
    """It was sent, and is left alone for a while, unless it has been taken already; longer from time to time: a queue
    that is long is not made shorter by more jobs."""
    now = timezone.now()
    patience = max(PUBLISH_PATIENCE, (now - export.created_at) / 2)
    as_left = DataExport.objects.filter(
        pk=export.pk, status=DataExport.Status.QUEUED, publish_after=export.publish_after
    )
    as_left.update(publish_after=now + patience)


def export_delete(*, export: DataExport) -> None:
    """Forget a ZIP and its file. A worker that makes it finds its row gone and keeps nothing."""
    DataExport.objects.filter(pk=export.pk).delete()
    transaction.on_commit(lambda: discard_folder(f"{EXPORT_FOLDER}/{export.pk}"))


def user_deactivate(*, user: User) -> None:
    """Switch an account off: nobody can sign in to it, nobody is signed in any more, and nothing goes on by itself
    that only its owner could end.

    Raises `LastAdministratorError`.
    """
    with transaction.atomic():
        administrator_release(user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        erasure.stop(user)
        sessions_end(user)


def user_activate(*, user: User) -> None:
    """Switch an account on again, unless it is being erased."""
    leaving = AccountDeletion.objects.exclude(status=AccountDeletion.Status.WAITING).filter(user=user)
    if not leaving.exists():
        User.objects.filter(pk=user.pk).update(is_active=True)


@transaction.atomic
def deletion_request(*, user: User, language: str = "") -> AccountDeletion:
    """Hide the user, sign them out everywhere, and erase them after a while unless they come back.

    Asked twice, it is the first request that counts. Raises `LastAdministratorError`.
    """
    if user.is_superuser:
        administrator_release(user)
    erase_after = timezone.now() + timedelta(days=settings.DELETION_GRACE_DAYS)
    fields = {"language": language, "erase_after": erase_after, "publish_after": erase_after}
    deletion, created = AccountDeletion.objects.get_or_create(user=user, defaults=fields)
    if created:
        deletion.hidden = erasure.hide(user)
        deletion.save(update_fields=["hidden"])
        mails.send("accounts/mail/deletion_requested", user, {"erase_after": erase_after}, language)
    sessions_end(user)
    return deletion


@transaction.atomic
def deletion_cancel(*, user: User) -> bool:
    """They came back in time: everything is as before. False if nothing waited to be erased."""
    waiting = AccountDeletion.objects.filter(user=user, status=AccountDeletion.Status.WAITING)
    if not waiting.update(publish_after=timezone.now()):  # nobody else moves the row from here on
        return False
    deletion = waiting.get()
    erasure.show(user, deletion.hidden)
    deletion.delete()
    mails.send("accounts/mail/deletion_canceled", user, {}, deletion.language)
    return True


@transaction.atomic
def stay_hidden(*, user: User, room: str) -> None:
    """What `room` has hidden of somebody who is leaving stays hidden, should they come back."""
    deletion = locked_deletion(user)
    if deletion is not None and deletion.hidden.pop(room, None) is not None:
        deletion.save(update_fields=["hidden"])


@transaction.atomic
def _deletion_claim(deletion_id: uuid.UUID) -> AccountDeletion | None:
    """Begin to erase, or go on after a worker that died. From here on the person cannot sign in. None: not yet."""
    now = timezone.now()
    waiting = Q(status=AccountDeletion.Status.WAITING, erase_after__lte=now)
    abandoned = Q(status=AccountDeletion.Status.ERASING) & lease_over(now)
    claimed = AccountDeletion.objects.filter(waiting | abandoned, pk=deletion_id).update(
        status=AccountDeletion.Status.ERASING, lease_until=now + LEASE, publish_after=now + LEASE
    )
    if not claimed:
        return None
    deletion = AccountDeletion.objects.select_related("user").get(pk=deletion_id)
    user_deactivate(user=deletion.user)
    return deletion


def _deletion_alive(deletion: AccountDeletion) -> None:
    """Somebody still works on it."""
    until = timezone.now() + LEASE
    AccountDeletion.objects.filter(pk=deletion.pk, status=AccountDeletion.Status.ERASING).update(
        lease_until=until, publish_after=until
    )


def account_erase(*, deletion_id: uuid.UUID) -> bool:
    """Erase an account whose time has come, in every room; once more if it was cut off. False if it was not to be."""
    deletion = _deletion_claim(deletion_id)
    if deletion is None:
        return False
    user = deletion.user
    nameless = erasure.erase(user, lambda: _deletion_alive(deletion))
    export = DataExport.objects.filter(user=user).first()
    if export is not None:
        export_delete(export=export)
    _photo_drop(user)
    with transaction.atomic():
        # Of two workers that got here, one goes on: the mail is sent once.
        erasing = AccountDeletion.objects.filter(pk=deletion.pk, status=AccountDeletion.Status.ERASING)
        if not erasing.update(status=AccountDeletion.Status.ERASED, hidden={}, language=""):
            return False
        mails.forget(user)
        mails.send("accounts/mail/deletion_done", user, {}, deletion.language, last=True)
        _forget_in_log(user)
        if nameless or _acted(user) or not _delete(user):
            _make_nameless(user)
    log.info("account erased", user=str(user.pk), nameless=nameless)
    return True


def _photo_drop(user: User) -> None:
    """Remove the files of the photo. The row keeps their names until it goes itself: whoever is killed begins anew."""
    profile = Profile.objects.filter(user=user).first()
    if profile is None:
        return
    photos.drop_source(profile.photo_source)
    Profile.objects.filter(user=user).update(photo_source="")  # a job that cuts it now comes too late
    profile.refresh_from_db()
    photos.drop(profile.photo_names)


def _delete(user: User) -> bool:
    """Delete the row and all that goes with it. False if somebody's rows hold on to it."""
    pk = user.pk
    try:
        with transaction.atomic():
            user.delete()
    except (ProtectedError, RestrictedError):
        user.pk = pk
        log.warning("account has to stay, is made nameless", user=str(pk))
        return False
    user.pk = pk
    return True


def _forget_in_log(user: User) -> None:
    """The log of the administration keeps names of what was changed."""
    from allauth.account.models import EmailAddress
    from django.contrib.admin.models import LogEntry
    from django.contrib.contenttypes.models import ContentType

    kinds = ContentType.objects.get_for_models(User, Profile).values()
    LogEntry.objects.filter(content_type__in=kinds, object_id=str(user.pk)).delete()
    for model in (EmailAddress, AccountDeletion):
        ids = [str(pk) for pk in model.objects.filter(user=user).values_list("pk", flat=True)]
        LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model), object_id__in=ids).delete()


def _acted(user: User) -> bool:
    """Whether the log of the administration tells of something that they did: what was done to others stays known."""
    from django.contrib.admin.models import LogEntry

    return LogEntry.objects.filter(user=user).exists()


def _make_nameless(user: User) -> None:
    """Keep the row for those that point at it, with nothing in it that says who it was."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    for model in (EmailAddress, Authenticator, SocialAccount, Profile):
        model.objects.filter(user=user).delete()
    Profile.objects.create(user=user, show_online=False)
    user.email = f"{user.pk}@deleted.invalid"
    user.username = f"deleted-{user.pk.hex}"
    user.name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()


def deletion_publish_again(*, deletion: AccountDeletion, now: datetime) -> bool:
    """Take on to send its job. False if another sweeper was faster."""
    as_seen = AccountDeletion.objects.filter(
        pk=deletion.pk, status=deletion.status, publish_after=deletion.publish_after
    )
    return bool(as_seen.update(publish_after=now + PUBLISH_PATIENCE))


def job_of(row: DataExport | AccountDeletion) -> Any:
    """The job that works on a row."""
    return make_export if isinstance(row, DataExport) else erase_account


def export_folders() -> list[str]:
    """Names of the folders with ZIPs in the private store."""
    try:
        return default_storage.listdir(EXPORT_FOLDER)[0]
    except FileNotFoundError:
        return []
