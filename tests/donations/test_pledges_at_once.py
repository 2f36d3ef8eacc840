"""Everybody hears of the same months at once, while a giver ends it: each is there once, and every sum is right."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from showpiece.donations import services
from showpiece.donations.models import Donation, Pledge, Support
from showpiece.payments.models import Payment, Subscription
from showpiece.payments.services import ledger_faults, subscription_look
from tests.donations.pledging import begun_monthly
from tests.factories import ProjectFactory
from tests.payments.till import fresh, settle
from tests.peers.stripe import StripePeer
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 6


def test_a_double_click_is_one_pledge(stripe: StripePeer) -> None:
    project, key = ProjectFactory(), uuid.uuid4()
    wanted: dict[str, Any] = {
        "key": key,
        "projects": [project.pk],
        "amount_minor": 1000,
        "currency": "EUR",
        "provider": "stripe",
        "email": "giver@example.org",
    }

    def place() -> tuple[Pledge, Subscription]:
        return services.pledge_place(**wanted)

    first, second = at_once(place, place)
    assert first == second
    assert Pledge.objects.count() == 1


def test_all_hear_of_three_months_while_it_is_ended(stripe: StripePeer) -> None:
    projects = ProjectFactory.create_batch(3)
    pledge, subscription = begun_monthly(*projects, amount=999)
    stripe.act(subscription.external_session, "pay")
    name = stripe.of_shop(subscription.external_session)["id"]
    for _month in range(2):
        stripe.month_passes(name)["created"] -= 5

    def hear(at: int) -> Exception | None:
        try:
            if at == THREADS - 1:
                services.pledge_end(pledge_id=pledge.pk)
            else:
                subscription_look(subscription_id=subscription.pk)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(THREADS) as pool:
        assert [error for error in pool.map(hear, range(THREADS)) if error] == []
    settle()
    assert fresh(pledge).status == fresh(subscription).status == "ended"
    assert stripe.things[name]["status"] == "canceled"
    months = Donation.objects.filter(pledge=pledge)
    assert Payment.objects.count() == months.count() == 3
    # Billed before it ended: given, all three.
    assert months.filter(status="paid").count() == Payment.objects.filter(refunded_minor=0).count() == 3
    sums = Support.objects.filter(project__in=projects).values_list("given_minor", "donation_count")
    assert list(sums) == [(999, 3)] * 3
    assert ledger_faults() == []
