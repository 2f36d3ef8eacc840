"""Where an order stands, for its buyer: its own state and what has become of the money."""

from collections.abc import Sequence

from django.utils.translation import pgettext

from showpiece.orders.models import Order
from showpiece.payments.models import Payment
from showpiece.payments.states import Badge, State, open_state


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
    return open_state(asked, order.confirmed_at)


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
