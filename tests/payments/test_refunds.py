"""Giving back: by us, by the provider's side, by both; pressed twice, cut off, forgotten and refused."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from showpiece.payments import services
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import Unavailable
from showpiece.payments.services import (
    KeyReused,
    ledger_faults,
    payment_look,
    payment_refund,
    payment_settle,
    refund_confirm,
    refund_send,
    refunds,
)
from tests.catalog.studio import said
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_report, placed, priced, started
from tests.orders.staff import staff_with, step
from tests.payments.till import another_attempt, at_stripe, fresh, intent_of, lose_jobs, paid_at_stripe, poll, run_jobs
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db


def asked(payment: Payment, amount: int = 1000, **more: Any) -> Refund:
    return payment_refund(payment_id=payment.pk, amount_minor=amount, **({"key": uuid.uuid4()} | more))


def given(stripe: StripePeer) -> list[int]:
    return [one["amount"] for one in stripe.of_kind("refund")]


def test_a_refund_goes_back_and_says_whose_it_was(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = paid_at_stripe(stripe)
    staff = UserFactory()
    refund = asked(payment, 400, by=staff, reason="It was late.")
    assert fresh(payment).refunded_minor == 0
    run_jobs()
    refund, payment = fresh(refund), fresh(payment)
    assert (refund.status, refund.made_by, payment.refunded_minor, payment.left_minor) == ("confirmed", staff, 400, 600)
    assert stripe.of_kind("refund")[0]["metadata"]["refund"] == str(refund.pk)
    assert [mail.to for mail in mailoutbox].count([order.email]) == 2
    assert ledger_faults() == []


def test_pressing_twice_gives_back_once(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    key = uuid.uuid4()
    assert asked(payment, 400, key=key) == asked(payment, 400, key=key)
    run_jobs()
    poll()
    assert asked(payment, 400, key=key).status == "confirmed"
    assert given(stripe) == [400]


@pytest.mark.parametrize("amount", [0, -1, 1001, 10**12])
def test_what_cannot_be_given_back(stripe: StripePeer, amount: int) -> None:
    _order, payment = paid_at_stripe(stripe)
    with pytest.raises(ValidationError):
        asked(payment, amount)


def test_what_is_on_its_way_is_not_there_any_more(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    asked(payment, 700)
    with pytest.raises(ValidationError) as told:
        asked(payment, 400)
    assert told.value.code == "too_much"
    asked(payment, 300)
    with pytest.raises(ValidationError) as told:
        asked(payment, 1)
    assert told.value.code == "nothing_left"
    run_jobs()
    assert fresh(payment).is_refunded


def test_nothing_goes_back_of_what_was_not_paid(stripe: StripePeer) -> None:
    _order, payment = at_stripe()
    with pytest.raises(ValidationError):
        asked(payment)


def test_a_key_is_of_one_refund(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    _other_order, other = paid_at_stripe(stripe)
    key = asked(payment, 400).key
    for one, amount in ((other, 400), (payment, 500)):
        with pytest.raises(KeyReused):
            asked(one, amount, key=key)


@pytest.mark.parametrize("what", ["hang", "reset", 500])
def test_no_answer_after_the_money_went(stripe: StripePeer, what: str | int) -> None:
    _order, payment = paid_at_stripe(stripe)
    refund = asked(payment)
    stripe.faults = [Fault(what, "after", path="refunds")]
    with pytest.raises(Unavailable):
        refund_send(refund_id=refund.pk)
    assert fresh(refund).status == "pending"
    poll()
    assert (fresh(refund).status, given(stripe)) == ("confirmed", [1000])
    assert ledger_faults() == []


def test_no_answer_and_then_only_after_the_key_was_forgotten(stripe: StripePeer) -> None:
    """Stripe keeps a key for a day. The same request would then give back once more."""
    _order, payment = paid_at_stripe(stripe)
    refund = asked(payment, 400)
    stripe.faults = [Fault("reset", "after", path="refunds")]
    with pytest.raises(Unavailable):
        refund_send(refund_id=refund.pk)
    stripe.keys.clear()
    poll()
    assert (fresh(refund).status, given(stripe)) == ("confirmed", [400])


def test_killed_between_the_refund_and_its_record(stripe: StripePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    _order, payment = paid_at_stripe(stripe)
    refund = asked(payment)
    with monkeypatch.context() as patched:
        patched.setattr(refunds, "refunds_note", lambda *_all: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            refund_send(refund_id=refund.pk)
    lose_jobs()
    poll()
    assert (fresh(refund).status, given(stripe)) == ("confirmed", [1000])
    assert ledger_faults() == []


@pytest.mark.parametrize(("end", "status"), [("succeeded", "confirmed"), ("failed", "failed"), ("canceled", "failed")])
def test_a_refund_that_takes_its_time(stripe: StripePeer, end: str, status: str) -> None:
    _order, payment = paid_at_stripe(stripe)
    stripe.refund_status = "pending"
    refund = asked(payment)
    for _twice in range(2):
        poll()
    assert (fresh(refund).status, given(stripe)) == ("pending", [1000])
    stripe.end_refund(fresh(refund).external_id, end)
    poll()
    assert fresh(refund).status == status
    assert fresh(payment).refunded_minor == (1000 if status == "confirmed" else 0)
    assert ledger_faults() == []


def test_a_refund_that_comes_back_from_the_bank_is_told(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    refund = asked(payment, 400)
    run_jobs()
    stripe.end_refund(fresh(refund).external_id, "failed")
    payment_look(payment_id=payment.pk)
    assert fresh(refund).status == "confirmed"
    assert "came back: expired_or_canceled_card" in fresh(refund).note
    assert ledger_faults() == []
    refunds, plain = staff_with("view_refund"), asked(payment, 100)
    run_jobs()
    moment = fresh(refund).came_back_at
    payment_look(payment_id=payment.pk)
    assert fresh(refund).came_back_at == moment
    found = refunds.get(reverse("admin:payments_refund_changelist"), {"came_back": "yes"})
    assert list(found.context["cl"].result_list) == [refund]
    assert "came back" in said(found)
    everything = refunds.get(reverse("admin:payments_refund_changelist"))
    assert set(everything.context["cl"].result_list) == {refund, plain}
    order = staff_with("view_order").get(step(_order, "change"))
    assert "came back: The provider says" in said(order)


def test_both_sides_give_back_all(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    ours = asked(payment)
    stripe.refund(intent_of(stripe, payment))
    poll()
    theirs = Refund.objects.exclude(pk=ours.pk).get()
    assert (fresh(ours).status, theirs.status, fresh(payment).refunded_minor) == ("failed", "confirmed", 1000)
    assert "already been refunded" in fresh(ours).note
    assert given(stripe) == [1000]
    assert fresh(payment).look_at > timezone.now()
    assert ledger_faults() == []


def test_both_sides_give_back_a_part(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    ours = asked(payment, 600)
    stripe.refund(intent_of(stripe, payment), 600)
    poll()
    assert (fresh(ours).status, fresh(payment).refunded_minor) == ("failed", 600)
    assert asked(payment, 400).amount_minor == 400
    run_jobs()
    assert fresh(payment).is_refunded
    assert ledger_faults() == []


def test_what_was_disputed_is_not_given_back_twice(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    stripe.dispute(intent_of(stripe, payment))
    refund = asked(payment)
    poll()
    assert (fresh(refund).status, given(stripe)) == ("failed", [])
    assert payment.disputes.get().status == "open"
    assert ledger_faults() == []


def test_a_refund_waits_for_a_stripe_that_is_down(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    refund = asked(payment)
    lose_jobs()
    Payment.objects.update(look_at=None)
    stripe.faults = [Fault(503, path="refunds", times=2), Fault(429, path="refunds", method="GET", times=2)]
    for _again in range(4):
        poll()
        assert fresh(refund).status == "pending"
    poll()
    assert (fresh(refund).status, given(stripe)) == ("confirmed", [1000])


def test_a_second_payment_goes_back_by_itself(stripe: StripePeer) -> None:
    order, first = at_stripe()
    second = another_attempt(order)
    for one in (first, second):
        stripe.act(one.external_id, "pay")
    for one in (first, second):
        payment_look(payment_id=one.pk)
    run_jobs()
    assert (fresh(first).surplus, fresh(second).surplus, fresh(second).is_refunded) == (False, True, True)
    assert (stripe.paid_for(str(first.pk)), stripe.paid_for(str(second.pk))) == (1000, 0)
    assert ledger_faults() == []


@pytest.mark.parametrize("noticed", [True, False])
def test_what_somebody_left_of_a_second_payment_goes_back_too(stripe: StripePeer, noticed: bool) -> None:
    """Staff gave a part of it back at Stripe: before we noticed that it was paid, or just before our own refund."""
    order, first = at_stripe()
    second = another_attempt(order)
    for one in (first, second):
        stripe.act(one.external_id, "pay")
    payment_look(payment_id=first.pk)
    if noticed:
        payment_look(payment_id=second.pk)
    stripe.refund(intent_of(stripe, second), 300)
    for _round in range(3):
        poll()
    assert (fresh(second).surplus, fresh(second).is_refunded, stripe.paid_for(str(second.pk))) == (True, True, 0)
    assert sorted(given(stripe)) == [300, 700]
    assert ledger_faults() == []


def test_a_second_payment_that_is_disputed_is_asked_back_once(stripe: StripePeer) -> None:
    order, first = at_stripe()
    second = another_attempt(order)
    for one in (first, second):
        stripe.act(one.external_id, "pay")
    payment_look(payment_id=first.pk)
    stripe.dispute(intent_of(stripe, second))
    for _round in range(3):
        poll()
    assert [refund.status for refund in Refund.objects.filter(payment=second)] == ["failed"]
    assert fresh(second).left_minor == 1000
    assert ledger_faults() == []


def test_a_transfer_that_came_twice_waits_until_staff_have_sent_it_back(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["transfer"]
    order, payment = placed(filled(priced(1000)), provider="transfer")
    started(payment)
    second = another_attempt(order, "transfer")
    for one in (payment, second):
        payment_settle(payment_id=one.pk, report=paid_report(one))
    poll()
    (refund,) = Refund.objects.all()
    assert (refund.payment, refund.status) == (second, "pending")
    staff = UserFactory()
    for _twice in range(2):
        refund = refund_confirm(refund_id=refund.pk, by=staff)
    assert (refund.status, refund.made_by, fresh(second).is_refunded) == ("confirmed", staff, True)
    assert ledger_faults() == []


def test_a_refund_that_staff_ask_for_by_transfer_is_theirs_to_send(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["transfer"]
    _order, payment = placed(filled(priced(1000)), provider="transfer")
    started(payment)
    payment_settle(payment_id=payment.pk, report=paid_report(payment))
    refund = asked(payment, 300, by=UserFactory())
    run_jobs()
    assert (fresh(refund).status, fresh(payment).refunded_minor) == ("confirmed", 300)


def test_what_a_provider_gives_back_is_not_confirmed_by_hand(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    refund = asked(payment)
    with pytest.raises(ValidationError):
        refund_confirm(refund_id=refund.pk, by=UserFactory())
    assert fresh(refund).status == "pending"


def test_the_poller_comes_less_and_less_often(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    stripe.refund_status = "pending"
    refund = asked(payment)
    pauses = []
    for _round in range(9):
        Refund.objects.update(look_at=timezone.now())
        services.due_send()
        pauses.append(round((fresh(refund).look_at - timezone.now()).total_seconds()))
    assert pauses == [15, 30, 60, 120, 300, 600, 1800, 3600, 3600]
