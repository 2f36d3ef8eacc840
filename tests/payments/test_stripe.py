"""Stripe Checkout: what is asked of Stripe, and how its answers are read."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from showpiece.orders.models import Order
from showpiece.payments import services
from showpiece.payments.models import Dispute, Payment, Refund
from showpiece.payments.providers import offered, provider_named, stripe_client
from showpiece.payments.providers.base import Refused, State, Unavailable
from showpiece.payments.providers.stripe_amounts import from_stripe, is_taken, to_stripe
from showpiece.payments.services import ledger_faults, payment_look, payment_refund, refund_send
from tests.operations.launch import ROOT, environment
from tests.orders.shop import filled, placed, priced, started
from tests.payments.till import at_stripe, fresh, intent_of, paid_at_stripe
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db
provider = provider_named("stripe")


def test_a_buyer_is_sent_to_a_page_that_knows_the_order(stripe: StripePeer) -> None:
    order, payment = at_stripe(priced(1250))
    session = stripe.things[payment.external_id]
    assert payment.redirect_url == session["url"]
    assert (session["amount_total"], session["currency"]) == (1250, "eur")
    assert session["client_reference_id"] == session["metadata"]["payment"] == str(payment.pk)
    assert (session["customer_email"], session["locale"]) == ("buyer@example.org", "en")
    assert order.number in session["_name"]
    assert session["success_url"] == "http://localhost/return/"
    assert session["cancel_url"] == "http://localhost/cancel/"


def test_forms_may_lead_to_where_the_page_is(stripe: StripePeer, settings: Any) -> None:
    _order, payment = at_stripe()
    assert payment.redirect_url.startswith(provider.page_origins[1] + "/")
    settings.STRIPE_API_BASE = ""
    assert provider.page_origins == ("https://checkout.stripe.com",)


def test_a_paid_session_pays_the_order(stripe: StripePeer) -> None:
    order, payment = paid_at_stripe(stripe, priced(1000))
    assert (order.status, payment.status, payment.card_ends_with) == (Order.Status.PAID, "confirmed", "4242")
    assert payment.external_charge == intent_of(stripe, payment)
    assert ledger_faults() == []


@pytest.mark.parametrize(
    ("actions", "state", "note"),
    [
        ([], State.PENDING, ""),
        (["decline"], State.PENDING, "Your card was declined."),
        (["3ds"], State.PENDING, ""),
        (["3ds", "confirm"], State.CONFIRMED, ""),
        (["decline", "pay"], State.CONFIRMED, ""),
        (["later"], State.WAITING, ""),
    ],
)
def test_states_of_a_session(stripe: StripePeer, actions: list[str], state: State, note: str) -> None:
    _order, payment = at_stripe()
    for action in actions:
        stripe.act(payment.external_id, action)
    report = provider.look(payment)
    assert (report.state, report.note) == (state, note)
    assert fresh(services.payment_look(payment_id=payment.pk)).note == note


@pytest.mark.parametrize(
    ("succeeds", "status", "order_status"), [(True, "confirmed", "paid"), (False, "failed", "open")]
)
def test_money_that_takes_days(stripe: StripePeer, succeeds: bool, status: str, order_status: str) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "later")
    payment_look(payment_id=payment.pk)
    assert fresh(payment).status == "pending"
    assert fresh(order).confirmed_at is not None
    assert fresh(order).expires_at > timezone.now() + timedelta(days=7)
    stripe.settle(payment.external_id, succeeds=succeeds)
    payment_look(payment_id=payment.pk)
    assert (fresh(payment).status, fresh(order).status) == (status, order_status)
    assert ledger_faults() == []


def test_a_session_that_ended_unpaid_has_failed(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    stripe.things[payment.external_id]["expires_at"] = 0
    assert payment_look(payment_id=payment.pk).status == "failed"
    assert fresh(order).status == "open"


def test_withdrawing_ends_the_page(stripe: StripePeer) -> None:
    _order, payment = at_stripe()
    services.payment_withdraw(payment_id=payment.pk)
    assert stripe.things[payment.external_id]["status"] == "expired"
    assert fresh(payment).status == "failed"


def test_withdrawing_what_was_paid_meanwhile_is_told_so(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    services.payment_withdraw(payment_id=payment.pk)
    assert (fresh(payment).status, fresh(order).status) == ("confirmed", "paid")


def test_refunds_beyond_the_first_page_count(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe, priced(20_000))
    for _number in range(120):
        stripe.refund(intent_of(stripe, payment), 100)
    payment_look(payment_id=payment.pk)
    payment_look(payment_id=payment.pk)
    assert fresh(payment).refunded_minor == 12_000
    assert Refund.objects.filter(status="confirmed").count() == 120
    assert ledger_faults() == []


@pytest.mark.parametrize("status", ["won", "lost"])
def test_disputes(stripe: StripePeer, status: str) -> None:
    _order, payment = paid_at_stripe(stripe)
    name = stripe.dispute(intent_of(stripe, payment))["data"]["object"]["id"]
    payment_look(payment_id=payment.pk)
    dispute = Dispute.objects.get()
    assert (dispute.status, dispute.amount_minor, dispute.reason) == ("open", 1000, "fraudulent")
    assert ledger_faults() == []
    stripe.change_dispute(name, status)
    for _twice in range(2):
        payment_look(payment_id=payment.pk)
    assert fresh(dispute).status == status
    assert ledger_faults() == []


def test_a_bank_that_only_asks_holds_no_money(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    name = stripe.dispute(intent_of(stripe, payment), status="warning_needs_response")["data"]["object"]["id"]
    payment_look(payment_id=payment.pk)
    assert not Dispute.objects.exists()
    stripe.change_dispute(name, "needs_response")
    payment_look(payment_id=payment.pk)
    assert Dispute.objects.get().status == "open"


def test_refusals_and_faults_are_told_apart(stripe: StripePeer) -> None:
    _order, payment = at_stripe()
    for what in (500, 429, 401, "hang", "reset"):
        stripe.faults = [Fault(what, method="GET")]
        with pytest.raises(Unavailable):
            provider.look(payment)
    payment.external_id = "cs_test_unknown"
    with pytest.raises(Refused, match="No such"):
        provider.look(payment)


def test_the_library_tries_once_more_by_itself(stripe: StripePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe_client, "RETRIES", 1)
    stripe_client.client_for.cache_clear()
    stripe.faults = [Fault("reset", "after")]
    _order, payment = at_stripe()
    assert payment.redirect_url
    assert len(stripe.of_kind("checkout.session")) == 1


def test_what_stripe_will_not_begin_has_failed(stripe: StripePeer) -> None:
    order, payment = placed(filled(priced(1000)), provider="stripe")
    with pytest.raises(Refused, match="URL"):
        services.payment_start(
            payment=payment, email="ann@example.org", language="en", return_url="nowhere", cancel_url="nowhere"
        )
    assert (fresh(payment).status, fresh(order).status) == ("failed", "open")
    assert "URL" in fresh(payment).note


@pytest.mark.parametrize("email", ["anna@пример.рф", "jürgen@bücher.example"])
def test_an_address_that_stripe_does_not_take_is_typed_there(stripe: StripePeer, email: str) -> None:
    _order, payment = placed(filled(priced(1000)), provider="stripe")
    slow = fresh(payment)
    for one in (payment, slow):  # the second as a press that knows nothing of the first
        begun = services.payment_start(
            payment=one, email=email, language="en", return_url="http://localhost/", cancel_url="http://localhost/"
        )
        assert begun.status == "pending"
    (session,) = stripe.of_kind("checkout.session")
    assert (session["id"], session["customer_email"]) == (begun.external_id, None)


def test_two_starts_with_other_words_leave_the_first_one(stripe: StripePeer) -> None:
    """A second tab in another language, whose request was slower than the first one's answer."""
    _order, payment = placed(filled(priced(1000)), provider="stripe")
    slow = Payment.objects.get(pk=payment.pk)
    first = started(payment)
    begin = provider.start
    with pytest.raises(Refused):
        begin(slow, title="Other", email="a@example.org", language="ru", return_url="http://x/", cancel_url="http://x/")
    Payment.objects.filter(pk=payment.pk).update(redirect_url="")  # as the slow one has seen it
    again = services.payment_start(
        payment=slow, email="a@example.org", language="ru", return_url="http://x/", cancel_url="http://x/"
    )
    assert (again.status, again.external_id) == ("pending", first.external_id)


def test_an_attempt_of_yesterday_is_not_begun(stripe: StripePeer) -> None:
    _order, payment = placed(filled(priced(1000)), provider="stripe")
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=23))
    payment.refresh_from_db()
    with pytest.raises(Refused):
        started(payment)
    assert not stripe.of_kind("checkout.session")


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [
        *((1250, "EUR", 1250), (500, "JPY", 500), (500, "ISK", 50_000), (500, "UGX", 50_000), (500, "RSD", 50_000)),
        *((5000, "HUF", 5000), (5000, "TWD", 5000), (5000, "KWD", 5000), (5000, "KRW", 5000)),
    ],
)
def test_amounts_as_stripe_writes_them(minor: int, currency: str, amount: int) -> None:
    assert to_stripe(minor, currency) == amount
    assert from_stripe(amount, currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "takes"),
    [
        *((49, "EUR", False), (50, "EUR", True), (49, "JPY", False), (50, "JPY", True), (29, "GBP", False)),
        *((1499, "CZK", False), (0, "EUR", False), (99_999_999, "EUR", True), (100_000_000, "EUR", False)),
        *((5001, "KWD", False), (5010, "KWD", True), (1_000_000, "RSD", False), (1, "GEL", True)),
    ],
)
def test_what_stripe_takes(minor: int, currency: str, takes: bool, settings: Any) -> None:
    assert provider.takes(minor, currency) is takes
    assert takes is (minor > 0 and is_taken(minor, currency))
    settings.PAYMENT_PROVIDERS = ["stripe"]
    assert [one.name for one in offered(minor, currency)] == (["stripe"] if takes else ["free"] if not minor else [])


def test_yen_are_paid_whole(stripe: StripePeer) -> None:
    project = priced(1500, currency="JPY")
    order, payment = placed(filled(project), provider="stripe", currency="JPY", seen=_seen(project))
    payment = started(payment)
    assert stripe.things[payment.external_id]["amount_total"] == 1500
    stripe.act(payment.external_id, "pay")
    payment_look(payment_id=payment.pk)
    refund = payment_refund(payment_id=payment.pk, amount_minor=500, key=payment.key)
    refund_send(refund_id=refund.pk)
    assert stripe.of_kind("refund")[0]["amount"] == 500
    assert (fresh(order).status, fresh(payment).refunded_minor) == ("paid", 500)


def _seen(project: Any) -> str:
    from tests.orders.shop import quoted

    return quoted(filled(project), currency="JPY").digest


def test_a_web_process_that_takes_no_money_does_not_load_the_library() -> None:
    code = (
        "import sys, django; django.setup()\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "import showpiece.config.urls, showpiece.config.asgi\n"
        "from showpiece.payments.providers import provider_named\n"
        "assert provider_named('stripe').takes(1000, 'EUR')\n"
        "from django.test import Client\n"
        "answer = Client().post('/payments/events/stripe/', '{}', 'text/plain', headers={'host': 'localhost'})\n"
        "assert answer.status_code == 400, answer.content\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'stripe'])"
    )
    env = environment(DJANGO_SETTINGS_MODULE="showpiece.config.settings", SECRET_KEY="only for tests")
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
