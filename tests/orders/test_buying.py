"""From a cart to a paid order, and back."""

import uuid
from typing import Any

import pytest
from django.db.models import Sum

from showpiece.orders import services
from showpiece.orders.models import Order
from showpiece.payments.models import Entry, Refund, SandboxSession
from showpiece.payments.providers.base import RefundReport, Report, State
from showpiece.payments.services import ledger_faults, payment_refund, payment_settle, refund_send
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, quoted, started

pytestmark = pytest.mark.django_db


def test_an_order_keeps_names_and_prices_of_two_projects_of_one_name(mailoutbox: list[Any]) -> None:
    one, other = priced(1000, name="Same"), priced(3000, name="Same")
    order, payment = paid_order(one, other, user=UserFactory())
    one.price_minor = 99_900
    one.save()
    order.refresh_from_db()
    assert (order.status, order.total_minor, payment.amount_minor) == (Order.Status.PAID, 4000, 4000)
    assert [line.price_minor for line in order.lines.order_by("position")] == [1000, 3000]
    assert ledger_faults() == []
    (confirmation,) = [mail for mail in mailoutbox if mail.to == [order.email]]
    assert order.number in confirmation.subject
    assert "€40.00" in confirmation.body
    assert {mail.to[0] for mail in mailoutbox} == {order.email, one.creator.user.email, other.creator.user.email}


def test_success_that_is_told_twice_counts_once(mailoutbox: list[Any]) -> None:
    order, payment = paid_order(priced(1000))
    payment_settle(payment_id=payment.pk, report=paid_report(payment))
    payment_settle(payment_id=payment.pk, report=Report(State.FAILED))
    assert Entry.objects.count() == 2
    assert [mail.to for mail in mailoutbox].count(["buyer@example.org"]) == 1
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_a_second_payment_of_one_order_goes_back() -> None:
    order, payment = placed(filled(priced(1000)))
    second = services.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox")
    for one in (payment, second):
        started(one)
    SandboxSession.objects.update(state=SandboxSession.State.PAID)
    for one in (payment, second):
        payment_settle(payment_id=one.pk, report=paid_report(one))
    refund = Refund.objects.get()
    assert (refund.payment_id, refund.amount_minor) == (second.pk, 1000)
    refund_send(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.status == Refund.Status.CONFIRMED
    assert ledger_faults() == []
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


@pytest.mark.parametrize(("minor", "currency"), [(10, "EUR"), (100_000, "EUR"), (1000, "USD")])
def test_the_wrong_amount_pays_nothing_and_goes_back(minor: int, currency: str) -> None:
    order, payment = placed(filled(priced(1000)))
    payment_settle(payment_id=payment.pk, report=paid_report(payment, amount_minor=minor, currency=currency))
    order.refresh_from_db()
    payment.refresh_from_db()
    assert order.status == Order.Status.OPEN
    assert payment.surplus
    assert f"{minor} {currency} was paid" in payment.note
    refund = Refund.objects.get()
    assert refund.amount_minor == minor
    said = RefundReport("re_1", minor, State.CONFIRMED, key=refund.pk)
    report = paid_report(payment, amount_minor=minor, currency=currency, refunds=(said,))
    payment_settle(payment_id=payment.pk, report=report)
    assert ledger_faults() == []
    assert not Entry.objects.values("account").annotate(sum=Sum("amount_minor")).order_by().exclude(sum=0)
    second = services.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox")
    payment_settle(payment_id=second.pk, report=paid_report(second))
    order.refresh_from_db()
    assert order.status == Order.Status.PAID


def test_refunds_in_parts_leave_nobody_with_a_cent(settings: Any) -> None:
    settings.PLATFORM_FEE_PERCENT = 7
    order, payment = paid_order(priced(1000), priced(333))
    for amount in (1, 400, 932):
        refund = payment_refund(payment_id=payment.pk, amount_minor=amount, key=uuid.uuid4())
        said = RefundReport(f"re_{amount}", amount, State.CONFIRMED, key=refund.pk)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(said,)))
    assert [line.left_minor for line in order.lines.all()] == [0, 0]
    assert ledger_faults() == []
    sums = Entry.objects.order_by().values("account", "party").annotate(sum=Sum("amount_minor"))
    assert sums
    assert not sums.exclude(sum=0)


def test_a_price_that_changed_is_asked_again() -> None:
    project = priced(1000)
    cart = filled(project)
    seen = quoted(cart).digest
    project.price_minor = 2000
    project.save()
    with pytest.raises(services.PriceChanged) as told:
        placed(cart, seen=seen)
    assert told.value.quote.total_minor == 2000
    assert not Order.objects.exists()
