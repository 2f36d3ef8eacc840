"""The seam to those who move money. A provider is a class with these few methods; `__init__` lists them.

What a provider says is a `Report`: the return page, an inbound event and the poller all ask for one and hand it to
`services.payment_settle`, which may run any number of times. A provider never writes to our tables.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.utils.functional import Promise

from showpiece.payments.models import Dispute, Payment, Refund, Subscription


class Unavailable(Exception):  # noqa: N818  # not every one is an error
    """The provider did not answer, or not sensibly. Nothing is known: ask again, with the same key."""


class Refused(Exception):  # noqa: N818  # not every one is an error
    """The provider says no, and will say so again. The text is for the staff."""


class BadEvent(Exception):  # noqa: N818  # not every one is an error
    """An inbound event is not signed by the provider, or no event."""


class State(Enum):
    """What has become of a payment, or of a refund, at its provider."""

    PENDING = "pending"
    # The buyer has done their part, the money takes its time.
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True)
class RefundReport:
    """A refund as the provider sees it. `key`: ours, if it was we who asked for it."""

    external_id: str
    amount_minor: int
    state: State
    key: uuid.UUID | None = None
    note: str = ""


@dataclass(frozen=True)
class DisputeReport:
    """A dispute as the provider sees it."""

    external_id: str
    amount_minor: int
    status: Dispute.Status
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """A payment as the provider sees it. The amount and currency are what was really paid."""

    state: State
    amount_minor: int = 0
    currency: str = ""
    external_charge: str = ""
    card_ends_with: str = ""
    note: str = ""
    refunds: tuple[RefundReport, ...] = ()
    disputes: tuple[DisputeReport, ...] = ()


@dataclass(frozen=True)
class Started:
    """Where the buyer pays. `redirect_url` "" for a payment that needs no page of the provider."""

    external_id: str
    redirect_url: str = ""


@dataclass(frozen=True)
class Month:
    """A month of a subscription that was paid: the provider's names for its bill and for what moved the money, and what
    was billed. `taken_at`: when the money was; a bill may be days older."""

    external_id: str
    external_charge: str
    amount_minor: int
    currency: str
    taken_at: datetime


@dataclass(frozen=True)
class SubscriptionReport:
    """A subscription as the provider sees it. `months`: all that were paid.

    `is_given_up`: the provider tries no more, and will not end it by itself.
    """

    status: Subscription.Status
    external_id: str = ""
    card_ends_with: str = ""
    note: str = ""
    is_given_up: bool = False
    months: tuple[Month, ...] = ()


@dataclass(frozen=True)
class Event:
    """What an inbound request says: the provider's id of it, its kind, and all of it."""

    external_id: str
    kind: str
    body: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """What an event is about: a payment or a subscription of ours, and the provider's name for it, of a subscription
    also that of its page, which we may not have heard yet.

    Neither: nothing of ours, and `note` says why.
    """

    payment: Payment | None = None
    subscription: Subscription | None = None
    external_id: str = ""
    external_session: str = ""
    note: str = "About nothing of ours."


class Provider(ABC):
    """One way of paying. Methods that talk to the provider raise `Unavailable` or `Refused`."""

    name: str
    # What the buyer chooses, and a line below it.
    label: str | Promise
    hint: str | Promise = ""
    icon: str = "credit-card"
    # The buyer is sent to a page of the provider.
    has_page = True
    # Nobody tells of the money: staff say that it has come.
    by_hand = False
    # It can take the same amount every month.
    can_repeat = False
    # The origins of such pages on other sites: what our own pages' policy must let a form lead to.
    page_origins: tuple[str, ...] = ()
    card_page_origins: tuple[str, ...] = ()
    # How long after a payment it is looked at once more: for refunds and disputes that no event has told of.
    looks_again: tuple[timedelta, ...] = ()

    def takes(self, amount_minor: int, currency: str) -> bool:
        """Whether it can be used for this amount."""
        return amount_minor > 0

    @abstractmethod
    def start(
        self, payment: Payment, *, title: str, email: str, language: str, return_url: str, cancel_url: str
    ) -> Started:
        """Prepare to take the money. The same payment again gives the same answer: `payment.id` is the key."""

    @abstractmethod
    def look(self, payment: Payment) -> Report:
        """What has become of it."""

    def withdraw(self, payment: Payment) -> None:  # noqa: B027  # most have nothing to do
        """Nobody needs it any more: take no money for it, if that can still be helped."""

    @abstractmethod
    def refund(self, refund: Refund) -> RefundReport:
        """Give back. The same refund again gives the same answer: `refund.id` is the key."""

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """An inbound event that was shown to come from the provider; else raises `BadEvent`."""
        raise BadEvent("This provider sends no events.")

    def about(self, event: Event) -> About:
        """What an event is about."""
        return About()

    # Every month: only of those that `can_repeat`.

    def subscribe(
        self, subscription: Subscription, *, title: str, email: str, language: str, return_url: str, cancel_url: str
    ) -> Started:
        """Prepare the page on which somebody agrees. The same subscription again gives the same answer:
        `subscription.id` is the key. The answer's `external_id` is that of the page."""
        raise NotImplementedError

    def look_monthly(self, subscription: Subscription) -> SubscriptionReport:
        """What has become of it."""
        raise NotImplementedError

    def unsubscribe(self, subscription: Subscription) -> None:
        """Take no more, from now on. May be called again."""
        raise NotImplementedError

    def card_page(self, subscription: Subscription, *, return_url: str) -> str:
        """The address of a page on which its payer names another card."""
        raise NotImplementedError
