"""What staff do with what came with an order."""

import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from showpiece.orders.models import Entitlement, Order
from showpiece.payments.models import Payment, Refund
from tests.catalog.studio import said
from tests.orders.goods import link_to, with_file
from tests.orders.shop import filled, paid_order, placed, priced
from tests.orders.staff import page, root, staff_with, step
from tests.orders.test_granting import held

pytestmark = pytest.mark.django_db

MAY = ("view_order", "change_entitlement")


def right(order: Order, name: str) -> str:
    return str(Entitlement.objects.get(line__order=order, line__name=name).pk)


def test_one_is_taken_back_and_given_again_and_the_log_says_so() -> None:
    order, _payment = paid_order(priced(1000, name="Lens"), priced(500, name="Halves"))
    staff = staff_with(*MAY)
    answer = staff.post(step(order, "delivery"), {"revoke": [right(order, "Lens")]}, follow=True)
    assert "Downloads taken back: Lens." in said(answer)
    assert held(order) == [False, True]
    answer = staff.post(step(order, "delivery"), {"restore": [right(order, "Lens")]}, follow=True)
    assert "Downloads given again: Lens." in said(answer)
    assert held(order) == [True, True]
    notes = LogEntry.objects.filter(object_id=str(order.pk)).order_by("pk").values_list("change_message", flat=True)
    assert [("taken back" in note, "given again" in note) for note in notes] == [(True, False), (False, True)]


def test_of_another_order_or_nothing() -> None:
    order, _payment = paid_order(priced(1000, name="Lens"))
    other, _payment = paid_order(priced(1000, name="Lens"))
    staff = staff_with(*MAY)
    for wrong in (right(other, "Lens"), str(uuid.uuid4()), "x"):
        assert staff.post(step(order, "delivery"), {"revoke": [wrong]}).status_code == 422
    assert "Nothing was changed." in said(staff.post(step(order, "delivery"), {}, follow=True))
    assert held(order) + held(other) == [True, True]
    unpaid, _payment = placed(filled(priced(500)))
    assert "Nothing has come with this order yet." in said(staff.get(step(unpaid, "delivery"), follow=True))


@pytest.mark.parametrize(
    ("permissions", "status"),
    [((), 403), (("view_order", "change_order", "delete_order"), 403), (("change_entitlement",), 403), (MAY, 200)],
)
def test_who_may(permissions: tuple[str, ...], status: int) -> None:
    order, _payment = paid_order(priced(1000, name="Lens"))
    staff = staff_with(*permissions)
    assert staff.get(step(order, "delivery")).status_code == status
    answer = staff.post(step(order, "delivery"), {"revoke": [right(order, "Lens")]})
    assert answer.status_code == (302 if status == 200 else status)
    assert held(order) == [status != 200]


def test_page_of_an_order_tells_what_was_downloaded() -> None:
    project = priced(1000, name="Lens")
    file = with_file(project)
    order, _payment = paid_order(project)
    link = link_to(Client(), order, file)
    for _time in range(2):
        Client().get(link)
    staff = root()
    answer = staff.get(page("order_change", order.pk))
    (row,) = next(table for table in answer.context["tables"] if table.title == "Downloads").rows
    assert row[:2] + row[3:4] == ["Lens", "may be downloaded", "2"]
    unpaid, _payment = placed(filled(project))
    answer = staff.get(page("order_change", unpaid.pk))
    assert "Downloads" not in [table.title for table in answer.context["tables"]]


class TestRefund:
    def sent(self, staff: Client, order: Order, payment: Payment, **more: Any) -> Refund:
        form = {"key": str(uuid.uuid4()), "payment": str(payment.pk), "what": "all", "reason": ""}
        answer = staff.post(step(order, "refund"), form | more)
        assert answer.status_code == 302, said(answer)
        return Refund.objects.get()

    def test_is_on_at_first_and_may_be_turned_off(self) -> None:
        order, payment = paid_order(priced(1000))
        staff = root()
        assert staff.get(step(order, "refund")).context["form"]["revokes"].value() is True
        assert self.sent(staff, order, payment).revokes is False

    def test_is_kept_with_the_refund(self) -> None:
        order, payment = paid_order(priced(1000))
        assert self.sent(root(), order, payment, revokes="on").revokes is True
