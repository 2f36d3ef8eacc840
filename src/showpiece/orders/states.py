"""Where an order stands, for its buyer: its own state and what has become of the money."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import pgettext

from showpiece.orders.models import Order
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named


class State(StrEnum):
    """What a buyer has to know."""

    UNPAID = "unpaid"
    FAILED = "failed"
    # The money is on its way: by a bank transfer that they make, or by a provider that takes its time.
    TRANSFER = "transfer"
    PROCESSING = "processing"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Badge(NamedTuple):
    """The state in a word or two, and the kind of badge it gets."""

    kind: str
    text: str


def settled_state(order: Order, refunded_minor: int) -> State | None:
    """The state of an order that is not open, None for an open one."""
    if order.status == Order.Status.CANCELLED:
        return State.EXPIRED if order.expired else State.CANCELLED
    if order.status != Order.Status.PAID:
        return None
    if not refunded_minor:
        return State.PAID
    return State.REFUNDED if refunded_minor >= order.total_minor else State.PARTLY_REFUNDED


def state_of(order: Order, payments: Sequence[Payment]) -> State:
    """Where an order with these payments stands, the first one first."""
    refunded = sum(payment.refunded_minor for payment in payments if not payment.surplus)
    if state := settled_state(order, refunded):
        return state
    asked = [payment for payment in payments if is_for(order, payment)]
    last = asked[-1] if asked else None
    if last is None:
        return State.UNPAID
    if last.status == Payment.Status.FAILED:
        return State.FAILED
    # Confirmed after it was begun: the buyer has done their part. Before: that was by another attempt.
    has_done = order.confirmed_at is not None and order.confirmed_at >= last.created_at and last.external_id
    if has_done and provider_named(last.provider).has_page:
        return State.PROCESSING
    if last.note:  # declined, and another card can be tried
        return State.FAILED
    by_hand = [one for one in asked if one.status == Payment.Status.PENDING and provider_named(one.provider).by_hand]
    return State.TRANSFER if order.confirmed_at and by_hand else State.UNPAID


def is_for(order: Order, payment: Payment) -> bool:
    """Whether it pays for the order as it is now: staff may have changed what it holds since."""
    return (payment.amount_minor, payment.currency) == (order.total_minor, order.currency)


def badge_of(state: State | None) -> Badge:
    """None: an open order in a list, which does not ask about its payments."""
    match state:
        case State.PAID:
            return Badge("success", pgettext("order", "Paid"))
        case State.PARTLY_REFUNDED:
            return Badge("info", pgettext("order", "Partly refunded"))
        case State.REFUNDED:
            return Badge("info", pgettext("order", "Refunded"))
        case State.CANCELLED:
            return Badge("neutral", pgettext("order", "Cancelled"))
        case State.EXPIRED:
            return Badge("neutral", pgettext("order", "Not paid in time"))
        case State.TRANSFER:
            return Badge("warning", pgettext("order", "Awaiting your transfer"))
        case State.PROCESSING:
            return Badge("info", pgettext("order", "Payment on its way"))
        case State.FAILED:
            return Badge("danger", pgettext("order", "Payment failed"))
        case _:
            return Badge("warning", pgettext("order", "Not paid yet"))
