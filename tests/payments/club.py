"""A room that takes money every month: what it is told, and nothing else."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from showpiece.payments import services, subjects
from showpiece.payments.models import Account, Payment, Refund, Subscription
from showpiece.payments.subjects import Share
from tests.payments.till import fresh
from tests.peers.stripe import StripePeer

KIND, MONTH = "club", "club-month"


@dataclass
class Club:
    """Keeps no rows: whoever is a member, and each month of theirs, is an id."""

    months: list[tuple[uuid.UUID, bool]] = field(default_factory=list)
    paid_for: list[uuid.UUID] = field(default_factory=list)
    unneeded_by: list[uuid.UUID] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def lock(self, subject_id: uuid.UUID) -> uuid.UUID:
        return subject_id

    def title(self, subject_id: uuid.UUID) -> str:
        return "Club"

    def url(self, subject_id: uuid.UUID) -> str:
        return "/"

    # Every month

    def instalment(self, subject: Any, *, key: uuid.UUID, is_due: bool) -> tuple[str, uuid.UUID]:
        self.months.append((key, is_due))
        return MONTH, key

    def changed(self, subject: Any, subscription: Subscription) -> None:
        self.states.append(subscription.status)

    # One month

    def is_due(self, subject: uuid.UUID, payment: Payment) -> bool:
        return (subject, True) in self.months and subject not in self.paid_for

    def paid(self, subject: uuid.UUID, payment: Payment) -> list[Share]:
        self.paid_for.append(subject)
        return [Share(Account.FEE, "", payment.amount_minor)]

    def refunded(self, subject: uuid.UUID, refund: Refund) -> list[Share]:
        return [Share(Account.FEE, "", refund.amount_minor)]

    def unneeded(self, subject: uuid.UUID, payment: Payment) -> None:
        self.unneeded_by.append(payment.pk)

    def waits(self, subject: uuid.UUID, payment: Payment) -> None:
        """Nothing to wait for."""


def opened() -> Club:
    """A club that the payments know of."""
    club = Club()
    subjects.register_recurring(KIND, club)
    subjects.register(MONTH, club)
    return club


def joined(*, amount_minor: int = 500, currency: str = "EUR", **more: Any) -> Subscription:
    """Somebody who is about to agree, and has not been sent to Stripe yet."""
    more = {"key": uuid.uuid4(), "subject_id": uuid.uuid4(), "provider": "stripe", **more}
    return services.subscription_create(subject_kind=KIND, amount_minor=amount_minor, currency=currency, **more)


def sent(subscription: Subscription) -> Subscription:
    return services.subscription_start(
        subscription=subscription,
        email="member@example.org",
        language="en",
        return_url="http://localhost/return/",
        cancel_url="http://localhost/cancel/",
    )


def at_stripe(**more: Any) -> Subscription:
    """Somebody on Stripe's page."""
    return sent(joined(**more))


def agreed(peer: StripePeer, **more: Any) -> Subscription:
    """Somebody who has paid their first month there, and has come back."""
    subscription = at_stripe(**more)
    peer.act(subscription.external_session, "pay")
    services.subscription_look(subscription_id=subscription.pk)
    found: Subscription = fresh(subscription)
    return found


def look(subscription: Subscription) -> Subscription:
    services.subscription_look(subscription_id=subscription.pk)
    found: Subscription = fresh(subscription)
    return found


def months_of(subscription: Subscription) -> list[Payment]:
    return list(subscription.payments.order_by("pk"))
