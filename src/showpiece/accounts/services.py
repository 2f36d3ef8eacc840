"""What changes people's accounts."""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts import photo_jobs, photos
from showpiece.accounts.locks import lock_address, lock_superusers, locked_profile
from showpiece.accounts.models import Profile, ProfileLink, User
from showpiece.accounts.names import validate_not_official
from showpiece.accounts.selectors import address_is_taken, administrators, name_has_twin
from showpiece.mail import services as mail
from showpiece_predictors.media import CleanImage

log = structlog.get_logger(__name__)

# Who signs up is welcomed at once, in their language; whoever was made in another way, after this.
WELCOME_PATIENCE = timedelta(seconds=5)
WELCOME_AT_ONCE = 100
# The rounds in which it is done keep the leases of runs as well.
WELCOME_SECONDS = 1.0


class LastAdministratorError(Exception):
    """Nobody could administer the site any more."""


@transaction.atomic
def user_add(
    *, email: str, username: str, password: str | None, name: str = "", staff: bool = False, **fields: Any
) -> User:
    """A user whose address counts as confirmed, because the operator vouches for it.

    Without a password nobody can sign in as them before they have set one by mail. Raises `ValidationError` on a bad
    field.
    """
    create = User.objects.create_superuser if staff else User.objects.create_user
    user = create(email, username, password, name=name, **fields)
    address_confirm(user)
    return user


def username_claim(username: str, *, user: User | None = None) -> None:
    """Before a username is written, in the same transaction: from here on nobody else can take it.

    `user` is whose it is going to be, if they are known. Raises `ValidationError` if it, or one that looks like it, is
    another's, or leads to the page of another creator.
    """
    lock_address(username)
    if address_is_taken(username, but=user):
        raise ValidationError({"username": ValidationError(_("This username is taken."), code="username_taken")})


def administrator_release(user: User) -> None:
    """Before somebody leaves or is made less than they are, in the same transaction: from here on nobody else is.

    Raises `LastAdministratorError` if they are the only one who can administer the site.
    """
    lock_superusers()
    if list(administrators().values_list("pk", flat=True)[:2]) == [user.pk]:
        raise LastAdministratorError


def name_check(name: str, *, user: User | None = None) -> None:
    """Raises `ValidationError` for a name under which a member, `user` or a new one, would pass for somebody else.

    Who runs the site may call themselves so.
    """
    if user is None or not user.is_staff:
        validate_not_official(name)
    if name_has_twin(name, but=user):
        raise ValidationError(
            _("Somebody has a name that looks the same, in other letters. Please write yours differently."), code="twin"
        )


def address_confirm(user: User) -> None:
    """The user's address is their primary one, and confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


@transaction.atomic
def account_reclaim(user: User) -> None:
    """The owner of the address has set a password by mail: nobody who was in before keeps a way in.

    A change of address that waits is dropped. If the address was never confirmed, somebody else may have made the
    account, so what they could sign in with goes: passkeys, codes, accounts elsewhere.
    """
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    confirmed = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    if not confirmed:
        Authenticator.objects.filter(user=user).delete()
        SocialAccount.objects.filter(user=user).delete()
        address_confirm(user)


def sessions_end(user: User, pk: int | None = None) -> int:
    """Sign the user out everywhere, or end one session of theirs. Returns how many there were."""
    from allauth.usersessions.models import UserSession

    own = UserSession.objects.filter(user=user)
    sessions = list(own if pk is None else own.filter(pk=pk))
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def user_welcome(*, user_id: uuid.UUID, language: str = "") -> bool:
    """Queue the welcome mail of a user who has not had it. False if they have, or may not sign in.

    The mark at the user and the mail are kept together or not at all, and a mark is set once: so nobody gets two.
    """
    user = User.objects.filter(pk=user_id, is_active=True, welcomed_at=None)
    if not user.update(welcomed_at=timezone.now()):
        return False
    welcomed = User.objects.get(pk=user_id)
    name = " ".join(welcomed.get_short_name().split())  # from a shell it might have several lines
    try:
        with transaction.atomic():
            mail.send("accounts/mail/welcome", welcomed.email, {"name": name}, language, reader=user_id)
    except (ValidationError, ValueError):
        # From a shell it might be no address, or one of several lines; trying again would not make it one.
        log.warning("not welcomed, has no address", user=str(user_id))
        return False
    return True


def users_welcome() -> int:
    """Welcome everybody who was made by whatever way and has not been. Returns how many."""
    waiting = User.objects.filter(
        welcomed_at=None, is_active=True, date_joined__lt=timezone.now() - WELCOME_PATIENCE
    ).order_by("date_joined")
    welcomed = 0
    end = time.monotonic() + WELCOME_SECONDS
    for pk in list(waiting.values_list("pk", flat=True)[:WELCOME_AT_ONCE]):
        try:
            welcomed += user_welcome(user_id=pk)
        except Exception:
            log.exception("not welcomed, comes again", user=str(pk))
        if time.monotonic() > end:
            break
    return welcomed


def address_replace(user: User) -> None:
    """The user's address was changed by the operator, who vouches for it: it is the only one, and confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    address_confirm(user)


def profile_ensure(user: User) -> Profile:
    """The profile of a user, made empty if there is none."""
    return Profile.objects.get_or_create(user=user)[0]


@dataclass(frozen=True)
class ProfileChanges:
    """All that a person tells of themselves, as it shall be. Without a photo the present one stays."""

    name: str
    bio: str = ""
    location: str = ""
    links: Sequence[str] = ()
    show_email: bool = False
    show_online: bool = True
    photo: CleanImage | None = None
    remove_photo: bool = False
    center_on_face: bool = True


def profile_save(user: User, changes: ProfileChanges) -> Profile:
    """Save user and profile together or not at all.

    Raises `ValidationError` by field, where the first link is `link_1`, and `media.MediaError` for a photo that cannot
    be cut. The photo is centred on a face later.
    """
    photo = photos.put(changes.photo.data) if changes.photo else ""
    source = ""
    try:
        source = photos.put_source(changes.photo) if changes.photo and changes.center_on_face else ""
        with transaction.atomic():
            profile = locked_profile(user)
            _name_set(user, changes.name)
            for name in ("bio", "location", "show_email", "show_online"):
                setattr(profile, name, getattr(changes, name))
            if photo or changes.remove_photo:
                _photo_set(profile, photo, source)
            profile.full_clean(exclude=["user"])
            profile.save(update_fields=["bio", "location", "show_email", "show_online", *PHOTO_FIELDS])
            _links_set(profile, changes.links)
            if source:
                photo_jobs.send(profile.pk)
    except BaseException:
        photos.drop(Profile(photo=photo).photo_names)
        photos.drop_source(source)
        raise
    return profile


PHOTO_FIELDS = ("photo", "photo_source", "photo_changed_at")


def _name_set(user: User, name: str) -> None:
    fresh = User.objects.get(pk=user.pk)
    if name == fresh.name:
        return
    try:
        name_check(name, user=fresh)
    except ValidationError as error:
        raise ValidationError({"name": error}) from error
    fresh.name = name
    fresh.full_clean(exclude=[field.name for field in User._meta.fields if field.name != "name"], validate_unique=False)
    fresh.save(update_fields=["name", "name_look"])


def _photo_set(profile: Profile, photo: str, source: str = "") -> None:
    """Change the fields; the old files go when that is kept."""
    transaction.on_commit(partial(photos.drop, profile.photo_names))
    transaction.on_commit(partial(photos.drop_source, profile.photo_source))
    profile.photo, profile.photo_source, profile.photo_changed_at = photo, source, timezone.now()


def _links_set(profile: Profile, urls: Sequence[str]) -> None:
    links = [ProfileLink(profile=profile, position=position, url=url) for position, url in enumerate(urls)]
    for link in links:
        try:
            link.clean_fields()
        except ValidationError as error:
            raise ValidationError({f"link_{link.position + 1}": error.messages}) from error
    profile.links.all().delete()
    ProfileLink.objects.bulk_create(links)


@transaction.atomic
def links_save(user: User, links: Sequence[str]) -> None:
    """The links of a person and nothing else. `ValidationError` by field, where the first one is `link_1`."""
    _links_set(locked_profile(user), links)


@transaction.atomic
def photo_remove(user: User) -> None:
    """Remove the user's photo and its files, if there is one."""
    profile = locked_profile(user)
    _photo_set(profile, "")
    profile.save(update_fields=PHOTO_FIELDS)


def photo_center(user_id: uuid.UUID) -> bool:
    """Cut the photo anew around its largest face. False if that is done, or the photo is another by now."""
    profile = Profile.objects.filter(pk=user_id).exclude(photo_source="").first()
    if profile is None:
        return False
    photo = photos.put_around_face(profile.photo_source)
    still = Profile.objects.filter(pk=user_id, photo_source=profile.photo_source)
    changed = still.update(photo_source="", **({"photo": photo} if photo else {}))
    # The squares of before stay for a while, as strays: a page that was opened a second ago still asks for them.
    if photo and not changed:
        photos.drop(Profile(photo=photo).photo_names)
    if changed:
        photos.drop_source(profile.photo_source)
    return bool(changed)


def photo_leave(profile: Profile) -> None:
    """Leave a photo as it is that could not be centred."""
    if Profile.objects.filter(pk=profile.pk, photo_source=profile.photo_source).update(photo_source=""):
        photos.drop_source(profile.photo_source)
