"""What Stripe tells of subscriptions: before and after, twice, out of order, or never."""

import itertools
from typing import Any

import pytest

from showpiece.payments.models import InboundEvent, Payment, Subscription
from showpiece.payments.services import ledger_faults
from tests.payments import club as clubs
from tests.payments.club import Club, agreed, at_stripe, months_of
from tests.payments.till import fresh, run_jobs, send
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db


@pytest.fixture
def club() -> Club:
    return clubs.opened()


FIRST = ["checkout.session.completed", "customer.subscription.created", "invoice.paid"]


@pytest.mark.parametrize("order", list(itertools.permutations(FIRST)), ids="-".join)
def test_any_order_and_twice(stripe: StripePeer, club: Club, order: tuple[str, ...]) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    for kind in [*order, *order]:
        assert send(stripe.told(kind)).status_code == 200
        run_jobs()
    assert fresh(subscription).status == "active"
    assert [payment.status for payment in months_of(subscription)] == ["confirmed"]
    assert InboundEvent.objects.count() == 3
    assert ledger_faults() == []


@pytest.mark.parametrize("kind", FIRST)
def test_one_event_is_enough_even_if_its_page_was_never_written_down(stripe: StripePeer, club: Club, kind: str) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    # The process died after Stripe had opened the page.
    Subscription.objects.update(external_session="", redirect_url="")
    send(stripe.told(kind))
    run_jobs()
    assert fresh(subscription).status == "active"
    assert len(months_of(subscription)) == 1


def test_an_older_endpoint_names_the_subscription_elsewhere(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id)
    event = stripe.told("invoice.paid")
    event["data"]["object"] |= {"parent": None, "subscription": subscription.external_id}
    send(event)
    run_jobs()
    assert len(months_of(subscription)) == 2


@pytest.mark.parametrize(("succeeds", "status"), [(True, "active"), (False, "past_due")])
def test_months_are_told(stripe: StripePeer, club: Club, succeeds: bool, status: str) -> None:
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id, succeeds=succeeds)
    send(stripe.told("invoice.paid" if succeeds else "invoice.payment_failed"))
    run_jobs()
    assert fresh(subscription).status == status
    assert len(months_of(subscription)) == 1 + succeeds


def test_the_end_is_told(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    send(stripe.cancel(subscription.external_id) and stripe.told("customer.subscription.deleted"))
    run_jobs()
    assert fresh(subscription).status == "ended"
    assert club.states == ["active", "ended"]


def test_a_refund_and_a_dispute_of_a_month_are_told(stripe: StripePeer, club: Club) -> None:
    (payment,) = months_of(agreed(stripe))
    stripe.refund(payment.external_charge, 100)
    send(stripe.told("charge.refunded"))
    send(stripe.dispute(payment.external_charge))
    run_jobs()
    assert fresh(payment).refunded_minor == 100
    assert payment.disputes.count() == 1
    assert ledger_faults() == []


def test_a_charge_that_is_told_before_its_month_does_no_harm(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    send(stripe.told("charge.succeeded"))
    run_jobs()
    assert not Payment.objects.exists()
    send(stripe.told("invoice.paid"))
    run_jobs()
    assert len(months_of(subscription)) == 1


@pytest.mark.parametrize("more", [{"secret": "whsec_other"}, {"at": 1}])
def test_what_is_not_signed_is_not_kept(stripe: StripePeer, club: Club, more: dict[str, Any]) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    assert send(stripe.told("invoice.paid"), **more).status_code == 400
    assert not InboundEvent.objects.exists()
    assert not Payment.objects.exists()


def test_another_shops_subscription_is_none_of_ours(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id)
    event = stripe.told("invoice.paid")
    details = event["data"]["object"]["parent"]["subscription_details"]
    details |= {"subscription": "sub_other", "metadata": {}}
    send(event)
    run_jobs()
    assert InboundEvent.objects.get().note == "About nothing of ours."
    # Ours by its words, but not by its name.
    event["id"], details["metadata"] = "evt_other", {"subscription": str(subscription.pk)}
    send(event)
    run_jobs()
    assert "sub_other is not that of subscription" in InboundEvent.objects.get(external_id="evt_other").note
    assert len(months_of(subscription)) == 1


def test_things_with_other_parents_do_no_harm(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id)
    event = stripe.told("invoice.paid")
    event["data"]["object"] |= {"object": "order_item", "parent": "sku_1", "metadata": None}
    assert send(event).status_code == 200


def test_an_invoice_without_money_is_no_month(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    invoice = stripe.month_passes(subscription.external_id, succeeds=False)
    invoice |= {"status": "paid", "_intent": ""}  # the operator was paid somewhere else
    send(stripe.told("invoice.payment_failed"))
    run_jobs()
    assert len(months_of(subscription)) == 1
