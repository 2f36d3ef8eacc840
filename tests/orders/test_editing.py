"""What staff change of an order that is open, and what becomes of its money."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from showpiece.catalog.models import Status
from showpiece.orders import services
from showpiece.orders.models import Order, TaxRate
from showpiece.payments.models import Payment, Refund
from showpiece.payments.services import (
    ledger_faults,
    payment_confirm_by_hand,
    payment_settle,
    payment_withdraw,
)
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, started

pytestmark = pytest.mark.django_db


def edited(order: Order, **changes: Any) -> Order:
    return services.order_edit(order_id=order.pk, revision=order.revision, **changes)


def adds_up(order: Order) -> bool:
    lines = list(order.lines.all())
    names = ("price_minor", "discount_minor", "tax_minor", "total_minor")
    return all(getattr(order, name) == sum(getattr(line, name) for line in lines) for name in names)


@pytest.fixture
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


class TestEditing:
    def test_lines_that_stay_keep_their_price_and_new_ones_have_that_of_today(self, mailoutbox: list[Any]) -> None:
        stays, goes, comes = priced(1000), priced(500), priced(250)
        order, _payment = placed(filled(stays, goes))
        for project in (stays, comes):
            project.price_minor += 1
            project.save()
        after = edited(order, remove=[order.lines.get(project=goes).pk], add=[comes])
        assert [(line.project_id, line.price_minor) for line in after.lines.order_by("position")] == [
            (stays.pk, 1000),
            (comes.pk, 251),
        ]
        assert (after.total_minor, after.revision) == (1251, 2)
        assert adds_up(after)
        (mail,) = mailoutbox
        assert mail.to == [order.email]
        assert "was changed" in mail.subject
        assert "€12.51" in mail.body
        assert goes.name not in mail.body

    def test_discount_tax_and_fee_are_those_of_the_order(self, settings: Any) -> None:
        settings.PLATFORM_FEE_PERCENT = 10
        TaxRate.objects.create(country="DE", name="VAT", percent=19, included=False)
        services.promo_create(code="HALF", kind="percent", percent=50, max_uses=1)
        one, other = priced(1000), priced(2000)
        order, _payment = placed(filled(one, code="HALF"), country="DE")
        TaxRate.objects.update(percent=7)
        after = edited(order, add=[other])
        kept, new = after.lines.order_by("position")
        assert (kept.discount_minor, kept.tax_percent, kept.tax_minor, kept.total_minor) == (500, 19, 95, 595)
        assert (new.discount_minor, new.tax_percent, new.tax_minor, new.total_minor) == (1000, 7, 70, 1070)
        assert (kept.fee_minor, new.fee_minor) == (50, 100)
        assert adds_up(after)
        assert after.promo_text == "HALF"

    def test_an_amount_off_is_shared_out_anew(self) -> None:
        services.promo_create(code="FIVE", kind="amount", amount_minor=500, currency="EUR")
        one, other = priced(1000), priced(1000)
        order, _payment = placed(filled(one, code="five"))
        after = edited(order, add=[other])
        assert [line.discount_minor for line in after.lines.order_by("position")] == [250, 250]
        assert after.total_minor == 1500

    def test_the_discount_of_a_code_that_is_gone_stays(self) -> None:
        promo = services.promo_create(code="HALF", kind="percent", percent=50)
        order, _payment = placed(filled(priced(1000), priced(300), code="HALF"))
        promo.delete()
        order.refresh_from_db()
        after = edited(order, remove=[order.lines.get(price_minor=300).pk])
        assert (after.discount_minor, after.total_minor) == (500, 500)

    def test_the_second_of_two_editors_hears_of_the_first(self, mailoutbox: list[Any]) -> None:
        order, _payment = placed(filled(priced(1000)))
        edited(order, add=[priced(1)])
        with pytest.raises(services.OrderChanged) as told:
            edited(order, add=[priced(2)])
        assert told.value.current.total_minor == 1001
        assert len(mailoutbox) == 1

    def test_nothing_asked_changes_nothing(self, mailoutbox: list[Any]) -> None:
        order, payment = placed(filled(priced(1000)))
        assert edited(order, remove=[uuid.uuid4()]).revision == 1
        payment.refresh_from_db()
        assert payment.status == Payment.Status.PENDING
        assert not mailoutbox

    @pytest.mark.parametrize(
        "fields",
        [
            {"status": Status.DRAFT},
            {"status": Status.ARCHIVED},
            {"currency": "USD"},
        ],
    )
    def test_what_is_not_on_sale_does_not_come_in(self, fields: Any) -> None:
        order, _payment = placed(filled(priced(1000)))
        with pytest.raises(ValidationError):
            edited(order, add=[priced(500, **fields)])
        order.refresh_from_db()
        assert (order.total_minor, order.revision, order.lines.count()) == (1000, 1, 1)

    def test_nothing_is_in_it_twice_and_it_is_never_empty(self) -> None:
        project = priced(1000)
        order, _payment = placed(filled(project))
        line = order.lines.get()
        for changes in ({"add": [project]}, {"remove": [line.pk]}):
            with pytest.raises(ValidationError):
                edited(order, **changes)
        edited(order, remove=[line.pk], add=[project])  # out, and in at the price of today
        assert order.lines.get().pk != line.pk

    def test_a_paid_order_changes_by_refunds_alone(self) -> None:
        order, _payment = paid_order(priced(1000))
        with pytest.raises(ValidationError, match="refunded"):
            edited(order, add=[priced(1)])


class TestMoney:
    def test_what_pays_the_old_total_goes_back(self) -> None:
        order, payment = placed(filled(priced(1000)))
        started(payment)
        edited(order, add=[priced(500)])
        payment_settle(payment_id=payment.pk, report=paid_report(payment))  # faster than the withdrawal
        order.refresh_from_db()
        payment.refresh_from_db()
        assert (order.status, payment.surplus) == (Order.Status.OPEN, True)
        assert Refund.objects.get().amount_minor == 1000
        again = services.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox")
        assert again.amount_minor == 1500
        payment_settle(payment_id=again.pk, report=paid_report(again))
        order.refresh_from_db()
        assert order.status == Order.Status.PAID
        assert ledger_faults() == []

    def test_pending_payments_are_withdrawn(self) -> None:
        order, payment = placed(filled(priced(1000)))
        started(payment)
        edited(order, add=[priced(500)])
        payment_withdraw(payment_id=payment.pk)  # the job
        payment.refresh_from_db()
        assert payment.status == Payment.Status.FAILED

    @pytest.mark.usefixtures("_transfer")
    def test_a_bank_transfer_is_asked_for_anew(self, mailoutbox: list[Any]) -> None:
        order, payment = placed(filled(priced(1000)), provider="transfer")
        started(payment)
        assert len(mailoutbox) == 1
        edited(order, add=[priced(500)])
        assert len(mailoutbox) == 2
        assert "IBAN DE00 0000" in mailoutbox[1].body
        assert "€15.00" in mailoutbox[1].body
        payment_withdraw(payment_id=payment.pk)  # the job
        anew = Payment.objects.get(status=Payment.Status.PENDING)
        assert (anew.provider, anew.amount_minor) == ("transfer", 1500)
        payment_confirm_by_hand(payment_id=anew.pk)
        order.refresh_from_db()
        assert order.status == Order.Status.PAID
        assert ledger_faults() == []

    @pytest.mark.usefixtures("_transfer")
    def test_money_that_comes_after_all_pays_an_expired_order(self) -> None:
        order, payment = placed(filled(priced(1000)), provider="transfer")
        started(payment)
        services.order_cancel(order_id=order.pk, expired=True)
        payment_withdraw(payment_id=payment.pk)
        payment_confirm_by_hand(payment_id=payment.pk)
        order.refresh_from_db()
        assert order.status == Order.Status.PAID

    @pytest.mark.usefixtures("_transfer")
    def test_by_hand_only_what_nobody_else_confirms_and_once(self) -> None:
        _order, payment = placed(filled(priced(1000)), provider="transfer")
        payment_confirm_by_hand(payment_id=payment.pk)
        with pytest.raises(ValidationError, match="already"):
            payment_confirm_by_hand(payment_id=payment.pk)
        _order, other = placed(filled(priced(1000)))
        with pytest.raises(ValidationError, match="provider"):
            payment_confirm_by_hand(payment_id=other.pk)
        other.refresh_from_db()
        assert other.status == Payment.Status.PENDING


def test_archived_is_put_away_and_taken_back_and_counts_all_the_same() -> None:
    order, _payment = paid_order(priced(1000), user=UserFactory())
    assert services.order_set_archived(order_id=order.pk, archived=True)
    assert not services.order_set_archived(order_id=order.pk, archived=True)
    order.refresh_from_db()
    assert order.archived_at
    assert order.status == Order.Status.PAID
    assert ledger_faults() == []
    assert services.order_set_archived(order_id=order.pk, archived=False)
    order.refresh_from_db()
    assert order.archived_at is None
