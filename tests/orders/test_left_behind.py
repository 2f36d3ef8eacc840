"""Money that comes late, for what is not there any more."""

from typing import Any

import pytest
from django.test import Client

from showpiece.accounts import erasure
from showpiece.catalog.models import Project, Status
from showpiece.orders import services
from showpiece.orders.models import Entitlement, Order
from showpiece.payments.models import Payment, Refund
from showpiece.payments.services import ledger_faults, payment_confirm_by_hand
from tests.orders.goods import with_file
from tests.orders.shop import filled, paid_order, placed, priced, started

pytestmark = pytest.mark.django_db


def late(*projects: Project) -> tuple[Order, Payment]:
    """An order that was to be paid by a transfer, and was not in time."""
    order, payment = placed(filled(*projects), provider="transfer")
    started(payment)
    return services.order_cancel(order_id=order.pk, expired=True), payment


def comes(order: Order, payment: Payment) -> tuple[str, bool]:
    """What becomes of them when the money is there."""
    payment_confirm_by_hand(payment_id=payment.pk)
    order.refresh_from_db()
    payment.refresh_from_db()
    return order.status, payment.surplus


@pytest.fixture(autouse=True)
def _by_transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["transfer", "sandbox"]


def test_it_goes_back_when_the_creator_has_left_with_the_files(mailoutbox: list[Any], client: Client) -> None:
    left, other = priced(1000), priced(500)
    with_file(left)
    with_file(other)
    order, payment = late(left, other)
    erasure.erase(left.creator.user, lambda: None)
    mailoutbox.clear()
    assert comes(order, payment) == ("cancelled", True)
    assert not Entitlement.objects.exists()
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.status) == (1500, "pending")  # for staff to send
    (mail,) = mailoutbox
    assert "All of it goes back to you." in mail.body
    page = client.get(order.guest_url).content.decode()
    assert "came for it without need" in page
    assert "Nothing was taken" not in page
    assert ledger_faults() == []


def test_it_stands_when_the_files_were_kept_for_others() -> None:
    project = priced(1000)
    with_file(project)
    paid_order(project)
    order, payment = late(project)
    erasure.erase(project.creator.user, lambda: None)
    assert comes(order, payment) == ("paid", False)


def test_it_stands_for_an_archived_project_with_files() -> None:
    project = priced(1000)
    with_file(project)
    order, payment = late(project)
    Project.objects.update(status=Status.ARCHIVED)
    assert comes(order, payment) == ("paid", False)


def test_it_stands_for_one_on_display_that_has_no_files_yet() -> None:
    assert comes(*late(priced(1000))) == ("paid", False)


def test_it_stands_in_time(mailoutbox: list[Any]) -> None:
    """Of what an open order holds the files are kept."""
    project = priced(1000)
    with_file(project)
    order, payment = placed(filled(project), provider="transfer")
    started(payment)
    erasure.erase(project.creator.user, lambda: None)
    assert comes(order, payment) == ("paid", False)
