"""What Stripe tells us: before, after, twice, never, out of order, forged, and about what it does by itself."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from showpiece.orders.models import Order
from showpiece.payments import services
from showpiece.payments.models import Dispute, Entry, InboundEvent, Payment, Refund
from showpiece.payments.services import ledger_faults
from tests.orders.shop import filled, placed, priced, started
from tests.payments.till import (
    EVENTS,
    at_stripe,
    fresh,
    intent_of,
    lose_jobs,
    paid_at_stripe,
    poll,
    run_jobs,
    send,
    settle,
)
from tests.peers.stripe import Fault, StripePeer, signature

pytestmark = pytest.mark.django_db


def paid_once(order: Order, mailoutbox: list[Any]) -> bool:
    mails = [mail.to for mail in mailoutbox].count([order.email])
    return (fresh(order).status, mails, Entry.objects.count(), ledger_faults()) == (Order.Status.PAID, 1, 2, [])


def test_before_the_buyer_is_back(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    assert send(stripe.told("checkout.session.completed")).status_code == 200
    run_jobs()
    services.payment_look(payment_id=payment.pk)
    assert paid_once(order, mailoutbox)


def test_after_the_buyer_was_back(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, _payment = paid_at_stripe(stripe)
    send(stripe.told("checkout.session.completed"))
    run_jobs()
    assert paid_once(order, mailoutbox)


def test_twice_and_its_brothers(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    for event in [*stripe.events, *reversed(stripe.events)]:
        assert send(event).status_code == 200
    assert InboundEvent.objects.count() == len(stripe.events) == 3
    run_jobs()
    assert paid_once(order, mailoutbox)
    assert not InboundEvent.objects.filter(handled_at=None)


def test_never(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    lose_jobs()
    poll()
    assert paid_once(order, mailoutbox)
    assert fresh(payment).look_at > timezone.now() + timedelta(hours=23)


def test_never_of_what_happens_at_stripe_after_the_payment(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    looks = []
    for days in (1.1, 3.1, 7.1, 14.1, 30.1, 60.1, 90.1, 120.1):
        looks.append((fresh(payment).look_at - fresh(payment).paid_at).days)
        Payment.objects.update(paid_at=timezone.now() - timedelta(days=days))
        stripe.refund(intent_of(stripe, payment), 100)
        poll()
    assert looks == [1, 3, 7, 14, 30, 60, 90, 120]
    assert (fresh(payment).refunded_minor, fresh(payment).look_at) == (800, None)


def test_the_page_was_never_opened_again_and_nothing_was_paid(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    poll()
    assert fresh(payment).look_at is not None
    stripe.things[payment.external_id]["expires_at"] = 0
    poll()
    assert (fresh(payment).status, fresh(payment).look_at, fresh(order).status) == ("failed", None, "open")


def test_of_a_session_whose_name_we_never_heard(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    """The answer was lost, and who asked died: still the buyer paid in the tab that a retry had opened."""
    order, payment = at_stripe()
    name = payment.external_id
    Payment.objects.update(external_id="", redirect_url="")
    stripe.act(name, "pay")
    send(stripe.told("checkout.session.completed"))
    run_jobs()
    assert fresh(payment).external_id == name
    assert paid_once(order, mailoutbox)


@pytest.mark.parametrize("kind", ["payment_intent.succeeded", "charge.succeeded"])
def test_of_the_charge_alone(stripe: StripePeer, mailoutbox: list[Any], kind: str) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    Payment.objects.update(external_id="", redirect_url="")
    send(stripe.told(kind))
    run_jobs()
    assert paid_once(order, mailoutbox)


def test_a_refund_or_dispute_that_comes_before_the_payment(stripe: StripePeer) -> None:
    for act in (lambda intent: stripe.refund(intent, 400), stripe.dispute):
        order, payment = at_stripe()
        stripe.act(payment.external_id, "pay")
        act(intent_of(stripe, payment))
        send(stripe.events[-2] if stripe.events[-1]["type"] == "charge.refunded" else stripe.events[-1])
        run_jobs()
        assert fresh(order).status == "paid"
    assert (Refund.objects.get().amount_minor, Dispute.objects.get().amount_minor) == (400, 1000)
    assert ledger_faults() == []


def test_what_was_paid_with_the_wrong_amount_pays_nothing_and_goes_back(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    stripe.pays_instead = (10, "eur")
    stripe.act(payment.external_id, "pay")
    for event in stripe.events:
        send(event)
    run_jobs()
    poll()
    run_jobs()
    assert (fresh(order).status, fresh(payment).surplus) == ("open", True)
    assert "10 EUR was paid instead of 1000 EUR" in fresh(payment).note
    assert (Refund.objects.get().amount_minor, Refund.objects.get().status) == (10, "confirmed")
    assert sum(Entry.objects.filter(account="provider").values_list("amount_minor", flat=True)) == 0
    assert ledger_faults() == []


def test_another_currency_is_another_amount(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    stripe.pays_instead = (1000, "czk")
    stripe.act(payment.external_id, "pay")
    services.payment_look(payment_id=payment.pk)
    assert fresh(order).status == "open"
    assert "1000 CZK" in fresh(payment).note


def test_kinds_that_we_do_not_know(stripe: StripePeer) -> None:
    event = stripe.tell("customer.created", {"id": "cus_1", "object": "customer", "metadata": {}})
    assert send(event).status_code == 200
    run_jobs()
    kept = InboundEvent.objects.get()
    assert (kept.kind, kept.note, kept.handled_at is not None) == ("customer.created", "About nothing of ours.", True)


@pytest.mark.parametrize("name", ["", "no id", "00000000-0000-7000-8000-000000000000"])
def test_sessions_of_another_shop(stripe: StripePeer, name: str) -> None:
    thing = {
        "id": "cs_test_x",
        "object": "checkout.session",
        "client_reference_id": name,
        "metadata": {"payment": name},
    }
    send(stripe.tell("checkout.session.completed", thing | {"payment_intent": "pi_of_theirs"}))
    send(stripe.tell("refund.created", {"id": "re_x", "object": "refund", "payment_intent": "pi_of_theirs"}))
    run_jobs()
    assert set(InboundEvent.objects.values_list("note", flat=True)) == {"About nothing of ours."}
    assert not InboundEvent.objects.filter(handled_at=None)


def test_another_session_in_the_name_of_a_payment_is_not_believed(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    thing = dict(stripe.things[payment.external_id]) | {"id": "cs_test_other", "payment_status": "paid"}
    send(stripe.tell("checkout.session.completed", thing))
    run_jobs()
    assert "is not the session" in InboundEvent.objects.get().note
    assert fresh(order).status == "open"


def test_the_other_mode_of_stripe(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    send(stripe.told("checkout.session.completed") | {"livemode": True})
    run_jobs()
    assert "other mode" in InboundEvent.objects.get().note
    assert fresh(order).status == "open"


def test_nothing_of_the_buyer_is_kept_with_an_event(stripe: StripePeer) -> None:
    _order, _payment = at_stripe()
    send(stripe.tell("checkout.session.completed", next(iter(stripe.things.values()))))
    assert "buyer@example.org" not in json.dumps(InboundEvent.objects.get().body)


def post(body: str | bytes, header: str = "") -> Any:
    return Client().post(EVENTS, body, content_type="application/json", headers={"Stripe-Signature": header})


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: "",
        lambda body: "nonsense",
        lambda body: "t=now,v1=abc",
        lambda body: signature(body, secret="whsec_other"),
        lambda body: signature(body + " "),
        lambda body: signature(body, at=time.time() - 301),
        lambda body: signature(body).replace("v1=", "v0="),
    ],
)
def test_forged_events_are_refused(stripe: StripePeer, forge: Any) -> None:
    _order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    body = json.dumps(stripe.told("checkout.session.completed"))
    answer = post(body, forge(body))
    assert answer.status_code == 400
    assert "error" in answer.json()
    assert not InboundEvent.objects.exists()


def test_one_of_several_signatures_is_enough(stripe: StripePeer) -> None:
    """While a secret is being changed, Stripe signs with the old one and with the new one."""
    at_stripe()
    body = json.dumps(stripe.tell("checkout.session.completed", next(iter(stripe.things.values()))))
    old, new = signature(body, secret="whsec_old"), signature(body)
    assert post(body, f"{old.replace(',v0=old', '')},{new.split(',')[1]}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        *("", "{", "[]", "null", '"x"', "{}", '{"id": "evt_1", "type": "x", "data": []}', b"\xff"),
        *('{"id": 7, "type": "x", "data": {"object": {}}}', '{"id": "\\u0000", "type": "x", "data": {"object": {}}}'),
    ],
)
def test_what_is_signed_and_no_event_is_refused(stripe: StripePeer, body: str | bytes) -> None:
    header = signature(body if isinstance(body, str) else body.decode("latin1"))
    assert post(body, header).status_code == 400


def test_without_a_secret_nothing_is_believed(stripe: StripePeer, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    body = json.dumps({"id": "evt_1", "type": "x", "data": {"object": {}}})
    assert post(body, signature(body, secret="")).status_code == 400


@pytest.mark.parametrize(("source", "status"), [("nobody", 404), ("sandbox", 400), ("transfer", 400), ("free", 400)])
def test_others_send_no_events(source: str, status: int, stripe: StripePeer) -> None:
    assert Client().post(f"/payments/events/{source}/").status_code == status
    assert Client().get(EVENTS).status_code == 405


def test_events_come_after_stripe_is_offered_no_more(stripe: StripePeer, settings: Any) -> None:
    order, payment = at_stripe()
    settings.PAYMENT_PROVIDERS = ["transfer"]
    stripe.act(payment.external_id, "pay")
    assert send(stripe.told("checkout.session.completed")).status_code == 200
    run_jobs()
    assert fresh(order).status == "paid"


def test_an_event_that_could_not_be_handled_comes_again(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    stripe.faults = [Fault(500, method="GET", times=2)]
    send(stripe.told("checkout.session.completed"))
    run_jobs()
    kept = InboundEvent.objects.get()
    assert (kept.handled_at, kept.attempts, fresh(order).status) == (None, 1, "open")
    assert "It went wrong." in kept.note
    stripe.faults = []
    services.event_resend(event_id=kept.pk)
    run_jobs()
    assert (fresh(order).status, fresh(kept).handled_at is not None, fresh(kept).note) == ("paid", True, "")


def test_an_event_whose_job_was_lost_is_handled_by_the_poller(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    send(stripe.told("checkout.session.completed"))
    lose_jobs()
    Payment.objects.update(look_at=None)
    poll()
    assert paid_once(order, mailoutbox)
    assert fresh(InboundEvent.objects.get()).handled_at is not None


def test_an_event_is_given_up_after_many_tries_and_can_be_resent(
    stripe: StripePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("showpiece.payments.services.events.MAX_ATTEMPTS", 3)
    _order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    send(stripe.told("checkout.session.completed"))
    Payment.objects.update(look_at=None)
    stripe.faults = [Fault(500, method="GET", times=99)]
    settle()
    kept = InboundEvent.objects.get()
    assert (kept.attempts, kept.try_at, kept.handled_at) == (3, None, None)
    stripe.faults = []
    services.event_resend(event_id=kept.pk)
    lose_jobs()
    poll()
    assert fresh(payment).status == "confirmed"


def test_refunds_on_the_dashboard(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = paid_at_stripe(stripe, priced(700), priced(300))
    for amount in (400, 600):
        stripe.refund(intent_of(stripe, payment), amount)
        for kind in ("refund.created", "charge.refunded"):
            send(stripe.told(kind))
        run_jobs()
        assert fresh(payment).refunded_minor == amount if amount == 400 else 1000
    assert fresh(payment).is_refunded
    assert Refund.objects.filter(status="confirmed", made_by=None).count() == 2
    assert [line.left_minor for line in order.lines.all()] == [0, 0]
    assert ["refund" in mail.subject.lower() for mail in mailoutbox if mail.to == [order.email]].count(True) == 2
    assert ledger_faults() == []


def test_reload_of_the_return_page_and_the_back_button(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = paid_at_stripe(stripe)
    for _again in range(3):
        services.quietly_looked(payment.pk)
        assert started(payment).status == "confirmed"
    assert len(stripe.of_kind("checkout.session")) == 1
    assert paid_once(order, mailoutbox)


def test_a_double_click_places_one_order_with_one_page(stripe: StripePeer) -> None:
    project = priced(1000)
    cart = filled(project)
    from tests.orders.shop import quoted

    key, seen = payment_key(), quoted(cart).digest
    found = [placed(cart, key=key, seen=seen, provider="stripe") for _twice in range(2)]
    assert found[0] == found[1]
    pages = {started(payment).redirect_url for _order, payment in found}
    assert (
        len(pages) == Order.objects.count() == Payment.objects.count() == len(stripe.of_kind("checkout.session")) == 1
    )


def payment_key() -> Any:
    import uuid

    return uuid.uuid4()
