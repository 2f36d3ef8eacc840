"""Who may have what: granted when an order is paid, taken back when its money goes back, by choice."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.media_selectors import releases_to_have
from showpiece.catalog.models import Status
from showpiece.orders.delivery.licenses import licenses_issue
from showpiece.orders.locks import locked_entitlements
from showpiece.orders.models import Entitlement, Order, OrderLine
from showpiece.orders.models.orders import NOBODY
from showpiece.payments.models import Refund

log = structlog.get_logger(__name__)


def nothing_to_have(order: Order) -> bool:
    """Whether something in it came to nothing while nobody paid: it is archived, as by a creator who has left, and has
    no file to be had. What an open order holds is kept (`projects_owed`)."""
    held = releases_to_have().filter(project=OuterRef("project"))
    return order.lines.filter(~Exists(held), project__status=Status.ARCHIVED).exists()


def entitlements_grant(order: Order, lines: Sequence[OrderLine]) -> list[Entitlement]:
    """One a line of a paid order. May run any number of times, and at once with itself: what is there stays as it is,
    also where it was taken back."""
    wanted = [Entitlement(line=line, project_id=line.project_id, user_id=order.user_id) for line in lines]
    Entitlement.objects.bulk_create(wanted, ignore_conflicts=True)
    rows = Entitlement.objects.filter(line__in=lines).annotate(is_quiet=_turned_off(order))
    held: list[Any] = list(rows.select_related("line", "project").order_by("pk"))
    if quiet := [one for one in held if one.wants_versions and one.is_quiet]:
        for one in quiet:
            one.wants_versions = False
        Entitlement.objects.bulk_update(quiet, ["wants_versions"])
    licenses_issue(held)
    return held


def _turned_off(order: Order) -> Any:
    """Whether its buyer has turned off the mails about versions of a project before: to buy it again is not to ask for
    them again."""
    off = Entitlement.objects.filter(project=OuterRef("project"), wants_versions=False)
    written = Exists(off.filter(line__order__email__in={order.email, order.email.lower()}))
    return written | Exists(off.filter(user=order.user_id)) if order.user_id else written


def refund_revoke(refund: Refund, given: Iterable[OrderLine]) -> list[OrderLine]:
    """Take back what a refund took the price of, as it says, or as the shop does where it says nothing. Returns the
    lines of what was taken back now.

    `given`: the lines that got a part of it, as they stand after it. Only what is given back whole goes: nobody loses
    a project for a discount that they got afterwards.
    """
    if not (settings.REFUND_REVOKES if refund.revokes is None else refund.revokes):
        return []
    whole = {line.pk: line for line in given if not line.left_minor}
    held = Entitlement.objects.filter(line__in=whole, revoked_at=None)
    taken = [whole[pk] for pk in held.values_list("line_id", flat=True)]
    held.update(revoked_at=timezone.now())
    return taken


def entitlement_revoke(entitlement_id: uuid.UUID, by: User) -> bool:
    """Staff take back one. Returns whether it was held."""
    held = Entitlement.objects.filter(pk=entitlement_id, revoked_at=None)
    return _told("entitlement revoked", entitlement_id, by, held.update(revoked_at=timezone.now()))


@transaction.atomic
def entitlement_restore(entitlement_id: uuid.UUID, by: User) -> bool:
    """Staff give back one that was taken. Returns whether it was."""
    taken = Entitlement.objects.filter(pk=entitlement_id, revoked_at__isnull=False)
    count = taken.update(revoked_at=None)
    licenses_issue(Entitlement.objects.filter(pk=entitlement_id) if count else ())
    return _told("entitlement restored", entitlement_id, by, count)


def _told(event: str, entitlement_id: uuid.UUID, by: User, count: int) -> bool:
    if count:
        log.info(event, entitlement=str(entitlement_id), by=str(by.pk))
    return bool(count)


def entitlements_follow(orders: Collection[Order], user: User) -> None:
    """What came with orders belongs to whom they belong to now."""
    held = locked_entitlements(Entitlement.objects.filter(line__order__in=orders))
    Entitlement.objects.filter(pk__in=held).update(user=user)


def projects_owed(projects: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these projects somebody has a right to, or pays for just now."""
    theirs = Entitlement.objects.filter(project__in=projects, revoked_at=None)
    held = theirs.exclude(line__order__email__endswith=NOBODY)  # nobody can get at it any more
    paying = OrderLine.objects.filter(project__in=projects, order__status=Order.Status.OPEN)
    return {pk for rows in (held, paying) for pk in rows.order_by().values_list("project_id", flat=True).distinct()}
