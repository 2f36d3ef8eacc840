"""Who has what they paid for: granted once, taken back by choice."""

import uuid
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from showpiece.accounts import erasure
from showpiece.orders import services
from showpiece.orders.delivery.granting import (
    entitlement_restore,
    entitlement_revoke,
    entitlements_follow,
    entitlements_grant,
)
from showpiece.orders.models import Entitlement, Order
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_confirm_by_hand, payment_refund, payment_settle
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, started
from tests.races import at_once

pytestmark = pytest.mark.django_db

migration = import_module("showpiece.orders.migrations.0003_entitlements_of_before")


def held(order: Order) -> list[bool]:
    """Of each line in order whether its buyer may have it."""
    return [one.is_valid for one in Entitlement.objects.filter(line__order=order).order_by("line__position")]


def given_back(payment: Payment, minor: int, **said: Any) -> None:
    """A refund that staff asked for, and the provider has confirmed."""
    refund = payment_refund(payment_id=payment.pk, amount_minor=minor, key=uuid.uuid4(), **said)
    report = RefundReport(f"re_{refund.pk}", minor, State.CONFIRMED, key=refund.pk)
    payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))


class TestGranting:
    def test_one_a_line_for_whoever_ordered(self) -> None:
        buyer, one, other = UserFactory(), priced(1000), priced(500)
        _order, payment = paid_order(one, other, user=buyer)
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        rows = Entitlement.objects.order_by("line__position")
        assert [(row.project, row.user, row.is_valid) for row in rows] == [(one, buyer, True), (other, buyer, True)]
        guests, _payment = paid_order(one)
        assert [row.user for row in Entitlement.objects.filter(line__order=guests)] == [None]

    def test_nothing_without_payment(self) -> None:
        placed(filled(priced(1000)))
        assert not Entitlement.objects.exists()

    def test_what_is_free(self) -> None:
        order, payment = placed(filled(priced(0)))
        started(payment)
        order.refresh_from_db()
        assert (order.status, held(order)) == (Order.Status.PAID, [True])

    def test_a_transfer_when_staff_have_seen_it(self, settings: Any) -> None:
        settings.PAYMENT_PROVIDERS = ["transfer"]
        order, payment = placed(filled(priced(1000)), provider="transfer")
        assert held(order) == []
        payment_confirm_by_hand(payment_id=payment.pk)
        assert held(order) == [True]

    def test_money_that_comes_after_the_order_has_ended(self) -> None:
        order, payment = placed(filled(priced(1000)))
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(hours=1))
        services.orders_expire()
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        assert held(order) == [True]

    def test_money_that_was_not_needed_grants_nothing(self) -> None:
        order, payment = placed(filled(priced(1000)))
        payment_settle(payment_id=payment.pk, report=paid_report(payment, amount_minor=10))
        assert held(order) == []

    def test_again_gives_what_is_there(self) -> None:
        order, _payment = paid_order(priced(1000), priced(500))
        before = list(Entitlement.objects.order_by("pk"))
        entitlement_revoke(before[0].pk, by=UserFactory())
        again = entitlements_grant(order, list(order.lines.order_by("position")))
        assert again == before
        assert held(order) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_granted_twice_at_once() -> None:
    order, _payment = paid_order(priced(1000), priced(500))
    Entitlement.objects.all().delete()
    lines = list(order.lines.order_by("position"))
    one, other = at_once(lambda: entitlements_grant(order, lines), lambda: entitlements_grant(order, lines))
    assert one == other
    assert Entitlement.objects.count() == 2


class TestWhose:
    def test_follows_an_order_that_is_taken_over(self) -> None:
        order, _payment = paid_order(priced(1000))
        other, _payment = paid_order(priced(1000))
        order.user = UserFactory()
        order.save()
        entitlements_follow([order])
        assert Entitlement.objects.get(line__order=order).user == order.user
        assert Entitlement.objects.get(line__order=other).user is None

    def test_nobodys_once_the_buyer_is_gone(self) -> None:
        buyer = UserFactory()
        order, _payment = paid_order(priced(1000), user=buyer)
        erasure.erase(buyer, lambda: None)
        assert [row.user for row in Entitlement.objects.filter(line__order=order)] == [None]


class TestRefund:
    @pytest.mark.parametrize(
        ("revokes", "by_default", "kept"),
        [(True, False, False), (False, True, True), (None, True, False), (None, False, True)],
    )
    def test_by_choice(self, settings: Any, revokes: bool | None, by_default: bool, kept: bool) -> None:
        settings.REFUND_REVOKES = by_default
        order, payment = paid_order(priced(1000), priced(500))
        given_back(payment, 1500, revokes=revokes)
        assert held(order) == [kept, kept]

    def test_only_what_is_given_back_whole(self) -> None:
        order, payment = paid_order(priced(1000), priced(500))
        first, _second = order.lines.order_by("position")
        given_back(payment, 1000, parts={str(first.pk): 1000}, revokes=True)
        assert held(order) == [False, True]
        given_back(payment, 200, revokes=True)
        assert held(order) == [False, True]
        given_back(payment, 300, revokes=True)
        assert held(order) == [False, False]

    def test_begun_at_the_provider(self) -> None:
        order, payment = paid_order(priced(1000))
        part, rest = (RefundReport(f"re_{minor}", minor, State.CONFIRMED) for minor in (400, 600))
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(part,)))
        assert held(order) == [True]
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(part, rest)))
        assert held(order) == [False]

    def test_not_before_it_is_confirmed(self) -> None:
        order, payment = paid_order(priced(1000))
        refund = payment_refund(payment_id=payment.pk, amount_minor=1000, key=uuid.uuid4(), revokes=True)
        assert (refund.status, held(order)) == (Refund.Status.PENDING, [True])

    def test_told_again_it_takes_nothing_that_staff_gave_back(self) -> None:
        order, payment = paid_order(priced(1000))
        report = RefundReport("re_1", 1000, State.CONFIRMED)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        row = Entitlement.objects.get()
        assert entitlement_restore(row.pk, by=UserFactory())
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        assert held(order) == [True]


def test_staff_revoke_and_restore_one() -> None:
    order, _payment = paid_order(priced(1000), priced(500))
    row, staff = Entitlement.objects.order_by("line__position")[0], UserFactory()
    assert entitlement_revoke(row.pk, by=staff)
    assert not entitlement_revoke(row.pk, by=staff)
    assert held(order) == [False, True]
    assert entitlement_restore(row.pk, by=staff)
    assert not entitlement_restore(row.pk, by=staff)
    assert held(order) == [True, True]


class TestWhatWasSoldBefore:
    def test_gets_them_and_what_is_there_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(migration, "AT_ONCE", 2)
        buyer = UserFactory()
        orders = [paid_order(priced(1000), user=buyer)[0] for _number in range(3)]
        back, payment = paid_order(priced(1000))
        given_back(payment, 1000, revokes=False)
        guests, payment = paid_order(priced(1000), priced(500))
        given_back(payment, 700, revokes=False)
        unpaid, _payment = placed(filled(priced(1000)))
        there = Entitlement.objects.get(line__order=orders[0])
        Entitlement.objects.exclude(pk=there.pk).delete()
        migration.grant(apps, None)
        migration.grant(apps, None)
        assert [held(one) for one in (*orders, back, guests, unpaid)] == [
            *([True], [True], [True]),
            *([False], [True, True], []),
        ]
        assert Entitlement.objects.get(line__order=orders[0]) == there
        row = Entitlement.objects.get(line__order=orders[1])
        assert (row.user, row.project_id, row.granted_at) == (buyer, row.line.project_id, row.line.sold_at)
