"""Members who go, or are switched off: nothing is taken from them any more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.accounts.privacy.services import deletion_request, user_activate, user_deactivate
from showpiece.donations.models import Pledge
from tests.donations.pledging import begun_monthly, given_monthly, look
from tests.factories import ProjectFactory, UserFactory
from tests.payments.till import fresh, lose_jobs, poll, run_jobs
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db


def switched_off_by_staff(user: User) -> None:
    """With the action of the list of users."""
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    client.post(reverse("admin:accounts_user_changelist"), {"action": "switch_off", "_selected_action": [str(user.pk)]})
    assert not fresh(user).is_active


def switched_off(user: User) -> None:
    user_deactivate(user=user)


def gone(user: User) -> None:
    deletion_request(user=user)


@pytest.mark.parametrize("go", [switched_off_by_staff, switched_off, gone])
def test_nothing_is_taken_from_whoever_cannot_end_it_any_more(stripe: StripePeer, go: Callable[[User], None]) -> None:
    user = UserFactory()
    _pledge, subscription = given_monthly(stripe, ProjectFactory(), user=user)
    begun_monthly(ProjectFactory(), user=user)
    others, _theirs = given_monthly(stripe, ProjectFactory(), user=UserFactory())
    go(user)
    run_jobs()
    assert set(Pledge.objects.filter(user=user).values_list("status", flat=True)) == {"ended"}
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    assert fresh(others).status == "active"


def test_stripe_hears_of_it_once_it_answers_again(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    user = UserFactory()
    pledge, subscription = given_monthly(stripe, ProjectFactory(), user=user)
    stripe.faults.append(Fault(500, method="DELETE"))
    for _twice in range(2):
        user_deactivate(user=user)
    run_jobs()
    lose_jobs()
    assert stripe.things[subscription.external_id]["status"] == "active"  # Stripe is down
    poll()
    assert stripe.things[subscription.external_id]["status"] == "canceled"
    user_activate(user=user)
    pledge, subscription = look(pledge)
    assert (pledge.status, subscription.status) == ("ended", "ended")
    ended = [mail for mail in mailoutbox if mail.subject == "Your monthly donation has ended"]
    assert [mail.to for mail in ended] == [[user.email]]
