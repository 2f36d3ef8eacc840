"""What staff do with an order, and what becomes of what they press twice."""

import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from showpiece.orders import services
from showpiece.orders.admin import steps
from showpiece.orders.models import Order
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import ledger_faults, payment_settle
from tests.catalog.studio import said
from tests.orders.shop import filled, paid_order, paid_report, placed, priced
from tests.orders.staff import LIST, awaiting, fresh, numbers, page, staff_with, step
from tests.orders.staff import root as signed_in_root

pytestmark = pytest.mark.django_db


@pytest.fixture(name="root")
def _root() -> Client:
    return signed_in_root()


@pytest.fixture(autouse=True)
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


class TestConfirm:
    def test_a_transfer_that_has_come_pays(self, root: Client, mailoutbox: list[Any]) -> None:
        order, payment = awaiting()
        mailoutbox.clear()
        answer = root.post(step(order, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "The order is paid." in said(answer)
        assert fresh(order).status == Order.Status.PAID
        assert fresh(payment).paid_at
        assert ledger_faults() == []
        assert len(mailoutbox) == 2  # to the buyer and the creator
        again = root.post(step(order, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "no transfer to wait for" in said(again)
        assert LogEntry.objects.filter(object_id=str(order.pk)).count() == 1

    def test_that_of_another_order_does_not(self, root: Client) -> None:
        order, _payment = awaiting()
        _other, foreign = awaiting()
        answer = root.post(step(order, "confirm"), {"payment": str(foreign.pk)})
        assert answer.status_code == 422
        assert fresh(foreign).status == Payment.Status.PENDING

    def test_that_of_the_old_total_is_told_and_goes_back(self, root: Client) -> None:
        order, payment = awaiting()
        services.order_edit(order_id=order.pk, revision=1, add=[priced(500)])
        assert "of before the order was changed" in said(root.get(step(order, "confirm")))
        answer = root.post(step(order, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "did not need the money" in said(answer)
        assert fresh(order).status == Order.Status.OPEN

    def test_one_for_a_cancelled_order_goes_back(self, root: Client) -> None:
        order, payment = awaiting()
        services.order_cancel(order_id=order.pk)
        answer = root.post(step(order, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "did not need the money" in said(answer)
        assert Refund.objects.get().amount_minor == 1000
        assert fresh(order).status == Order.Status.CANCELLED


class TestRefund:
    @pytest.fixture
    def paid(self) -> tuple[Order, Payment]:
        return paid_order(priced(1000, name="One"), priced(500, name="Other"))

    def form(self, root: Client, order: Order, **changes: Any) -> dict[str, Any]:
        form = root.get(step(order, "refund")).context["form"]
        body = {name: form[name].value() for name in form.fields}
        body["payment"] = form.fields["payment"].choices[0][0]
        return {name: "" if value is None else value for name, value in (body | changes).items()}

    def test_a_double_press_gives_back_once(self, root: Client, paid: tuple[Order, Payment]) -> None:
        order, _payment = paid
        body = self.form(root, order, what="amount", amount="2,50", reason="Sorry")
        first = root.post(step(order, "refund"), body, follow=True)
        assert "€2.50 is on its way back" in said(first)
        second = root.post(step(order, "refund"), body, follow=True)
        assert "€2.50 is on its way back" in said(second)
        refund = Refund.objects.get()
        assert (refund.amount_minor, refund.reason, refund.made_by.username) == (250, "Sorry", "root")  # type: ignore[union-attr]

    def test_all_and_then_nothing(self, root: Client, paid: tuple[Order, Payment]) -> None:
        order, payment = paid
        body = self.form(root, order, what="all")
        root.post(step(order, "refund"), body)
        assert Refund.objects.get().amount_minor == 1500
        root.post(step(order, "refund"), body)
        late = root.post(step(order, "refund"), body | {"key": str(uuid.uuid4())}, follow=True)
        assert Refund.objects.count() == 1
        assert late.status_code == 422
        assert "nothing to give back" in said(late)
        refund = Refund.objects.get()
        report = RefundReport("re_1", 1500, State.CONFIRMED, key=refund.pk)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        text = said(root.get(page("order_change", order.pk)))
        assert "refunded" in text
        assert step(order, "refund") not in root.get(page("order_change", order.pk)).content.decode()

    def test_by_line(self, root: Client, paid: tuple[Order, Payment]) -> None:
        order, payment = paid
        one, other = order.lines.order_by("position")
        changes = {f"line_{one.pk}": "3.00", f"line_{other.pk}": "5"}
        root.post(step(order, "refund"), self.form(root, order, what="lines", **changes))
        refund = Refund.objects.get()
        report = RefundReport("re_1", 800, State.CONFIRMED, key=refund.pk)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        assert [line.refunded_minor for line in order.lines.order_by("position")] == [300, 500]
        assert ledger_faults() == []

    @pytest.mark.parametrize(
        "changes",
        [
            *({"what": "amount", "amount": text} for text in ("", "0", "-1", "1.005", "NaN", "1e5", "10000000000000")),
            {"what": "amount", "amount": "15.01"},
            {"what": "lines"},
            {"what": "everything"},
            {"key": "none"},
            {"payment": str(uuid.uuid4())},
            {"reason": "x" * 201},
        ],
    )
    def test_what_makes_no_sense_is_told(
        self, root: Client, paid: tuple[Order, Payment], changes: dict[str, str]
    ) -> None:
        answer = root.post(step(paid[0], "refund"), self.form(root, paid[0], **changes))
        assert answer.status_code == 422
        assert answer.context["form"].errors
        assert not Refund.objects.exists()

    def test_more_of_a_line_than_it_cost(self, root: Client, paid: tuple[Order, Payment]) -> None:
        order, _payment = paid
        changes = {f"line_{order.lines.get(name='Other').pk}": "5.01"}
        assert root.post(step(order, "refund"), self.form(root, order, what="lines", **changes)).status_code == 422
        assert not Refund.objects.exists()

    def test_what_of_a_line_is_on_its_way_is_not_asked_for_again(
        self, root: Client, paid: tuple[Order, Payment]
    ) -> None:
        """Else the second one would come out of the other lines, whoever sells them."""
        order, _payment = paid
        field = f"line_{order.lines.get(name='One').pk}"
        root.post(step(order, "refund"), self.form(root, order, what="lines", **{field: "9"}))
        again = root.post(step(order, "refund"), self.form(root, order, what="lines", **{field: "1.01"}))
        assert again.status_code == 422
        assert "More than is left of it." in said(again)
        assert Refund.objects.get().amount_minor == 900

    def test_a_press_beside_a_faster_one(
        self, root: Client, paid: tuple[Order, Payment], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It looked for the refund before the other one was there, and counted what is left after it."""
        order, _payment = paid
        body = self.form(root, order, what="all")
        root.post(step(order, "refund"), body)
        monkeypatch.setattr(steps, "refund_with_key", _blind_once(steps.refund_with_key))
        answer = root.post(step(order, "refund"), body, follow=True)
        assert "is on its way back" in said(answer)
        assert Refund.objects.get().amount_minor == 1500


def _blind_once(looked: Any) -> Any:
    answers = iter([lambda _key: None])
    return lambda key: next(answers, looked)(key)


class TestEdit:
    def test_takes_out_and_puts_in(self, root: Client, mailoutbox: list[Any]) -> None:
        goes, comes = priced(500, name="Goes"), priced(250, name="Comes")
        order, _payment = placed(filled(priced(1000), goes))
        address = step(order, "edit")
        body = {
            "revision": root.get(address).context["form"]["revision"].value(),
            "remove": [str(order.lines.get(project=goes).pk)],
            "add": [str(comes.pk)],
        }
        answer = root.post(address, body, follow=True)
        assert "It is €12.50 now" in said(answer)
        assert (fresh(order).total_minor, len(mailoutbox)) == (1250, 1)
        entry = LogEntry.objects.get(object_id=str(order.pk))
        assert "Goes" in entry.change_message
        assert "Comes" in entry.change_message
        late = root.post(address, body, follow=True)
        assert "Somebody else has changed this order" in said(late)
        assert len(mailoutbox) == 1

    @pytest.mark.parametrize("changes", [{"add": "none"}, {"remove": "none"}, {"revision": "x"}, {"revision": ""}])
    def test_nonsense_is_told(self, root: Client, changes: dict[str, str]) -> None:
        order, _payment = placed(filled(priced(1000)))
        assert root.post(step(order, "edit"), {"revision": "1"} | changes).status_code == 422
        assert fresh(order).revision == 1

    def test_what_is_sold_in_another_currency_is_told(self, root: Client) -> None:
        order, _payment = placed(filled(priced(1000)))
        other = priced(500, currency="USD")
        answer = root.post(step(order, "edit"), {"revision": "1", "add": [str(other.pk)]})
        assert answer.status_code == 422
        assert "is on sale in this currency" in said(answer)

    def test_never_empties_it(self, root: Client) -> None:
        order, _payment = placed(filled(priced(1000)))
        answer = root.post(step(order, "edit"), {"revision": "1", "remove": [str(order.lines.get().pk)]})
        assert answer.status_code == 422
        assert "Cancel it instead" in said(answer)

    def test_a_paid_one_is_refunded_instead(self, root: Client) -> None:
        order, _payment = paid_order(priced(1000))
        answer = root.post(step(order, "edit"), {"revision": "1", "add": [str(priced(5).pk)]}, follow=True)
        assert "can be refunded" in said(answer)
        assert fresh(order).total_minor == 1000


class TestArchive:
    def test_by_its_page(self, root: Client) -> None:
        order, _payment = paid_order(priced(1000))
        root.post(step(order, "archive"))
        assert fresh(order).archived_at
        assert order.number not in numbers(root.get(LIST))
        root.post(step(order, "take_back"))
        assert fresh(order).archived_at is None

    def test_many_at_once(self, root: Client) -> None:
        orders = [paid_order(priced(1000))[0] for _number in range(2)]
        body = {"action": "archive_all", "_selected_action": [str(order.pk) for order in orders]}
        assert "2 orders are archived" in said(root.post(LIST, body, follow=True))
        services.order_set_archived(order_id=orders[0].pk, archived=False)
        staff_with("view_order", "change_order").post(LIST, body)
        assert fresh(orders[0]).archived_at is None
        services.order_set_archived(order_id=orders[0].pk, archived=True)
        body["action"] = "take_back_all"
        answer = root.post(f"{LIST}?archived=yes", body, follow=True)
        assert "2 orders are back" in said(answer)

    def test_cancelling_what_was_paid_meanwhile(self, root: Client) -> None:
        order, payment = placed(filled(priced(1000)))
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        answer = root.post(step(order, "cancel"), follow=True)
        assert "Only an open order" in said(answer)
        assert fresh(order).status == Order.Status.PAID
