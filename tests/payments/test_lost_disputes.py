"""A dispute that is lost: the payer has the money back, and what they got for it goes as with a refund."""

import uuid
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from showpiece.donations.models import DonationPart, Support
from showpiece.orders.models import Entitlement, Order, OrderLine
from showpiece.payments.models import Account, Entry, Payment, Refund
from showpiece.payments.selectors import balances_of, refundable_minor
from showpiece.payments.services import ledger_faults, payment_look, payment_refund
from tests.donations.giving import GoalFactory, begun
from tests.factories import ProjectFactory
from tests.orders.shop import priced, started
from tests.payments.till import another_attempt, at_stripe, fresh, intent_of, paid_at_stripe, run_jobs, send, settle
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db


def disputed(stripe: StripePeer, payment: Payment, amount: int = 0) -> str:
    """The name of a dispute about a payment, of which the shop knows."""
    event = stripe.dispute(intent_of(stripe, payment))
    name = str(event["data"]["object"]["id"])
    if amount:
        stripe.things[name]["amount"] = amount
    payment_look(payment_id=payment.pk)
    return name


def lost(stripe: StripePeer, payment: Payment, amount: int = 0) -> None:
    """Stripe tells twice that a dispute was lost, and is asked once more."""
    event = stripe.change_dispute(disputed(stripe, payment, amount), "lost")
    for _twice in range(2):
        send(event)
        run_jobs()
    payment_look(payment_id=payment.pk)


def held(order: Order) -> list[bool]:
    found = Entitlement.objects.filter(line__order=order).order_by("line__position")
    return [one.is_valid for one in found]


def in_ledger(account: Account) -> int:
    return Entry.objects.filter(account=account).aggregate(sum=Sum("amount_minor"))["sum"] or 0


def mails_about(box: list[Any], said: str) -> int:
    return sum(said in mail.body for mail in box)


def test_what_was_bought_goes_and_nothing_is_left_in_the_books(
    stripe: StripePeer, settings: Any, mailoutbox: list[Any]
) -> None:
    settings.PLATFORM_FEE_PERCENT, settings.REFUND_REVOKES = 10, False
    one, two = priced(1000), priced(500)
    order, payment = paid_at_stripe(stripe, one, two)
    assert held(order) == [True, True]
    lost(stripe, payment)
    assert held(order) == [False, False]
    assert [line.left_minor for line in OrderLine.objects.filter(order=order)] == [0, 0]
    assert (fresh(payment).is_refunded, refundable_minor(fresh(payment))) == (True, 0)
    assert (balances_of(one.creator_id), balances_of(two.creator_id)) == ({"EUR": 0}, {"EUR": 0})
    assert {account: in_ledger(account) for account in Account} == dict.fromkeys(Account, 0)
    assert ledger_faults() == []
    assert (Refund.objects.count(), mails_about(mailoutbox, "was taken back by the bank")) == (1, 1)


def test_its_buyer_sees_who_took_the_money(stripe: StripePeer, client: Client) -> None:
    order, payment = paid_at_stripe(stripe)
    lost(stripe, payment)
    page = client.get(order.guest_url).content.decode()
    for said in ("€10.00 given back", "Taken back by the bank", "The bank took the money back"):
        assert said in page, said
    assert "How long that takes" not in page


def test_while_it_is_open_nothing_is_taken(stripe: StripePeer) -> None:
    order, payment = paid_at_stripe(stripe)
    disputed(stripe, payment)
    assert (held(order), Refund.objects.count(), in_ledger(Account.DISPUTE)) == ([True], 0, 1000)


def test_a_part_takes_no_files(stripe: StripePeer) -> None:
    order, payment = paid_at_stripe(stripe)
    lost(stripe, payment, amount=400)
    assert (held(order), fresh(payment).refunded_minor, in_ledger(Account.DISPUTE)) == ([True], 400, 0)
    assert ledger_faults() == []


def test_the_rest_after_a_refund_takes_them(stripe: StripePeer, client: Client) -> None:
    order, payment = paid_at_stripe(stripe)
    payment_refund(payment_id=payment.pk, amount_minor=300, key=uuid.uuid4())
    run_jobs()
    lost(stripe, payment)
    page = client.get(order.guest_url).content.decode()
    for said in ("The bank took the money back", "How long that takes"):  # each for a part
        assert said in page, said
    assert (held(order), fresh(payment).refunded_minor, in_ledger(Account.DISPUTE)) == ([False], 1000, 0)
    assert ledger_faults() == []


def test_what_had_gone_back_before_is_lost_by_the_shop(stripe: StripePeer) -> None:
    _order, payment = paid_at_stripe(stripe)
    payment_refund(payment_id=payment.pk, amount_minor=300, key=uuid.uuid4())
    run_jobs()
    lost(stripe, payment, amount=1000)
    assert (fresh(payment).refunded_minor, in_ledger(Account.DISPUTE)) == (1000, 300)
    assert ledger_faults() == []


@pytest.mark.parametrize(("status", "taken"), [("failed", 1000), ("succeeded", 600)])
def test_a_refund_that_is_on_its_way_is_waited_for(stripe: StripePeer, status: str, taken: int) -> None:
    order, payment = paid_at_stripe(stripe)
    stripe.refund_status = "pending"
    payment_refund(payment_id=payment.pk, amount_minor=400, key=uuid.uuid4())
    run_jobs()
    lost(stripe, payment, amount=1000)
    assert (held(order), Refund.objects.filter(dispute__isnull=False).count()) == ([True], 0)
    refund = stripe.of_kind("refund")[0]
    stripe.end_refund(refund["id"], status)
    settle()
    assert Refund.objects.get(dispute__isnull=False).amount_minor == taken
    assert (held(order), fresh(payment).is_refunded) == ([False], True)
    assert ledger_faults() == []


def test_what_was_paid_twice_is_not_given_back_as_well(stripe: StripePeer) -> None:
    order, first = at_stripe()
    second = another_attempt(order)
    for one in (first, second):
        stripe.act(one.external_id, "pay")
    payment_look(payment_id=first.pk)
    lost(stripe, second)
    settle()
    assert (fresh(second).is_refunded, fresh(first).refunded_minor, held(order)) == (True, 0, [True])
    assert (in_ledger(Account.BUYER), in_ledger(Account.DISPUTE)) == (0, 0)
    assert ledger_faults() == []


def test_a_donation_leaves_the_wall_and_the_sums(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    project = ProjectFactory()
    goal = GoalFactory(project=project)
    donation, payment = begun(project, provider="stripe", message="Thanks")
    payment = started(payment)
    stripe.act(payment.external_id, "pay")
    payment_look(payment_id=payment.pk)
    assert DonationPart.objects.get().on_wall
    lost(stripe, payment)
    part, support = DonationPart.objects.get(), Support.objects.get()
    assert (part.on_wall, part.left_minor) == (False, 0)
    assert (support.given_minor, support.donation_count, fresh(goal).raised_minor) == (0, 0, 0)
    assert fresh(donation).refunded_minor == 1000
    assert balances_of(project.creator_id) == {"EUR": 0}
    assert ledger_faults() == []
    assert mails_about(mailoutbox, "was taken back by the bank") == 1
    page = Client().get(donation.guest_url).content.decode()
    assert "The bank took the money back" in page
