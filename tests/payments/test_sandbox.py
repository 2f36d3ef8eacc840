"""The sandbox: a provider whose page and books are our own."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from showpiece.orders.models import Order
from showpiece.payments import services
from showpiece.payments.models import Payment, Refund, SandboxRefund, SandboxSession
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Refused, State
from showpiece.payments.providers.sandbox import session_act
from showpiece.payments.services import ledger_faults, payment_look
from tests.orders.shop import filled, placed, priced, started
from tests.payments.till import fresh, lose_jobs, poll, run_jobs

pytestmark = pytest.mark.django_db
provider = provider_named("sandbox")


@pytest.fixture
def bought() -> tuple[Order, Payment]:
    """An order whose buyer is on the page."""
    order, payment = placed(filled(priced(1000)))
    return order, started(payment)


def act(payment: Payment, *actions: str) -> SandboxSession:
    for action in actions:
        session = session_act(name=payment.external_id, action=action)
    return session


@pytest.mark.parametrize(
    ("actions", "state", "card"),
    [
        (["pay"], State.CONFIRMED, "4242"),
        (["decline"], State.PENDING, "0002"),
        (["decline", "pay"], State.CONFIRMED, "4242"),
        (["detour"], State.PENDING, "3155"),
        (["detour", "pay"], State.CONFIRMED, "3155"),
        (["detour", "decline"], State.PENDING, "0002"),
        (["later"], State.WAITING, ""),
        (["pay", "decline"], State.CONFIRMED, "4242"),
        (["later", "decline"], State.WAITING, ""),
    ],
)
def test_what_is_pressed(bought: tuple[Order, Payment], actions: list[str], state: State, card: str) -> None:
    order, payment = bought
    act(payment, *actions)
    report = provider.look(payment)
    assert (report.state, report.card_ends_with) == (state, card)
    payment_look(payment_id=payment.pk)
    assert fresh(order).status == ("paid" if state is State.CONFIRMED else "open")
    assert ledger_faults() == []


@pytest.mark.parametrize("actions", [["pay"], ["detour", "pay"], ["later"]])
def test_a_card_that_was_declined_can_be_followed_by_another(bought: tuple[Order, Payment], actions: list[str]) -> None:
    order, payment = bought
    act(payment, "decline")
    payment_look(payment_id=payment.pk)
    assert (fresh(payment).status, fresh(payment).note) == ("pending", "The card was declined.")
    for action in actions:
        act(payment, action)
        payment_look(payment_id=payment.pk)
    SandboxSession.objects.update(settles_at=timezone.now())
    poll()
    assert (fresh(payment).status, fresh(payment).note, fresh(order).status) == ("confirmed", "", "paid")
    assert ledger_faults() == []


def test_what_was_given_up_too_early_can_still_be_paid(bought: tuple[Order, Payment]) -> None:
    order, payment = bought
    services.payment_fail(payment_id=payment.pk, note="It was given up.")
    act(payment, "later")
    run_jobs()
    assert (fresh(payment).status, fresh(payment).note) == ("pending", "")
    SandboxSession.objects.update(settles_at=timezone.now())
    poll()
    assert (fresh(payment).status, fresh(order).status) == ("confirmed", "paid")


def test_whoever_pays_and_closes_the_window_has_paid(bought: tuple[Order, Payment]) -> None:
    order, payment = bought
    act(payment, "pay")
    run_jobs()
    assert fresh(order).status == "paid"


def test_pay_later_is_paid_later(bought: tuple[Order, Payment], mailoutbox: list[Any]) -> None:
    order, payment = bought
    act(payment, "later")
    run_jobs()
    assert (fresh(order).status, fresh(order).confirmed_at is not None) == ("open", True)
    SandboxSession.objects.update(settles_at=timezone.now())
    poll()
    assert fresh(order).status == "paid"
    assert [mail.to for mail in mailoutbox].count([order.email]) == 2  # "confirmed" and "the money has come"


def test_a_key_opens_one_page(bought: tuple[Order, Payment]) -> None:
    _order, payment = bought
    Payment.objects.update(external_id="", redirect_url="")
    again = started(payment)
    assert (again.external_id, SandboxSession.objects.count()) == (SandboxSession.objects.get().name, 1)


@pytest.mark.parametrize("action", ["", "steal", "PAY"])
def test_what_is_no_button(bought: tuple[Order, Payment], action: str) -> None:
    _order, payment = bought
    assert Client().post(payment.redirect_url, {"action": action}).status_code == 404
    assert SandboxSession.objects.get().state == "open"


def test_a_page_that_is_none() -> None:
    assert Client().get("/payments/sandbox/sbx_none/").status_code == 404
    assert Client().post("/payments/sandbox/sbx_none/", {"action": "pay"}).status_code == 404


def test_the_page_leads_back(bought: tuple[Order, Payment]) -> None:
    _order, payment = bought
    assert Client().get(payment.redirect_url).status_code == 200
    assert Client().post(payment.redirect_url, {"action": "decline"}).headers["Location"] == payment.redirect_url
    for _again in range(2):  # a double click, or the back button
        answer = Client().post(payment.redirect_url, {"action": "pay"})
        assert answer.headers["Location"] == "http://localhost/return/"


def test_a_page_ends_when_it_is_withdrawn_or_after_a_day(bought: tuple[Order, Payment]) -> None:
    order, payment = bought
    services.payment_withdraw(payment_id=payment.pk)
    assert act(payment, "pay").state == "expired"
    assert fresh(payment).status == "failed"
    other = started(services_pay_again(order))
    SandboxSession.objects.filter(name=other.external_id).update(created_at=timezone.now() - timedelta(hours=25))
    poll()
    assert fresh(other).status == "failed"
    assert act(other, "pay").state == "expired"
    assert fresh(order).status == "open"


def services_pay_again(order: Order) -> Payment:
    from showpiece.orders.services import order_pay_again

    return order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox")


def test_withdrawing_what_was_paid_changes_nothing(bought: tuple[Order, Payment]) -> None:
    order, payment = bought
    act(payment, "pay")
    services.payment_withdraw(payment_id=payment.pk)
    assert (fresh(payment).status, fresh(order).status) == ("confirmed", "paid")


def test_refunds_are_made_once_and_never_more_than_was_paid(bought: tuple[Order, Payment]) -> None:
    _order, payment = bought
    act(payment, "pay")
    payment_look(payment_id=payment.pk)
    payment = fresh(payment)
    one = Refund(payment=payment, key=uuid.uuid4(), amount_minor=700)
    assert provider.refund(one) == provider.refund(one)
    with pytest.raises(Refused), transaction.atomic():
        provider.refund(Refund(payment=payment, key=uuid.uuid4(), amount_minor=301))
    assert list(SandboxRefund.objects.values_list("amount_minor", flat=True)) == [700]


def test_a_refund_whose_record_was_lost_is_found(bought: tuple[Order, Payment]) -> None:
    _order, payment = bought
    act(payment, "pay")
    payment_look(payment_id=payment.pk)
    refund = services.payment_refund(payment_id=payment.pk, amount_minor=400, key=uuid.uuid4())
    provider.refund(Refund.objects.select_related("payment").get(pk=refund.pk))
    lose_jobs()
    poll()
    assert (fresh(refund).status, SandboxRefund.objects.count()) == ("confirmed", 1)
    assert fresh(payment).refunded_minor == 400
    assert ledger_faults() == []
