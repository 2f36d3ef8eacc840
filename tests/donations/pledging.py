"""Giving every month in tests: at the small Stripe of `tests/peers`."""

import uuid
from collections.abc import Iterator
from typing import Any

from showpiece.catalog.models import Project
from showpiece.donations import services
from showpiece.donations.models import Donation, Pledge
from showpiece.payments.models import Payment, Subscription
from showpiece.payments.services import subscription_look, subscription_start
from tests.payments.till import fresh, run_jobs
from tests.peers.stripe import StripePeer


def begun_monthly(*projects: Project, amount: int = 1000, **more: Any) -> tuple[Pledge, Subscription]:
    """A pledge whose giver is on Stripe's page."""
    wanted: dict[str, Any] = {
        "key": uuid.uuid4(),
        "projects": [project.pk for project in projects],
        "amount_minor": amount,
        "currency": "EUR",
        "provider": "stripe",
        "email": more["user"].email if more.get("user") else "giver@example.org",
        "language": "en",
    }
    pledge, subscription = services.pledge_place(**(wanted | more))
    subscription = subscription_start(
        subscription=subscription,
        email=pledge.email,
        language=pledge.language,
        return_url="http://localhost/return/",
        cancel_url="http://localhost/cancel/",
    )
    return pledge, subscription


def given_monthly(peer: StripePeer, *projects: Project, **more: Any) -> tuple[Pledge, Subscription]:
    """A pledge whose first month was given."""
    pledge, subscription = begun_monthly(*projects, **more)
    peer.act(subscription.external_session, "pay")
    return look(pledge)


def look(pledge: Pledge) -> tuple[Pledge, Subscription]:
    """Stripe is asked, and the jobs of that are run: the rows as they are then."""
    subscription = Subscription.objects.get(subject_id=pledge.pk)
    subscription_look(subscription_id=subscription.pk)
    run_jobs()
    return fresh(pledge), fresh(subscription)


def months(pledge: Pledge) -> list[Donation]:
    return list(pledge.donations.order_by("pk"))


def each_month(pledge: Pledge) -> Iterator[tuple[Donation, Payment]]:
    """Each donation of a pledge with its payment."""
    for donation in months(pledge):
        yield donation, Payment.objects.get(subject_kind="donation", subject_id=donation.pk)
