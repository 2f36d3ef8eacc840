"""What is paid every month: what is asked of Stripe, and what becomes of its answers."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from showpiece.payments import services
from showpiece.payments.models import Payment, Refund, Subscription
from showpiece.payments.providers import any_repeats, provider_named, repeating
from showpiece.payments.providers.base import Refused, Unavailable
from showpiece.payments.services import KeyReused, ledger_faults
from tests.payments import club as clubs
from tests.payments.club import Club, agreed, at_stripe, joined, look, months_of, sent
from tests.payments.till import fresh, poll, run_jobs
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db
provider = provider_named("stripe")


@pytest.fixture
def club() -> Club:
    return clubs.opened()


def test_only_stripe_takes_money_every_month(stripe: StripePeer, settings: Any) -> None:
    assert [way.name for way in repeating(500, "EUR")] == ["stripe"]
    assert repeating(20, "EUR") == []  # too little for Stripe
    assert any_repeats()
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    assert repeating(500, "EUR") == []
    assert not any_repeats()


def test_somebody_is_sent_to_a_page_that_says_every_month(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe(amount_minor=1250)
    session = stripe.things[subscription.external_session]
    assert subscription.redirect_url == session["url"]
    assert (session["mode"], session["amount_total"], session["currency"]) == ("subscription", 1250, "eur")
    assert session["client_reference_id"] == session["metadata"]["subscription"] == str(subscription.pk)
    assert session["_monthly"]["metadata"] == {"subscription": str(subscription.pk)}
    assert sent(subscription).external_session == subscription.external_session
    assert look(subscription).status == "pending"
    assert club.months == []


def test_a_key_is_used_once(club: Club) -> None:
    first = joined()
    same: dict[str, Any] = {"key": first.key, "subject_id": first.subject_id}
    assert joined(**same) == first
    with pytest.raises(KeyReused):
        joined(amount_minor=501, **same)
    with pytest.raises(KeyReused):  # of one subject there is one
        joined(subject_id=first.subject_id)


@pytest.mark.parametrize("when", ["before", "after"])
def test_stripe_does_not_answer_at_first(stripe: StripePeer, club: Club, when: str) -> None:
    subscription = joined()
    stripe.faults.append(Fault("reset", when))
    with pytest.raises(Unavailable):
        sent(subscription)
    assert sent(subscription).redirect_url
    assert len(stripe.of_kind("checkout.session")) == 1


def test_what_stripe_refuses_has_ended(stripe: StripePeer, club: Club) -> None:
    subscription = joined(currency="EUR", amount_minor=20)
    with pytest.raises(Refused):
        sent(subscription)
    assert (fresh(subscription).status, club.states) == ("ended", ["ended"])
    assert fresh(subscription).look_at is None


def test_what_was_never_begun_ends(stripe: StripePeer, club: Club) -> None:
    subscription = joined()
    Subscription.objects.update(created_at=timezone.now() - timedelta(days=2))
    with pytest.raises(Refused):
        sent(subscription)
    assert fresh(subscription).status == "ended"
    other = joined()
    Subscription.objects.filter(pk=other.pk).update(created_at=timezone.now() - timedelta(days=2))
    assert look(other).status == "ended"


def test_the_first_month_is_one_payment(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    (payment,) = months_of(subscription)
    invoice = stripe.of_kind("invoice")[0]
    assert (subscription.status, subscription.card_ends_with) == ("active", "4242")
    assert subscription.external_id == stripe.of_shop(subscription.external_session)["id"]
    assert (payment.status, payment.amount_minor, payment.external_id) == ("confirmed", 500, invoice["id"])
    assert (payment.external_charge, payment.card_ends_with) == (invoice["_intent"], "4242")
    assert payment.key == uuid.uuid5(subscription.pk, invoice["id"])
    assert (club.paid_for, club.states) == ([payment.key], ["active"])
    assert ledger_faults() == []


def test_each_month_is_one_payment_however_often_one_asks(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    for _month in range(2):
        stripe.month_passes(subscription.external_id)
    for _twice in range(2):
        look(subscription)
    assert [payment.status for payment in months_of(subscription)] == ["confirmed"] * 3
    assert len(club.paid_for) == 3
    assert club.states == ["active"]
    assert ledger_faults() == []


def test_years_of_months_count(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    for _month in range(110):  # more than Stripe tells at once
        stripe.month_passes(subscription.external_id)
    assert len(provider.look_monthly(subscription).months) == 111


def test_a_declined_card_may_be_followed_by_another(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "decline")
    assert look(subscription).status == "pending"
    stripe.act(subscription.external_session, "3ds")
    stripe.act(subscription.external_session, "confirm")
    assert look(subscription).status == "active"
    assert [payment.card_ends_with for payment in months_of(subscription)] == ["3155"]


def test_a_page_that_nobody_used_ends_it(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    stripe.things[subscription.external_session]["expires_at"] = 0
    assert look(subscription).status == "ended"
    assert (club.months, club.states) == ([], ["ended"])


def test_the_third_month_fails_and_recovers(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id)
    stripe.month_passes(subscription.external_id, succeeds=False)
    assert look(subscription).status == "past_due"
    assert len(months_of(subscription)) == 2
    stripe.try_again(subscription.external_id)
    assert look(subscription).status == "active"
    assert len(months_of(subscription)) == 3
    assert club.states == ["active", "past_due", "active"]
    assert ledger_faults() == []


@pytest.mark.parametrize("as_", ["canceled", "unpaid"])
def test_the_third_month_fails_until_stripe_gives_up(stripe: StripePeer, club: Club, as_: str) -> None:
    stripe.gives_up_as = as_
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id)
    stripe.month_passes(subscription.external_id, succeeds=False)
    for _try in range(3):
        look(subscription)
        stripe.try_again(subscription.external_id, succeeds=False)
    look(subscription)
    run_jobs()  # what Stripe only leaves unpaid is ended there
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    assert fresh(subscription).status == "ended"
    assert fresh(subscription).ended_at is not None
    assert club.states == ["active", "past_due", "ended"]
    assert len(months_of(subscription)) == 2
    assert ledger_faults() == []


@pytest.mark.parametrize("instead", [(400, "eur"), (500, "usd")])
def test_another_amount_goes_back(stripe: StripePeer, club: Club, instead: tuple[int, str]) -> None:
    stripe.pays_instead = instead
    subscription = agreed(stripe)
    run_jobs()
    (payment,) = months_of(subscription)
    assert payment.surplus
    assert payment.is_refunded
    assert (payment.amount_minor, payment.currency.lower()) == instead
    assert club.paid_for == []
    assert [is_due for _key, is_due in club.months] == [False]
    assert ledger_faults() == []


def test_a_month_is_given_back_like_any_payment(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    (payment,) = months_of(subscription)
    services.payment_refund(payment_id=payment.pk, amount_minor=200, key=uuid.uuid4())
    run_jobs()
    stripe.refund(payment.external_charge, 100)  # by the operator, at Stripe
    services.payment_look(payment_id=payment.pk)
    assert fresh(payment).refunded_minor == 300
    assert Refund.objects.filter(status="confirmed").count() == 2
    assert ledger_faults() == []


def test_a_month_that_was_given_back_before_anybody_looked(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    stripe.refund(stripe.of_kind("invoice")[0]["_intent"])
    (payment,) = months_of(look(subscription))
    assert payment.is_refunded
    assert ledger_faults() == []


def test_cancelling_takes_no_more(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    for _twice in range(2):
        services.subscription_cancel(subscription_id=subscription.pk)
    run_jobs()
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    assert fresh(subscription).status == "ended"
    assert stripe.requests.count(f"DELETE /v1/subscriptions/{subscription.external_id}") == 1
    assert club.states == ["active", "ended"]


def test_cancelling_waits_for_a_stripe_that_is_down(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    stripe.faults.append(Fault(500, method="DELETE", times=2))
    services.subscription_cancel(subscription_id=subscription.pk)
    run_jobs()
    assert fresh(subscription).status == "active"
    poll()
    assert fresh(subscription).status == "active"
    poll()
    assert fresh(subscription).status == "ended"


def test_cancelling_before_anybody_has_agreed_ends_the_page(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    services.subscription_cancel(subscription_id=subscription.pk)
    run_jobs()
    assert stripe.things[subscription.external_session]["status"] == "expired"
    assert fresh(subscription).status == "ended"


def test_cancelling_while_the_page_is_being_opened(stripe: StripePeer, club: Club) -> None:
    subscription = joined()
    stale = fresh(subscription)
    assert services.subscription_cancel(subscription_id=subscription.pk).status == "ended"
    # The other request had read the row before.
    from showpiece.payments.services.subscribing import _begun

    started = provider.subscribe(
        stale, title="Club", email="member@example.org", language="en", return_url="http://a/", cancel_url="http://a/"
    )
    _begun(stale, started)
    run_jobs()
    assert stripe.things[started.external_id]["status"] == "expired"


def test_who_pays_while_it_is_cancelled_gets_it_back(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    services.subscription_cancel(subscription_id=subscription.pk)
    Subscription.objects.update(cancelled_at=timezone.now() - timedelta(seconds=5))
    stripe.act(subscription.external_session, "pay")  # before the job comes
    run_jobs()
    run_jobs()
    (payment,) = months_of(subscription)
    assert payment.surplus
    assert payment.is_refunded
    assert [is_due for _key, is_due in club.months] == [False]
    assert fresh(subscription).status == "ended"
    assert stripe.of_shop(subscription.external_session)["status"] == "canceled"
    assert ledger_faults() == []


def test_a_month_that_was_billed_before_the_end_is_paid(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    invoice = stripe.month_passes(subscription.external_id)
    invoice["created"] -= 5
    services.subscription_cancel(subscription_id=subscription.pk)
    run_jobs()
    assert [payment.surplus for payment in months_of(subscription)] == [False, False]
    assert fresh(subscription).status == "ended"


def test_an_answer_that_was_overtaken_does_not_count(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    stripe.month_passes(subscription.external_id, succeeds=False)
    old_at, old = timezone.now(), provider.look_monthly(subscription)
    stripe.try_again(subscription.external_id)
    look(subscription)
    services.subscription_settle(subscription_id=subscription.pk, report=old, asked_at=old_at)
    assert fresh(subscription).status == "active"


def test_the_poller_finds_what_nobody_told(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    poll()
    assert fresh(subscription).status == "active"
    stripe.month_passes(subscription.external_id or stripe.of_shop(subscription.external_session)["id"])
    poll()
    assert Payment.objects.filter(status="confirmed").count() == 2
    stripe.give_up(fresh(subscription).external_id)
    poll()
    assert fresh(subscription).status == "ended"
    for _later in range(2):
        Subscription.objects.update(ended_at=timezone.now() - timedelta(days=2))
        poll()
    assert fresh(subscription).look_at is None
    assert ledger_faults() == []


def test_a_month_is_finished_by_the_poller_if_its_look_died(stripe: StripePeer, club: Club) -> None:
    subscription = at_stripe()
    stripe.act(subscription.external_session, "pay")
    stripe.faults.append(Fault("reset", path="/payment_intents/", method="GET"))
    with pytest.raises(Unavailable):
        look(subscription)
    (payment,) = months_of(subscription)
    assert payment.status == "pending"
    poll()
    assert fresh(payment).status == "confirmed"
    assert len(club.months) == 1


def test_a_card_is_changed_on_a_page_of_stripe(stripe: StripePeer, club: Club) -> None:
    subscription = agreed(stripe)
    page = provider.card_page(subscription, return_url="http://localhost/back/")
    assert page.startswith(f"{stripe.url}/portal/")
    stripe.has_portal = False
    with pytest.raises(Refused):
        provider.card_page(subscription, return_url="http://localhost/back/")
