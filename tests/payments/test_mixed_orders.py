"""A thousand orders and donations (MIXED_ORDERS=1000; fewer in the suite) by eight people at once, while Stripe fails
at random."""

import os
import time
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from showpiece.donations.models import Donation
from showpiece.orders.models import Order
from showpiece.payments.models import InboundEvent, Payment, Refund, SandboxSession
from showpiece.payments.providers import stripe_client
from tests.orders.shop import priced
from tests.payments.mixed import Weather, faults_found
from tests.payments.till import poll
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db(transaction=True)
# SQLite lets one write at a time.
COUNT = int(os.environ.get("MIXED_ORDERS") or (120 if connection.vendor == "postgresql" else 60))


def settled(stripe: StripePeer) -> list[str]:
    """The storm is over: the poller comes by until nothing changes any more."""
    stripe.faults = []
    SandboxSession.objects.filter(state="processing").update(settles_at=timezone.now())
    found = ["never looked"]
    for _round in range(6):
        poll()
        if not (found := faults_found(stripe)):
            break
    return found


@pytest.mark.timeout(900)
def test_each_is_paid_at_most_once_and_all_money_is_written_down(
    stripe: StripePeer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PLATFORM_FEE_PERCENT, settings.DONATION_FEE_PERCENT = 7, 3
    monkeypatch.setattr("tests.peers.stripe.HANG_SECONDS", 0.4)
    monkeypatch.setattr(stripe_client, "TIMEOUTS", (5.0, 0.3))
    projects = [priced(1000 + 333 * number) for number in range(8)]
    weather = Weather(stripe, projects, COUNT, buyers=8, seed=int(os.environ.get("MIXED_SEED") or 20261126))
    weather.blow()
    blown = time.monotonic()
    assert weather.errors == []
    assert settled(stripe) == []
    states = {
        status: Order.objects.filter(status=status).count() + Donation.objects.filter(status=status).count()
        for status in Order.Status.values
    }
    seconds, more = f"{blown - weather.began:.1f} s, settled in {time.monotonic() - blown:.1f} s", dict(weather.did)
    without_need, events = Payment.objects.filter(surplus=True).count(), InboundEvent.objects.count()
    print(
        f"\n{connection.vendor}: {COUNT} orders and donations in {seconds}; {states}, {more}, {without_need} paid without need,"
    )
    print(
        f"{without_need} paid without need, {events} events kept, {len(stripe.requests)} requests at Stripe, {Refund.objects.count()} refunds"
    )
    assert sum(states.values()) == COUNT
    assert states["paid"] > COUNT / 2
