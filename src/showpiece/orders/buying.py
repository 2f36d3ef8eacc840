"""What the payments tell this room: an order is paid, or money goes back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from showpiece.orders import mails
from showpiece.orders.delivery.granting import entitlements_grant, nothing_to_have, refund_revoke
from showpiece.orders.locks import locked_order
from showpiece.orders.models import Order, OrderLine, PromoUse
from showpiece.payments.models import Account, Payment, Refund
from showpiece.payments.parts import part_of, refund_parts
from showpiece.payments.subjects import Share
from showpiece.prepared import Prepared, Slot

_named = Prepared(lambda: Order.objects.filter(pk=Slot(0, Order._meta.pk)).only("number", "language"))


@Prepared
def _lines_sold() -> QuerySet[OrderLine]:
    """The lines of an order with what the mails to their sellers say."""
    lines = OrderLine.objects.filter(order=Slot(0, Order._meta.pk)).order_by("position")
    return lines.select_related("creator__user", "project").defer("project__description", "creator__about")


class OrderSubject:
    """Orders as something that is paid for (see `payments/subjects.py`)."""

    def lock(self, subject_id: uuid.UUID) -> Order:
        return locked_order(subject_id)

    def is_due(self, subject: Order, payment: Payment) -> bool:
        """An open one; and one that nobody paid in time, if it is paid yet and all that it holds can still be had. Not
        by what it cost before staff changed what it holds."""
        if (payment.amount_minor, payment.currency) != (subject.total_minor, subject.currency):
            return False
        if subject.status == Order.Status.CANCELLED and subject.expired:
            return not nothing_to_have(subject)
        return subject.status == Order.Status.OPEN

    def paid(self, subject: Order, payment: Payment) -> list[Share]:
        order = subject
        was_confirmed = order.confirmed_at is not None
        had_ended = order.status == Order.Status.CANCELLED
        order.status, order.paid_at = Order.Status.PAID, payment.paid_at
        order.cancelled_at, order.expires_at, order.expired = None, None, False
        order.confirmed_at = order.confirmed_at or timezone.now()
        order.save(update_fields=["status", "paid_at", "cancelled_at", "expires_at", "expired", "confirmed_at"])
        if had_ended and order.promo_code_id:  # it had given its use of the code back
            PromoUse.objects.create(
                code_id=order.promo_code_id, order=order, user_id=order.user_id, email=order.email.lower()
            )
        order.lines.update(sold_at=payment.paid_at)
        lines = _lines_sold(order.pk)
        entitlements_grant(order, lines)
        mails.send_paid(order, lines, payment, was_confirmed=was_confirmed)
        return shares([(line, line.total_minor, 0) for line in lines], order.country)

    def refunded(self, subject: Order, refund: Refund) -> list[Share]:
        lines = _lines_sold(subject.pk)
        parts = refund_parts(lines, refund)
        given = []
        for line, part in zip(lines, parts, strict=True):
            if part:
                given.append((line, part, line.refunded_minor))
                line.refunded_minor += part
                line.save(update_fields=["refunded_minor"])
        taken = refund_revoke(refund, [line for line, _part, _before in given])
        mails.send_refund(subject, [(line, part) for line, part, _before in given], refund, taken)
        return shares(given, subject.country)

    def unneeded(self, subject: Order, payment: Payment) -> None:
        mails.send_unneeded(subject, payment)

    def waits(self, subject: Order, payment: Payment) -> None:
        """The buyer has done their part: they get the confirmation now, and the order waits longer."""
        if subject.status != Order.Status.OPEN or subject.confirmed_at is not None:
            return
        subject.confirmed_at = timezone.now()
        subject.expires_at = timezone.now() + timedelta(days=settings.ORDER_WAIT_DAYS)
        subject.save(update_fields=["confirmed_at", "expires_at"])
        mails.send_confirmation(subject, list(subject.lines.order_by("position")), payment)

    def did_not_come(self, subject: Order, payment: Payment) -> None:
        mails.send_failed(subject, list(subject.lines.order_by("position")), payment)

    def title(self, subject_id: uuid.UUID) -> str:
        (order,) = _named(subject_id)
        with translation.override(order.language):
            return _("Order %(number)s") % {"number": order.number}

    def url(self, subject_id: uuid.UUID) -> str:
        return Order.objects.get(pk=subject_id).shown_url


def shares(parts: Sequence[tuple[OrderLine, int, int]], country: str) -> list[Share]:
    """Whose money it is: for each line `part` of its total, of which `before` was dealt with already.

    Tax and fee are dealt with in proportion, so that after the whole total they are exactly what the line says.
    """
    found = []
    for line, part, before in parts:
        tax, fee = (
            part_of(before + part, whole, line.total_minor) - part_of(before, whole, line.total_minor)
            for whole in (line.tax_minor, line.fee_minor)
        )
        found += [
            Share(Account.CREATOR, str(line.creator_id), part - tax - fee),
            Share(Account.FEE, "", fee),
            Share(Account.TAX, country, tax),
        ]
    return found
