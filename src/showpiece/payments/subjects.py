"""What is paid for. The rooms that sell or receive register here, so that this room knows none of them."""

import uuid
from typing import Any, NamedTuple, Protocol, runtime_checkable

from showpiece.payments.models import Account, Payment, Refund, Subscription


class Share(NamedTuple):
    """Whose a part of an amount is, in minor units, ≥ 0. The shares of an amount add up to it."""

    account: Account
    party: str
    amount_minor: int


class Subject(Protocol):
    """A kind of things that are paid for. Every method but `url` is called inside a transaction."""

    def lock(self, subject_id: uuid.UUID) -> Any:
        """The row, for this transaction alone. It is locked before its payments, everywhere."""

    def is_due(self, subject: Any, payment: Payment) -> bool:
        """Whether the money of `payment`, which comes now, pays for it; else it goes back."""

    def paid(self, subject: Any, payment: Payment) -> list[Share]:
        """It is paid by `payment`, for the first and only time: whose money that is."""

    def refunded(self, subject: Any, refund: Refund) -> list[Share]:
        """Money goes back: whose part it was. Called once a refund."""

    def unneeded(self, subject: Any, payment: Payment) -> None:
        """Money has come that pays for nothing, and goes back by itself: its payer is told. Called once a payment."""

    def waits(self, subject: Any, payment: Payment) -> None:
        """The buyer has done their part and the money takes its time. May be called several times."""

    def title(self, subject_id: uuid.UUID) -> str:
        """What the provider's page says is paid for."""

    def url(self, subject_id: uuid.UUID) -> str:
        """The path of the page that its buyer sees."""


@runtime_checkable
class Tells(Protocol):
    """A kind whose buyers hear of it when the money that was on its way does not come."""

    def did_not_come(self, subject: Any, payment: Payment) -> None:
        """The buyer had done their part, and it has failed. Called once a payment, under its lock."""


_subjects: dict[str, Subject] = {}


def register(kind: str, subject: Subject) -> None:
    """Add a kind; registering it again replaces it."""
    _subjects[kind] = subject


def subject_of(payment: Payment) -> Subject:
    """Who knows what `payment` pays for."""
    return _subjects[payment.subject_kind]


class Recurring(Protocol):
    """A kind of things that are paid for every month. Every method but `url` is called inside a transaction."""

    def lock(self, subject_id: uuid.UUID) -> Any:
        """The row, for this transaction alone. It is locked before its subscription, everywhere."""

    def instalment(self, subject: Any, *, key: uuid.UUID, is_due: bool) -> tuple[str, uuid.UUID]:
        """A month was paid: make what its money pays for, the kind and id of a `Subject`. Called once a month.

        Not `is_due`: it was taken after somebody ended it here, or another amount was, so the money is to go back.
        """

    def changed(self, subject: Any, subscription: Subscription) -> None:
        """Its state is another one now. Never left: that it has ended."""

    def title(self, subject_id: uuid.UUID) -> str:
        """What the provider's page and its bills say is paid for."""

    def url(self, subject_id: uuid.UUID) -> str:
        """The path of the page that its payer sees."""


_recurring: dict[str, Recurring] = {}


def register_recurring(kind: str, recurring: Recurring) -> None:
    """Add a kind; registering it again replaces it."""
    _recurring[kind] = recurring


def recurring_of(subscription: Subscription) -> Recurring:
    """Who knows what `subscription` pays for."""
    return _recurring[subscription.subject_kind]
