"""Signing in and out, and what slows a guesser."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts.models import User
from tests.accounts.people import PASSWORD, ann, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return ann()


def test_wrong_then_right(client: Client, user: User) -> None:
    answer = sign_in(client, password="wrong")
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors() == ["Wrong e-mail, username or password."]
    assert not signed_in(client)
    assert sign_in(client)["Location"] == reverse("account_overview")
    assert signed_in(client)


@pytest.mark.parametrize("login", ["ann", "ANN", "ann@example.org", "Ann@Example.Org", " ann "])
def test_by_email_or_username_whatever_the_case(client: Client, user: User, login: str) -> None:
    assert sign_in(client, login).status_code == 302
    assert signed_in(client)


@pytest.mark.parametrize("login", ["ann", "ann@example.org", "nobody", "nobody@example.org"])
def test_who_has_an_account_is_not_told(client: Client, user: User, login: str) -> None:
    page = sign_in(client, login, "wrong").content.decode()
    assert "Wrong e-mail, username or password." in page


@pytest.mark.parametrize(
    "body",
    [{}, {"login": "ann"}, {"password": PASSWORD}, {"login": "a\0b", "password": PASSWORD}, {"login": "x" * 999}],
)
def test_bad_input(client: Client, user: User, body: dict[str, str]) -> None:
    answer = client.post(reverse("account_login"), body)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not signed_in(client)


def test_inactive_user_stays_out_and_is_told(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    answer = sign_in(client)
    assert not signed_in(client)
    assert "switched off" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(client: Client, user: User, target: str) -> None:
    assert sign_in(client, next=target)["Location"] == reverse("account_overview")


def test_other_names_of_the_site_are_other_sites(client: Client, user: User, settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["testserver", ".example.org"]
    assert sign_in(client, next="http://blog.example.org/")["Location"] == reverse("account_overview")


def test_sign_in_leads_back(client: Client, user: User) -> None:
    page = client.get("/projects/").content.decode()
    assert f"{reverse('account_login')}?next=%2Fprojects%2F" in page
    form = client.get(reverse("account_login") + "?next=/projects/%3Fpage%3D2").content.decode()
    assert '<input type="hidden" name="next" value="/projects/?page=2"' in form
    assert sign_in(client, next="/projects/?page=2")["Location"] == "/projects/?page=2"


@pytest.mark.parametrize(
    "name", ["account_overview", "account_email", "account_change_password", "mfa_index", "usersessions_list"]
)
def test_pages_of_an_account_ask_visitors_to_sign_in(client: Client, name: str) -> None:
    page = reverse(name)
    assert client.get(page)["Location"] == f"{reverse('account_login')}?next={page}"


def test_sign_out_is_a_post(client: Client, user: User) -> None:
    client.force_login(user)
    assert "Do you want to sign out" in client.get(reverse("account_logout")).content.decode()
    assert signed_in(client)
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert not signed_in(client)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_sign_out_leads_to_no_other_site(client: Client, user: User, target: str) -> None:
    client.force_login(user)
    assert client.post(reverse("account_logout"), {"next": target})["Location"] == "/"


def test_session_is_remembered(client: Client, user: User) -> None:
    sign_in(client)
    assert client.cookies["sessionid"]["max-age"]
    assert Session.objects.get().expire_date > timezone.now() + timedelta(days=13)


def test_twelve_wrong_passwords_are_slowed_and_told(client: Client, user: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        pages = [sign_in(client, password=f"wrong {n}").content.decode() for n in range(12)]
        assert ["Too many wrong passwords" in page for page in pages] == [False] * 5 + [True] * 7
        assert "wait five minutes" in pages[-1]
        assert sign_in(client).status_code == 200, "not even the right one, or a guesser would see that it is right"
        assert not signed_in(client)
        clock.shift(timedelta(minutes=5, seconds=1))
        assert sign_in(client).status_code == 302


def test_guesses_at_many_accounts_from_one_address_are_slowed(client: Client, user: User) -> None:
    pages = [sign_in(client, f"person{n}").content.decode() for n in range(21)]
    assert ["Too many wrong passwords" in page for page in pages] == [False] * 20 + [True]


def test_right_passwords_are_not_counted(user: User) -> None:
    for _ in range(8):
        assert sign_in(Client()).status_code == 302


def test_tries_are_counted_where_all_processes_see_them(client: Client, user: User) -> None:
    assert type(cache._connections["default"]).__name__ == "DatabaseCache"  # type: ignore[attr-defined]


def test_visitors_behind_a_proxy_are_told_apart(user: User, settings: pytest.FixtureRequest) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(21):
        sign_in(Client(headers={"X-Forwarded-For": "203.0.113.1"}), f"person{n}")
    page = sign_in(Client(headers={"X-Forwarded-For": "203.0.113.1"}))
    assert page.status_code == 200
    # What a visitor writes there himself stands left of what the proxy adds.
    assert sign_in(Client(headers={"X-Forwarded-For": "203.0.113.1, 203.0.113.2"})).status_code == 302


def test_shop_pages_cost_a_member_two_queries_more(client: Client, user: User) -> None:
    """The session and the user, as with Django's own sign-in."""
    counts = []
    for visitor in (Client(), client):
        if visitor is client:
            client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            visitor.get("/")
        counts.append(len(queries))
    assert counts[1] - counts[0] == 2
