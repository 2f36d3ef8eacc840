"""Orders in the pages for staff: what is found, and a permission for each button."""

import csv
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.orders import services
from showpiece.orders.models import Order
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_settle
from tests.catalog.studio import said
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, quoted
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


class TestList:
    def test_costs_the_same_whatever_it_holds(self, root: Client) -> None:
        def queries() -> list[str]:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert root.get(LIST).status_code == 200
            return [query["sql"] for query in caught]

        paid_order(priced(1000), user=UserFactory())
        queries()
        few = queries()
        for _number in range(5):
            paid_order(priced(1000), user=UserFactory())
        assert len(queries()) == len(few) <= 8
        counts = [sql for sql in few if "COUNT(" in sql and "orders_order" in sql]
        assert len(counts) == 1
        assert "LIMIT 10000" in counts[0]

    def test_tells_customer_total_and_payment(self, root: Client) -> None:
        member = UserFactory(username="ann", email="ann@example.org")
        order, _payment = paid_order(priced(1250), user=member)
        awaiting()
        text = said(root.get(LIST))
        for part in (order.number, "ann, ann@example.org", "€12.50", "confirmed", "buyer@example.org", "pending"):
            assert part in text

    def test_finds_by_number_address_customer_and_project(self, root: Client) -> None:
        member = UserFactory(username="ann", name="Ann Smith")
        project = priced(1000, name="Chess clock")
        order, _payment = paid_order(project, user=member)
        paid_order(priced(500))
        wanted = (
            order.number,
            order.number.lower().replace("-", ""),
            member.email.upper(),
            "ann",
            "ann smith",
            "chess",
        )
        for text in wanted:
            with CaptureQueriesContext(connection) as caught:
                assert numbers(root.get(LIST, {"q": text})) == {order.number}, text
            assert len(caught) <= 8, text
        for text in ("nobody", "\x00", "%", "'"):
            assert order.number not in numbers(root.get(LIST, {"q": text})) or text == "\x00"

    def test_filters(self, root: Client) -> None:
        paid, _payment = paid_order(priced(1000))
        waits, _payment = awaiting()
        away, _payment = paid_order(priced(1000))
        services.order_set_archived(order_id=away.pk, archived=True)
        cart = filled(priced(700, currency="USD"))
        dollars, _payment = placed(cart, currency="USD", seen=quoted(cart, "USD").digest, provider="sandbox")
        assert numbers(root.get(LIST)) == {paid.number, waits.number, dollars.number}
        assert numbers(root.get(LIST, {"archived": "yes"})) == {away.number}
        assert len(numbers(root.get(LIST, {"archived": "all"}))) == 4
        assert numbers(root.get(LIST, {"currency": "USD"})) == {dollars.number}
        assert numbers(root.get(LIST, {"status__exact": "paid"})) == {paid.number}
        assert root.get(LIST, {"placed_at__gte": str(timezone.now() - timedelta(days=1))}).status_code == 200

    def test_as_csv(self, root: Client) -> None:
        order, payment = paid_order(priced(1250), user=UserFactory(username="ann"), email="=cmd@example.org")
        said_of_it = RefundReport("re_1", 250, State.CONFIRMED)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(said_of_it,)))
        answer = root.get(page("order_export"))
        (row,) = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
        assert (row["number"], row["customer"], row["total"], row["refunded"]) == (order.number, "ann", "12.50", "2.50")
        assert (row["payment"], row["provider"], row["currency"]) == ("confirmed", "sandbox", "EUR")
        assert row["email"] == "'=cmd@example.org"
        assert staff_with("view_payment").get(page("order_export")).status_code == 403


def test_index_lists_orders_and_money_in_the_order_of_their_use(root: Client) -> None:
    apps = {app["app_label"]: app for app in root.get(reverse("admin:index")).context["app_list"]}
    assert [model["object_name"] for model in apps["orders"]["models"]] == ["Order", "PromoCode", "Bundle", "TaxRate"]
    first, *_others, last = [model["object_name"] for model in apps["payments"]["models"]]
    assert (first, last) == ("Payment", "InboundEvent")


class TestPermissions:
    """A button that somebody may not press is not there, and its address answers 403."""

    BUTTONS = {
        "edit": "change_order",
        "cancel": "change_order",
        "confirm": "change_payment",
        "refund": "add_refund",
        "archive": "delete_order",
        "take_back": "delete_order",
    }

    @pytest.mark.parametrize("name", BUTTONS)
    def test_of_buttons(self, name: str) -> None:
        order, _payment = paid_order(priced(1000)) if name in ("refund",) else awaiting()
        if name == "take_back":
            services.order_set_archived(order_id=order.pk, archived=True)
            order.refresh_from_db()
        before = list(Order.objects.values()), list(Payment.objects.values()), Refund.objects.count()
        others = {codename for codename in self.BUTTONS.values() if codename != self.BUTTONS[name]}
        for codenames in (["view_order"], ["view_order", *sorted(others)]):
            looker = staff_with(*codenames)
            shown = looker.get(page("order_change", order.pk)).content.decode()
            assert step(order, name) not in shown
            assert looker.get(step(order, name)).status_code == 403
            assert looker.post(step(order, name), {}).status_code == 403
        assert before == (list(Order.objects.values()), list(Payment.objects.values()), Refund.objects.count())
        able = staff_with("view_order", self.BUTTONS[name])
        assert step(order, name) in able.get(page("order_change", order.pk)).content.decode()
        assert able.get(step(order, name)).status_code == 200

    def test_nobody_adds_or_deletes(self, root: Client) -> None:
        order, _payment = paid_order(priced(1000))
        assert root.get(page("order_add")).status_code == 403
        assert root.post(page("order_delete", order.pk), {"post": "yes"}).status_code == 403
        assert root.post(page("order_change", order.pk), {"status": "cancelled"}).status_code == 403
        body = {"action": "delete_selected", "_selected_action": [str(order.pk)], "post": "yes"}
        root.post(LIST, body)
        assert fresh(order).status == Order.Status.PAID

    def test_of_the_list_and_the_page(self, client: Client) -> None:
        order, _payment = paid_order(priced(1000))
        for address in (LIST, page("order_change", order.pk)):
            assert client.get(address).status_code == 302
            assert staff_with("view_promocode", "view_payment").get(address).status_code == 403
            assert staff_with("view_order").get(address).status_code == 200

    @pytest.mark.parametrize("address", ["nonsense", str(uuid.UUID(int=1))])
    def test_an_order_that_is_not_there(self, root: Client, address: str) -> None:
        assert root.get(page("order_change", address), follow=True).status_code == 200  # Django's: "perhaps deleted?"
        for name in self.BUTTONS:
            assert root.get(page(f"order_{name}", address)).status_code == 404
            assert root.post(page(f"order_{name}", address)).status_code == 404


class TestPage:
    def test_tells_everything_within_few_queries(self, root: Client) -> None:
        order, payment = paid_order(priced(1000, name="Chess"), priced(500))
        report = RefundReport("re_1", 250, State.CONFIRMED)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        address = page("order_change", order.pk)
        root.get(address)
        with CaptureQueriesContext(connection) as caught:
            answer = root.get(address)
        assert len(caught) <= 15
        text = said(answer)
        for part in ("Chess", "€15.00", "refunded in part", "4242", "Test payment", "€2.50", "changes by refunds only"):
            assert part in text

    def test_history_tells_who_did_what(self, root: Client) -> None:
        order, _payment = awaiting()
        root.post(step(order, "cancel"))
        text = said(root.get(reverse("admin:orders_order_history", args=[order.pk])))
        assert "Cancelled." in text
        assert "root" in text
