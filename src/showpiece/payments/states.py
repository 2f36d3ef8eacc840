"""Where something that is paid for stands, for whoever pays: its own state and what has become of the money."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named


class State(StrEnum):
    """What a buyer or giver has to know."""

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


def open_state(asked: Sequence[Payment], confirmed_at: datetime | None) -> State:
    """The state of what is still to be paid. `asked`: the attempts to pay what it costs now, the first one first;
    `confirmed_at`: when a payer had first done their part."""
    last = asked[-1] if asked else None
    if last is None:
        return State.UNPAID
    if last.status == Payment.Status.FAILED:
        return State.FAILED
    # Confirmed after it was begun: the payer has done their part. Before: that was by another attempt.
    has_done = confirmed_at is not None and confirmed_at >= last.created_at and last.external_id
    if has_done and provider_named(last.provider).has_page:
        return State.PROCESSING
    if last.note:  # declined, and another card can be tried
        return State.FAILED
    by_hand = [one for one in asked if one.status == Payment.Status.PENDING and provider_named(one.provider).by_hand]
    return State.TRANSFER if confirmed_at and by_hand else State.UNPAID
