"""What becomes of a donation when money comes and goes: sums, goals, walls and the books."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from showpiece.donations import services
from showpiece.donations.models import Donation, DonationPart, Goal, Support
from showpiece.payments.models import Account, Entry, Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import ledger_faults, payment_refund, payment_settle
from tests.donations.giving import GoalFactory, begun, given, report
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def given_back(payment: Payment, minor: int, parts: dict[str, int] | None = None) -> None:
    refund = payment_refund(payment_id=payment.pk, amount_minor=minor, key=uuid.uuid4(), parts=parts)
    said = RefundReport(f"re_{refund.pk}", minor, State.CONFIRMED, key=refund.pk)
    for _again in range(2):
        payment_settle(payment_id=payment.pk, report=report(payment, refunds=(said,)))


def sums(project: Any, currency: str = "EUR") -> tuple[int, int]:
    return Support.objects.values_list("given_minor", "donation_count").get(project=project, currency=currency)


def balance(account: Account, party: str = "") -> int:
    return -sum(Entry.objects.filter(account=account, party=party).values_list("amount_minor", flat=True))


def test_paid_once_however_often_it_is_told() -> None:
    one, two = ProjectFactory.create_batch(2)
    donation, payment = given(one, two, amount=1001)
    payment_settle(payment_id=payment.pk, report=report(payment))
    donation.refresh_from_db()
    assert (donation.status, donation.paid_at, donation.expires_at) == ("paid", payment.paid_at, None)
    assert (sums(one), sums(two)) == ((501, 1), (500, 1))
    assert {(part.on_wall, part.given_at) for part in donation.parts.all()} == {(True, payment.paid_at)}
    given(one, amount=700)
    assert sums(one) == (1201, 2)
    assert ledger_faults() == []


def test_the_books_say_whose_money_it_is(settings: Any) -> None:
    settings.DONATION_FEE_PERCENT = "7.5"
    one, two = ProjectFactory.create_batch(2)
    _donation, payment = given(one, two, amount=1001)
    # 7.5 % of 501 and of 500, half up
    assert (balance(Account.CREATOR, str(one.creator_id)), balance(Account.CREATOR, str(two.creator_id))) == (463, 462)
    assert balance(Account.FEE) == 76
    for minor in (1, 333, 500, 167):
        given_back(payment, minor)
        assert ledger_faults() == []
    assert (balance(Account.CREATOR, str(one.creator_id)), balance(Account.FEE)) == (0, 0)


def test_given_back_in_proportion_and_off_the_wall_when_nothing_is_left() -> None:
    one, two = ProjectFactory.create_batch(2)
    donation, payment = given(one, two, amount=1000)
    first = donation.parts.get(project=one)
    given_back(payment, 400)
    assert (sums(one), sums(two)) == ((300, 1), (300, 1))
    given_back(payment, 300, {str(first.pk): 300})
    first.refresh_from_db()
    assert (first.refunded_minor, first.on_wall) == (500, False)
    assert (sums(one), sums(two)) == ((0, 0), (300, 1))
    assert DonationPart.objects.get(project=two).on_wall
    donation.refresh_from_db()
    assert donation.refunded_minor == 700


def test_a_goal_counts_what_comes_while_it_stands() -> None:
    project = ProjectFactory()
    given(project, amount=5000)
    goal = GoalFactory(project=project, target_minor=2000)
    GoalFactory(currency="USD")
    other = ProjectFactory(currency="USD")
    dollars = GoalFactory(project=other, target_minor=100)  # of a currency that nobody gives it in
    _donation, payment = given(project, amount=1500)
    given(other, amount=1000, currency="USD")
    goal.refresh_from_db()
    assert (goal.raised_minor, goal.reached_at) == (1500, None)
    given(project, amount=500)
    goal.refresh_from_db()
    reached = goal.reached_at
    assert goal.raised_minor == 2000
    assert reached
    given_back(payment, 1500)
    given(project, amount=1600)
    goal.refresh_from_db()
    assert (goal.raised_minor, goal.reached_at) == (2100, reached)
    dollars.refresh_from_db()
    assert dollars.raised_minor == 0
    assert sums(other, "USD") == (1000, 1)


def test_a_goal_that_has_ended_counts_no_more_and_a_refund_finds_the_right_one() -> None:
    project = ProjectFactory()
    goal = GoalFactory(project=project, ends_at=timezone.now() + timedelta(days=1))
    _donation, payment = given(project, amount=1000)
    Goal.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    given(project, amount=500)
    Goal.objects.update(closed_at=timezone.now())
    new = GoalFactory(project=project)
    given_back(payment, 1000)
    goal.refresh_from_db()
    new.refresh_from_db()
    assert (goal.raised_minor, new.raised_minor) == (0, 0)
    assert sums(project) == (500, 1)


def test_late_money_counts_and_money_for_a_cancelled_one_goes_back() -> None:
    project = ProjectFactory()
    donation, payment = begun(project)
    services.donation_cancel(donation_id=donation.pk, expired=True)
    payment_settle(payment_id=payment.pk, report=report(payment))
    donation.refresh_from_db()
    assert (donation.status, donation.expired) == ("paid", False)
    assert sums(project) == (1000, 1)
    donation, payment = begun(project)
    services.donation_cancel(donation_id=donation.pk)
    payment_settle(payment_id=payment.pk, report=report(payment))
    assert Refund.objects.get(payment=payment).amount_minor == 1000
    assert sums(project) == (1000, 1)
    assert ledger_faults() == []


def test_paid_twice_counts_once() -> None:
    project = ProjectFactory()
    donation, first = begun(project)
    second = services.donation_pay_again(donation_id=donation.pk, key=uuid.uuid4(), provider="sandbox")
    for payment in (first, second):
        payment_settle(payment_id=payment.pk, report=report(payment))
    assert sums(project) == (1000, 1)
    assert Refund.objects.get().payment == second


def test_another_amount_than_was_given_goes_back() -> None:
    project = ProjectFactory()
    donation, payment = begun(project)
    payment_settle(payment_id=payment.pk, report=report(payment, amount_minor=900))
    donation.refresh_from_db()
    assert donation.status == "open"
    assert not Support.objects.exists()
    assert Refund.objects.get().amount_minor == 900


def test_archived_and_hidden_are_off_the_wall_and_stay_in_the_sums() -> None:
    project = ProjectFactory()
    donation, payment = given(project)
    part = donation.parts.get()
    services.part_set_hidden(part_id=part.pk, hidden=True)
    services.donation_set_archived(donation_id=donation.pk, archived=True)
    services.part_set_hidden(part_id=part.pk, hidden=False)
    part.refresh_from_db()
    assert not part.on_wall
    services.donation_set_archived(donation_id=donation.pk, archived=False)
    part.refresh_from_db()
    assert part.on_wall
    assert sums(project) == (1000, 1)
    given_back(payment, 1000)
    services.donation_set_archived(donation_id=donation.pk, archived=True)
    services.donation_set_archived(donation_id=donation.pk, archived=False)
    part.refresh_from_db()
    assert not part.on_wall
    assert Donation.objects.get().archived_at is None
