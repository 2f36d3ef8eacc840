"""Where a donation stands, for its giver: its own state and what has become of the money."""

from collections.abc import Sequence

from django.utils.translation import pgettext

from showpiece.donations.models import Donation
from showpiece.payments.models import Payment
from showpiece.payments.states import Badge, State, open_state


def settled_state(donation: Donation) -> State | None:
    """The state of a donation that is not to be paid any more, None for an open one."""
    if donation.status == Donation.Status.CANCELLED:
        return State.EXPIRED if donation.expired else State.CANCELLED
    if donation.status == Donation.Status.OPEN and donation.pledge_id:
        return State.PROCESSING  # a month is there when its money has come; only what it brought is still asked
    if donation.status != Donation.Status.PAID:
        return None
    if not donation.refunded_minor:
        return State.PAID
    return State.REFUNDED if donation.refunded_minor >= donation.amount_minor else State.PARTLY_REFUNDED


def state_of(donation: Donation, payments: Sequence[Payment]) -> State:
    """Where a donation with these payments stands, the first one first."""
    return settled_state(donation) or open_state(payments, donation.confirmed_at)


def badge_of(state: State | None) -> Badge:
    """None: an open donation in a list, which does not ask about its payments."""
    match state:
        case State.PAID:
            return Badge("success", pgettext("donation", "Given"))
        case State.PARTLY_REFUNDED:
            return Badge("info", pgettext("donation", "Partly refunded"))
        case State.REFUNDED:
            return Badge("info", pgettext("donation", "Refunded"))
        case State.CANCELLED:
            return Badge("neutral", pgettext("donation", "Cancelled"))
        case State.EXPIRED:
            return Badge("neutral", pgettext("donation", "Not paid in time"))
        case State.TRANSFER:
            return Badge("warning", pgettext("donation", "Awaiting your transfer"))
        case State.PROCESSING:
            return Badge("info", pgettext("donation", "Payment on its way"))
        case State.FAILED:
            return Badge("danger", pgettext("donation", "Payment failed"))
        case _:
            return Badge("warning", pgettext("donation", "Not paid yet"))
