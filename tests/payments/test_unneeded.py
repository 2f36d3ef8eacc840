"""Money that pays for nothing goes back by itself, and whoever paid it is told once."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from showpiece.donations import services as donations
from showpiece.orders import services as orders
from showpiece.payments.models import Payment
from showpiece.payments.services import payment_look
from tests.donations.giving import begun
from tests.donations.pledging import given_monthly, look
from tests.factories import ProjectFactory
from tests.orders.shop import started
from tests.payments.till import another_attempt, at_stripe, fresh, settle
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db

BACK = "All of it goes back to you."


def told(box: Sequence[Any]) -> list[Any]:
    """The mails that say so; in each, the text and the page say the same."""
    found = [mail for mail in box if BACK in mail.body]
    assert all(BACK in mail.alternatives[0][0] for mail in found)
    return found


def paid_twice(stripe: StripePeer) -> Payment:
    order, first = at_stripe()
    second = another_attempt(order)
    for one in (first, second):
        stripe.act(one.external_id, "pay")
        payment_look(payment_id=one.pk)
    return second


def paid_when_cancelled(stripe: StripePeer) -> Payment:
    order, payment = at_stripe()
    orders.order_cancel(order_id=order.pk)
    stripe.act(payment.external_id, "pay")
    return payment


def paid_otherwise(stripe: StripePeer) -> Payment:
    _order, payment = at_stripe()
    stripe.pays_instead = (1000, "usd")
    stripe.act(payment.external_id, "pay")
    return payment


def given_when_cancelled(stripe: StripePeer) -> Payment:
    donation, payment = begun(ProjectFactory(), provider="stripe")
    payment = started(payment)
    donations.donation_cancel(donation_id=donation.pk)
    stripe.act(payment.external_id, "pay")
    return payment


def given_otherwise(stripe: StripePeer) -> Payment:
    _donation, payment = begun(ProjectFactory(), provider="stripe")
    payment = started(payment)
    stripe.pays_instead = (1000, "usd")
    stripe.act(payment.external_id, "pay")
    return payment


CASES = [
    (paid_twice, "buyer@example.org", "€10.00 came for order {}, which was paid already."),
    (paid_when_cancelled, "buyer@example.org", "€10.00 came for order {}, which is cancelled."),
    (paid_otherwise, "buyer@example.org", "$10.00 came for order {}, which costs another amount."),
    (given_when_cancelled, "giver@example.org", "€10.00 came for donation {}, which is cancelled."),
    (given_otherwise, "giver@example.org", "$10.00 came for donation {}, which was to be another amount."),
]


@pytest.mark.parametrize(("pay", "payer", "said"), CASES)
def test_its_payer_is_told_once(
    stripe: StripePeer, mailoutbox: list[Any], pay: Callable[[StripePeer], Payment], payer: str, said: str
) -> None:
    payment = pay(stripe)
    for _twice in range(2):
        payment_look(payment_id=payment.pk)
        settle()
    assert (fresh(payment).surplus, fresh(payment).is_refunded) == (True, True)
    (mail,) = told(mailoutbox)
    before, after = said.split("{}")
    assert (before in mail.body, after in mail.body, mail.to) == (True, True, [payer])
    assert before in mail.alternatives[0][0]
    assert "goes back" in mail.subject


def test_a_month_after_the_end_is_told_once(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    pledge, subscription = given_monthly(stripe, ProjectFactory())
    donations.pledge_end(pledge_id=pledge.pk)
    stripe.month_passes(subscription.external_id, at=stripe.later())
    for _twice in range(2):
        look(pledge)
        settle()
    (mail,) = told(mailoutbox)
    assert f"€10.00 were taken for your monthly donation {pledge.number}, which has ended." in mail.body
    assert mail.to == [pledge.email]


def test_it_is_told_in_the_language_of_the_order(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = at_stripe(language="ru")
    orders.order_cancel(order_id=order.pk)
    stripe.act(payment.external_id, "pay")
    settle()
    (mail,) = [mail for mail in mailoutbox if mail.to == [order.email]]
    assert f"Ваш платёж за заказ {order.number} возвращается" in mail.subject
    assert "заказ отменён" in mail.body
