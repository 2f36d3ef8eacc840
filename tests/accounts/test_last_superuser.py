"""Somebody who may do everything stays, whoever leaves, or is switched off, at the same time."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.accounts.privacy import services
from showpiece.accounts.selectors import administrators
from showpiece.accounts.services import LastAdministratorError
from tests.factories import UserFactory
from tests.races import at_once

TOLD = "This is the only administrator left. Make somebody else one first."
POWERS = ("is_active", "is_staff", "is_superuser")


def administrator() -> User:
    user: User = UserFactory(is_staff=True, is_superuser=True)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def switch_off(client: Client, user: User) -> str:
    body = {"action": "switch_off", "_selected_action": [user.pk]}
    return told(client.post(reverse("admin:accounts_user_changelist"), body))


def take_away(power: str, client: Client, user: User) -> str:
    body = {"username": user.username, "email": user.email, "name": user.name}
    body |= {one: "on" for one in POWERS if one != power}
    return told(client.post(reverse("admin:accounts_user_change", args=[user.pk]), body))


def leave(user: User) -> str:
    try:
        services.deletion_request(user=user)
    except LastAdministratorError:
        return TOLD
    return ""


def told(answer: Any) -> str:
    """What a page of the administration says is wrong: as a message, or at a field."""
    if answer.status_code == 302:
        return " ".join(str(one) for one in get_messages(answer.wsgi_request) if one.level_tag == "error")
    errors = answer.context["adminform"].form.errors
    return " ".join(text for texts in errors.values() for text in texts)


# What somebody (with a client) does, so that another one is no administrator any more. They return what was told.
WAYS: dict[str, Callable[[Client, User], str]] = {"switched off in the list": switch_off}
WAYS |= {f"{power} taken away": partial(take_away, power) for power in POWERS}


@pytest.mark.django_db(transaction=True)
def test_two_superusers_cannot_both_leave_at_once() -> None:
    first, second = administrator(), administrator()
    assert at_once(lambda: leave(first), lambda: leave(second)) == ("", TOLD)
    assert administrators().get() == second


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_two_superusers_cannot_end_each_other_at_once(way: str) -> None:
    first, second = administrator(), administrator()
    clients = client_of(first), client_of(second)
    assert at_once(lambda: WAYS[way](clients[0], second), lambda: WAYS[way](clients[1], first)) == ("", TOLD)
    assert administrators().get() == first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_who_leaves_cannot_end_the_other_one_at_once(way: str) -> None:
    first, second = administrator(), administrator()
    client = client_of(first)
    assert at_once(lambda: leave(first), lambda: WAYS[way](client, second)) == ("", TOLD)
    assert administrators().get() == second


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_who_ends_the_other_one_cannot_leave_at_once(way: str) -> None:
    first, second = administrator(), administrator()
    client = client_of(first)
    assert at_once(lambda: WAYS[way](client, second), lambda: leave(first)) == ("", TOLD)
    assert administrators().get() == first


@pytest.mark.django_db
@pytest.mark.parametrize("way", WAYS)
def test_one_of_two_may_be_ended(way: str) -> None:
    first, second = administrator(), administrator()
    assert WAYS[way](client_of(first), second) == ""
    assert administrators().get() == first


@pytest.mark.django_db
def test_a_site_without_any_can_still_switch_members_off() -> None:
    user = UserFactory()
    services.user_deactivate(user=user)
    assert not User.objects.get().is_active
