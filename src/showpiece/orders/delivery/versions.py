"""Mails about new versions: one to everybody who may have the project and wants to hear of it.

A version that comes out leaves a `VersionNotice` in its own transaction. A job walks the entitlements by id, some at a
time: the mails and how far it came are committed together, so that whoever is killed anywhere sends none twice and
leaves none out. The rounds of a worker go on where a job was lost.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError, EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from showpiece.catalog.models import Release
from showpiece.jobs.sending import send_with_row
from showpiece.mail.services import send_all
from showpiece.orders.delivery.version_jobs import write_about_version
from showpiece.orders.delivery.version_mails import version_mail
from showpiece.orders.locks import locked_entitlements, locked_notice
from showpiece.orders.models import Entitlement, VersionNotice
from showpiece.orders.models.orders import NOBODY
from showpiece.orders.quotes import is_orderable

log = structlog.get_logger(__name__)

# Entitlements of a step, and steps of a job. A step holds the one lock for writing of SQLite while it keeps its mails.
AT_ONCE, STEPS = 20, 20
SHELVES = ("project__creator", "project__category")
# Between two steps others get their turn: who waits for SQLite's lock stands in no line.
BREATH_SECONDS = 0.02
# Notices of one round that goes after lost jobs.
LOST_AT_ONCE = 20


def version_notice(release: Release) -> None:
    """A version is out for the first time: have its buyers written to, unless its project is on display nowhere.

    In the transaction that releases it.
    """
    if not _is_told(release):
        return
    notice, is_new = VersionNotice.objects.get_or_create(release=release)
    if is_new:
        send_with_row(write_about_version, str(notice.pk))


def _is_told(release: Release) -> bool:
    return release.is_on_offer and is_orderable(release.project)


def address_of(entitlement: Entitlement) -> str:
    """Where its holder gets mail, "" where nobody does: a member at the address that they have now, a guest at the
    order's."""
    order, user = entitlement.line.order, entitlement.user
    return _address(order.email, order.user_id, user.email if user else None, user.is_active if user else None)


def _address(ordered_by: str, buyer: uuid.UUID | None, email: str | None, is_active: bool | None) -> str:
    if ordered_by.endswith(NOBODY):
        return ""
    if email is not None:
        return email if is_active else ""
    return "" if buyer else ordered_by


@dataclass
class Written:
    """Who was written to so far: somebody with two entitlements, also as guest and as member, gets one mail."""

    after: uuid.UUID | None
    addresses: set[str]


def _written(notice: VersionNotice) -> Written:
    """As it stands. An entitlement counts although it was taken back since: its holder was written to."""
    if notice.after is None:
        return Written(None, set())
    still = Q(revoked_at=None) | Q(revoked_at__gt=notice.created_at)
    held = Entitlement.objects.filter(still, project=notice.release.project_id, wants_versions=True)
    earlier = held.filter(pk__lte=notice.after).values_list(
        "line__order__email", "line__order__user", "user__email", "user__is_active"
    )
    return Written(notice.after, {_address(*one).lower() for one in earlier.iterator(chunk_size=2000)})


def _entitlements(project_id: uuid.UUID) -> QuerySet[Entitlement]:
    """With what a mail needs. Of orders that staff have put away there is no page that a mail could lead to."""
    rows = Entitlement.objects.filter(project=project_id, line__order__archived_at=None)
    rows = rows.select_related("line__order", "user")
    order, user = "line__order", "user"
    return rows.only(
        *("project_id", "wants_versions", "line__position", f"{order}__email", f"{order}__number"),
        *(f"{order}__secret", f"{order}__language", f"{order}__user_id", f"{user}__email", f"{user}__is_active"),
    )


def version_notice_steps(*, release_id: uuid.UUID) -> bool:
    """Write to some more. Returns whether there may be others left for whoever calls."""
    notice = VersionNotice.objects.select_related("release").filter(pk=release_id, done_at=None).first()
    if notice is None:
        return False
    written = _written(notice)  # outside of any lock: there may be many
    for number in range(STEPS):
        if number:
            time.sleep(BREATH_SECONDS)
        if not _step(release_id, written):
            return False
    return True


def _step(release_id: uuid.UUID, written: Written) -> bool:
    release = Release.objects.select_related(*SHELVES).get(pk=release_id)
    rows = _entitlements(release.project_id).filter(revoked_at=None)
    rows = rows.filter(pk__gt=written.after) if written.after else rows
    found = list(rows.order_by("pk")[:AT_ONCE])
    mails = _mails(release, found, written)  # made before anything is locked, which takes longer than keeping them
    with transaction.atomic():
        notice = locked_notice(release_id)
        if notice is None or notice.after != written.after:
            return False  # somebody else has gone on, and still does
        current = Release.objects.select_related(*SHELVES).get(pk=release_id)
        if current.withdrawn_at is not None:
            return False  # until it is offered again: then the rounds go on, as those who are left were never told
        if not found or not _is_told(current):
            return _end(notice)  # all are told, or its project was put away before
        _send(mails)
        notice.after = written.after = found[-1].pk
        notice.save(update_fields=["after"])
    return True


def _mails(release: Release, found: Sequence[Entitlement], written: Written) -> list[EmailMessage]:
    mails = []
    for entitlement in found:
        address = address_of(entitlement)
        if entitlement.wants_versions and address and address.lower() not in written.addresses:
            mails.append(version_mail(release, entitlement, address))
            written.addresses.add(address.lower())
    return mails


def _send(mails: list[EmailMessage]) -> None:
    """Queue them; what has no address must not hold up the others."""
    try:
        with transaction.atomic():
            send_all(mails)
    except (ValidationError, BadHeaderError):
        for mail in mails:
            try:
                mail.send()
            except (ValidationError, BadHeaderError):
                log.exception("mail about a version not possible", to=mail.to)


def _end(notice: VersionNotice) -> bool:
    notice.done_at = timezone.now()
    notice.save(update_fields=["done_at"])
    return False


Places = dict[uuid.UUID, uuid.UUID | None]


def lost_notices_do(seen: Places) -> Places:
    """Go on with those that stand where they stood when they were `seen`: their job was lost.

    Returns where those stand that are not done.
    """
    for pk, after in _unfinished().items():
        if pk not in seen or seen[pk] != after:
            continue
        try:
            while version_notice_steps(release_id=pk):
                time.sleep(BREATH_SECONDS)
        except Exception:
            log.exception("mails about a version not written, comes again", release=str(pk))
    return _unfinished()


def _unfinished() -> Places:
    waiting = VersionNotice.objects.filter(done_at=None, release__withdrawn_at=None).order_by("created_at")
    return dict(waiting.values_list("pk", "after")[:LOST_AT_ONCE])


@transaction.atomic
def versions_want(*, entitlement: Entitlement, wants: bool) -> None:
    """Mails about versions of this project, or none any more: for all that its holder has of it, as they get one mail
    for all."""
    rows = Entitlement.objects.filter(project=entitlement.project_id)
    if entitlement.user_id:
        mine = Q(user=entitlement.user_id)
    else:
        mine = Q(user=None, line__order__email__iexact=entitlement.line.order.email)
    address = address_of(entitlement)
    if address:
        mine |= Q(user=None, line__order__email__iexact=address) | Q(user__email__iexact=address)
    Entitlement.objects.filter(pk__in=locked_entitlements(rows.filter(mine))).update(wants_versions=wants)
