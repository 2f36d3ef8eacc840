"""Two at the same till: who comes second waits, and then finds it done."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from showpiece.orders import services as orders
from showpiece.orders.models import Order, PromoCode, PromoUse
from showpiece.payments.models import Entry, InboundEvent, Payment, Refund
from showpiece.payments.providers.base import Event, RefundReport, State
from showpiece.payments.services import event_receive, ledger_faults, payment_refund, payment_settle, payout_record
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, quoted
from tests.payments.till import fresh, run_jobs
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def told(act: Callable[[], Any]) -> Callable[[], Any]:
    """What it returns, or the code of its refusal."""

    def tried() -> Any:
        try:
            return act()
        except ValidationError as error:
            return error.code
        except orders.PriceChanged as changed:
            return changed.quote.promo_problem or "changed"

    return tried


def success(payment: Payment) -> Callable[[], Payment]:
    return lambda: payment_settle(payment_id=payment.pk, report=paid_report(payment))


def test_the_return_page_and_the_event(mailoutbox: list[Any]) -> None:
    order, payment = placed(filled(priced(1000)))
    at_once(success(payment), success(payment))
    assert (fresh(order).status, Entry.objects.count(), ledger_faults()) == ("paid", 2, [])
    assert [mail.to for mail in mailoutbox].count([order.email]) == 1


def test_two_payments_of_one_order() -> None:
    order, one = placed(filled(priced(1000)))
    other = orders.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox")
    at_once(success(one), success(other))
    assert (fresh(one).surplus, fresh(other).surplus) == (False, True)
    assert Refund.objects.get().payment == other
    assert ledger_faults() == []


@pytest.mark.parametrize("paid_first", [True, False])
def test_paying_and_cancelling(paid_first: bool) -> None:
    order, payment = placed(filled(priced(1000)))
    pay, cancel = success(payment), lambda: orders.order_cancel(order_id=order.pk)
    at_once(*((pay, cancel) if paid_first else (cancel, pay)))
    assert (fresh(order).status, fresh(payment).surplus) == (("paid", False) if paid_first else ("cancelled", True))
    assert ledger_faults() == []


def test_two_of_the_staff_give_back() -> None:
    _order, payment = paid_order(priced(1000))

    def give() -> Any:
        return payment_refund(payment_id=payment.pk, amount_minor=700, key=uuid.uuid4())

    first, second = at_once(told(give), told(give))
    assert (first.amount_minor, second) == (700, "too_much")
    assert Refund.objects.count() == 1


def test_one_presses_twice() -> None:
    _order, payment = paid_order(priced(1000))
    key = uuid.uuid4()

    def give() -> Refund:
        return payment_refund(payment_id=payment.pk, amount_minor=700, key=key)

    first, second = at_once(give, give)
    assert first == second


def test_the_same_refund_is_told_by_two() -> None:
    order, payment = paid_order(priced(1000))
    report = paid_report(payment, refunds=(RefundReport("re_1", 400, State.CONFIRMED),))

    def tell() -> Payment:
        return payment_settle(payment_id=payment.pk, report=report)

    at_once(tell, tell)
    assert (fresh(payment).refunded_minor, Refund.objects.count(), ledger_faults()) == (400, 1, [])
    assert order.lines.get().refunded_minor == 400


def test_an_event_comes_twice_at_once() -> None:
    event = Event("evt_1", "checkout.session.completed", {})

    def receive() -> InboundEvent:
        return event_receive(source="stripe", event=event)

    first, second = at_once(receive, receive)
    assert first == second
    assert InboundEvent.objects.count() == 1


def test_a_double_click_places_one_order() -> None:
    cart, key = filled(priced(1000)), uuid.uuid4()
    seen = quoted(cart).digest

    def place() -> tuple[Order, Payment]:
        return placed(cart, key=key, seen=seen, provider="sandbox")

    first, second = at_once(place, place)
    assert first == second
    assert Order.objects.count() == Payment.objects.count() == 1


@pytest.mark.parametrize("kind", ["percent", "free"])
def test_the_last_use_of_a_promo_code(kind: str) -> None:
    PromoCode.objects.create(code="LAST", kind=kind, percent=50 if kind == "percent" else None, max_uses=1)
    project = priced(1000)
    carts = [filled(project, code="LAST") for _buyer in range(2)]
    quotes = [quoted(cart) for cart in carts]
    provider = "sandbox" if kind == "percent" else "free"

    def buyer(number: int) -> Callable[[], Any]:
        return told(
            lambda: placed(
                carts[number], seen=quotes[number].digest, provider=provider, email=f"buyer{number}@example.org"
            )
        )

    first, second = at_once(buyer(0), buyer(1))
    assert first[0].discount_minor == (500 if kind == "percent" else 1000)
    assert second == "This promo code is used up."
    assert Order.objects.count() == PromoUse.objects.count() == 1


def test_one_creator_is_paid_out_by_two() -> None:
    order, _payment = paid_order(priced(1000))
    creator = order.lines.get().creator_id

    def pay_out() -> Any:
        return payout_record(party=creator, amount_minor=700, currency="EUR", key=uuid.uuid4())

    first, second = at_once(told(pay_out), told(pay_out))
    assert (first.amount_minor, second) == (700, "too_much")
    assert ledger_faults() == []


def test_a_refund_is_sent_by_two_workers() -> None:
    """Each has the job: the sandbox gives back once, and it is written down once."""
    from showpiece.payments.models import SandboxRefund, SandboxSession
    from showpiece.payments.services import payment_look, refund_send
    from tests.orders.shop import started

    _order, payment = placed(filled(priced(1000)))
    payment = started(payment)
    SandboxSession.objects.update(state="paid")
    payment_look(payment_id=payment.pk)
    refund = payment_refund(payment_id=payment.pk, amount_minor=700, key=uuid.uuid4())

    def send() -> None:
        refund_send(refund_id=refund.pk)

    at_once(send, send)
    run_jobs()
    assert (fresh(refund).status, SandboxRefund.objects.count(), fresh(payment).refunded_minor) == ("confirmed", 1, 700)
    assert ledger_faults() == []
