"""Many give to the same projects at once: none waits for another for ever, and every sum is right."""

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone

from showpiece.donations import services
from showpiece.donations.locks import locked_goals
from showpiece.donations.models import Donation, DonationPart, Goal, Support
from showpiece.payments.models import Payment
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import ledger_faults, payment_refund, payment_settle
from tests.donations.giving import GoalFactory, begun, report
from tests.factories import CreatorFactory, ProjectFactory
from tests.races import WAITS_SECONDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, EACH = 8, 3


def test_eight_give_to_the_same_projects_and_take_back() -> None:
    projects = ProjectFactory.create_batch(4)
    goals = [GoalFactory(project=project, target_minor=2000) for project in projects[:3]]
    # Each with some of them, in an order of its own: nobody had anything before, so that the sums are made at once.
    chances = random.Random(2612)  # no secret
    mixed = [chances.sample(projects, chances.randint(2, 4)) for _one in range(THREADS * EACH)]
    pending = [begun(*some, email=f"{at}@example.org") for at, some in enumerate(mixed)]

    def settle(mine: list[tuple[Donation, Payment]]) -> Exception | None:
        try:
            for at, (donation, payment) in enumerate(mine):
                payment_settle(payment_id=payment.pk, report=report(payment))
                if at == 0:
                    refund = payment_refund(payment_id=payment.pk, amount_minor=1000, key=uuid.uuid4())
                    said = RefundReport(f"re_{refund.pk}", 1000, State.CONFIRMED, key=refund.pk)
                    payment_settle(payment_id=payment.pk, report=report(payment, refunds=(said,)))
                services.donation_cancel(donation_id=donation.pk)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown
            return error
        finally:
            connections.close_all()
        return None

    # Two are told of every payment.
    shares = [pending[at % THREADS :: THREADS] for at in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        assert [error for error in pool.map(settle, shares) if error] == []
    for project in projects:
        parts = DonationPart.objects.filter(project=project).exclude(given_at=None)
        left = [part.left_minor for part in parts if part.left_minor]
        row = Support.objects.get(project=project)
        assert (row.given_minor, row.donation_count) == (sum(left), len(left))
    for goal in goals:
        got = Support.objects.get(project=goal.project_id)
        assert Goal.objects.get(pk=goal.pk).raised_minor == got.given_minor
    assert ledger_faults() == []


def test_one_press_twice_at_once_gives_once() -> None:
    project, key = ProjectFactory(), uuid.uuid4()
    (first, _payment), (second, _same) = at_once(lambda: begun(project, key=key), lambda: begun(project, key=key))
    assert first == second
    assert Payment.objects.count() == 1


def test_the_first_two_donations_to_a_project_at_once_are_both_counted() -> None:
    project = ProjectFactory()
    (_a, first), (_b, second) = begun(project), begun(project)
    at_once(
        lambda: payment_settle(payment_id=first.pk, report=report(first)),
        lambda: payment_settle(payment_id=second.pk, report=report(second)),
    )
    assert Support.objects.values_list("given_minor", "donation_count").get() == (2000, 2)


def test_paid_while_it_expires() -> None:
    donation, payment = begun(ProjectFactory())
    Donation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    at_once(
        lambda: payment_settle(payment_id=payment.pk, report=report(payment)),
        services.donations_expire,
    )
    donation.refresh_from_db()
    assert donation.status == "paid"


def test_a_creator_goes_while_two_of_their_projects_are_given_to() -> None:
    creator = CreatorFactory()
    first, second = ProjectFactory.create_batch(2, creator=creator)
    # Not in the order in which they are locked.
    later, sooner = GoalFactory(project=second), GoalFactory(project=first)
    faults: list[Exception] = []

    def forget() -> None:
        try:
            services.goals_forget(user=creator.user)
        except OperationalError as error:
            faults.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=forget)
    with transaction.atomic():
        locked_goals([sooner.pk])
        thread.start()
        thread.join(WAITS_SECONDS)
        locked_goals([later.pk])
    thread.join(20)
    assert faults == []
    assert not Goal.objects.filter(closed_at=None).exists()
