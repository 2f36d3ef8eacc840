"""Money that came by a transfer without need, and that only staff can send back."""

import uuid
from typing import Any

import pytest
from django.urls import reverse

from showpiece.orders.services import order_cancel
from showpiece.payments.models import Refund
from showpiece.payments.services import ledger_faults, payment_confirm_by_hand, payment_refund, refund_send
from tests.orders.shop import paid_order, priced
from tests.orders.staff import awaiting, fresh, staff_with

pytestmark = pytest.mark.django_db
LIST = reverse("admin:payments_refund_changelist")


@pytest.fixture
def owed(settings: Any) -> Refund:
    """Of an order that was cancelled before its transfer came."""
    settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["sandbox", "transfer"], "IBAN DE00 1234"
    order, payment = awaiting()
    order_cancel(order_id=order.pk)
    payment_confirm_by_hand(payment_id=payment.pk)
    refund: Refund = Refund.objects.get()
    refund_send(refund_id=refund.pk)
    return refund


def press(client: Any, *refunds: Refund) -> str:
    body = {"action": "sent_by_hand", "_selected_action": [str(one.pk) for one in refunds]}
    html: str = client.post(LIST, body, follow=True).content.decode()
    return html


def test_waits_until_staff_say_that_it_was_sent(owed: Refund) -> None:
    assert fresh(owed).status == Refund.Status.PENDING
    client = staff_with("view_refund", "add_refund")
    assert "1 refund is confirmed." in press(client, owed)
    done = fresh(owed)
    assert (done.status, str(done.made_by_id)) == (Refund.Status.CONFIRMED, client.session["_auth_user_id"])
    assert ledger_faults() == []
    press(client, owed)
    assert fresh(owed).confirmed_at == done.confirmed_at


def test_needs_the_permission(owed: Refund) -> None:
    client = staff_with("view_refund")
    assert "sent_by_hand" not in client.get(LIST).content.decode()
    press(client, owed)
    assert fresh(owed).status == Refund.Status.PENDING


def test_what_a_provider_gives_back_nobody_confirms(owed: Refund) -> None:
    _order, payment = paid_order(priced(1000))
    other = payment_refund(payment_id=payment.pk, amount_minor=500, key=uuid.uuid4())
    html = press(staff_with("view_refund", "add_refund"), other)
    assert "The provider gives it back." in html
    assert fresh(other).status == Refund.Status.PENDING
