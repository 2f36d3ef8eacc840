"""Seeing and ending sessions."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.accounts.selectors import device_name
from tests.accounts.people import ann, sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
LIST = "/accounts/sessions/"


@pytest.fixture
def user() -> User:
    return ann()


def browser(user_agent: str, **fields: str) -> Client:
    client = Client(headers={"User-Agent": user_agent})
    sign_in(client, **fields)
    return client


def signed_out(client: Client) -> bool:
    return client.get(LIST).status_code == 302


def test_list_names_the_devices(user: User) -> None:
    browser(PHONE)
    page = browser(FIREFOX).get(LIST).content.decode()
    assert page.index("Safari, iPhone") < page.index("Firefox, Linux")
    assert page.count("This one") == 1


def test_one_is_ended(user: User) -> None:
    phone, here, third = browser(PHONE), browser(FIREFOX), browser("curl/8")
    row = UserSession.objects.get(user_agent=PHONE)
    assert here.post(reverse("session_end", args=[row.pk]))["Location"] == LIST
    assert "is signed out" in here.get(LIST).content.decode()
    assert (signed_out(phone), signed_out(here), signed_out(third)) == (True, False, False)
    here.post(reverse("session_end", args=[row.pk]))
    assert "had ended already" in here.get(LIST).content.decode()


def test_all_others_are_ended(user: User) -> None:
    phone, here = browser(PHONE), browser(FIREFOX)
    here.post(LIST)
    assert (signed_out(phone), signed_out(here)) == (True, False)


def test_sessions_of_others_are_out_of_reach(user: User) -> None:
    ann(email="bob@example.org", username="bob")
    bob, here = browser(PHONE, login="bob"), browser(FIREFOX)
    assert "iPhone" not in here.get(LIST).content.decode()
    here.post(reverse("session_end", args=[UserSession.objects.get(user_agent=PHONE).pk]))
    assert not signed_out(bob)


def test_ending_is_a_post(user: User) -> None:
    phone, here = browser(PHONE), browser(FIREFOX)
    assert here.get(reverse("session_end", args=[UserSession.objects.get(user_agent=PHONE).pk])).status_code == 405
    assert not signed_out(phone)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (FIREFOX, "Firefox, Linux"),
        (PHONE, "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
         "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
         "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
         "Safari, macOS"),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_device_names(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
