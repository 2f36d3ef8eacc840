"""Changing the e-mail of an account."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from tests.accounts.people import PASSWORD, ann, confirm_password, link_in, sign_in, sign_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return ann()


@pytest.fixture
def member(client: Client, user: User) -> Client:
    """Signed in with the password a moment ago."""
    sign_in(client)
    confirm_password(client)
    return client


def change(client: Client, email: str) -> Any:
    return client.post(reverse("account_email"), {"email": email, "action_add": "1"})


def test_changes_when_the_new_one_is_confirmed(member: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    change(member, "new@Example.org")
    user.refresh_from_db()
    assert user.email == "ann@example.org"
    page = member.get(reverse("account_email")).content.decode()
    assert "new@example.org</strong> waits to be confirmed" in page
    assert [mail.to for mail in mailoutbox] == [["new@example.org"]]
    member.post(link_in(mailoutbox[0]))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert [(one.email, one.verified, one.primary) for one in EmailAddress.objects.filter(user=user)] == [
        ("new@example.org", True, True)
    ]
    assert mailoutbox[1].to == ["ann@example.org"], "the old address hears of it"
    assert "no longer ann@example.org" in mailoutbox[1].body
    assert sign_in(Client(), "new@example.org").status_code == 302
    assert sign_in(Client(), "ann@example.org").status_code == 200


def test_change_can_be_cancelled(member: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    change(member, "new@example.org")
    member.post(reverse("account_email"), {"email": "new@example.org", "action_remove": ""})
    assert "has expired or has been used" in Client().get(link_in(mailoutbox[0])).content.decode()
    user.refresh_from_db()
    assert user.email == "ann@example.org"


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("no", "valid email"),
        ("", "required"),
        ("ann@example.org", "This is your e-mail already"),
        (f"{'b' * 260}@example.org", "at most"),
    ],
)
def test_bad_address(member: Client, user: User, mailoutbox: list[EmailMessage], email: str, words: str) -> None:
    answer = change(member, email)
    assert answer.status_code == 200
    assert words in " ".join(answer.context["form"].errors["email"])
    assert mailoutbox == []


def test_address_of_somebody_else_cannot_be_taken(member: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    """Not even when the other one has not confirmed it: each address belongs to one account."""
    sign_up(Client(), email="bob@example.org")
    mailoutbox.clear()
    change(member, "bob@example.org")
    for mail in mailoutbox:
        member.post(link_in(mail))
    user.refresh_from_db()
    assert user.email == "ann@example.org"
    assert User.objects.get(username="bob").email == "bob@example.org"


def test_asked_for_the_password_again_after_a_while(user: User, client: Client) -> None:
    client.force_login(user)
    answer = change(client, "new@example.org")
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    page = client.post(answer["Location"], {"password": "wrong"})
    assert "Wrong password." in page.content.decode()
    client.post(answer["Location"], {"password": PASSWORD}, follow=True)
    assert EmailAddress.objects.filter(email="new@example.org", user=user).exists(), "what was asked for is done"


def test_another_account_in_the_same_browser_is_signed_out(
    member: Client, user: User, mailoutbox: list[EmailMessage]
) -> None:
    sign_up(Client(), email="bob@example.org")
    member.get(link_in(mailoutbox[-1]))
    assert "_auth_user_id" not in member.session


def test_link_is_sent_again(client: Client, mailoutbox: list[EmailMessage], settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    sign_up(client)
    client.post(reverse("account_email"), {"email": "bob@example.org", "action_send": ""})
    assert len(mailoutbox) == 3  # with the welcome
    assert link_in(mailoutbox[2]).startswith("/accounts/confirm-email/")


@pytest.mark.parametrize("key", ["x", "MQ:1xWNzw:lDfx7Z8xkA0MltJPuuJhy", "a" * 300])
def test_made_up_links(client: Client, key: str) -> None:
    page = client.get(reverse("account_confirm_email", args=[key]))
    assert "has expired or has been used" in page.content.decode()
    assert client.post(reverse("account_confirm_email", args=[key])).status_code == 404
