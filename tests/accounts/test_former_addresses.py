"""Mails to somebody who is erased go, to whatever address they went; those to others stay."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import send_mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from showpiece.accounts import services
from showpiece.accounts.models import User
from showpiece.accounts.privacy import services as privacy
from showpiece.accounts.privacy.models import AccountDeletion
from showpiece.catalog.models import Role
from showpiece.catalog.services import contributor_invite
from showpiece.config.mail import QUEUE_BACKEND
from tests.accounts.people import confirm_password, sign_in, sign_up
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db
LAST = "Your account is deleted"


@pytest.fixture(autouse=True)
def _kept(settings: Any) -> None:
    settings.EMAIL_BACKEND = QUEUE_BACKEND


@pytest.fixture
def user() -> User:
    """Bob, who has signed up a moment ago, with a mail to welcome him and one to confirm his address."""
    sign_up(Client())
    assert Email.objects.filter(to="bob@example.org").count() == 2
    return User.objects.get()


def erase(user: User) -> list[tuple[str, str]]:
    """Address and subject of the mails that are left."""
    deletion = privacy.deletion_request(user=user)
    AccountDeletion.objects.update(erase_after=timezone.now())
    assert privacy.account_erase(deletion_id=deletion.pk)
    return sorted((mail.to[0], mail.subject) for mail in Email.objects.all())


def follow(client: Client, address: str) -> None:
    """The link of the last mail to that address."""
    text = Email.objects.filter(to=address).latest("pk").message
    client.post(re.findall(r"https?://[^/\s]+(/accounts/confirm-email/\S+)", text)[0])


def change(client: Client, address: str) -> None:
    confirm_password(client)
    client.post(reverse("account_email"), {"email": address, "action_add": "1"})


def test_an_address_that_they_have_changed(user: User, client: Client) -> None:
    sign_in(client, "bob")
    follow(client, "bob@example.org")
    client.post(reverse("account_reset_password"), {"email": "bob@example.org"})
    change(client, "new@example.org")
    follow(client, "new@example.org")
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert not EmailAddress.objects.filter(email="bob@example.org").exists()
    assert Email.objects.filter(to="bob@example.org").count() == 4  # the last one says that it has changed
    assert erase(user) == [("new@example.org", LAST)]


def test_an_address_that_they_never_confirmed(user: User, client: Client) -> None:
    sign_in(client, "bob")
    follow(client, "bob@example.org")
    change(client, "mistyped@example.org")
    client.post(reverse("account_email"), {"email": "mistyped@example.org", "action_remove": ""})
    assert Email.objects.filter(to="mistyped@example.org").exists()
    assert erase(user) == [("bob@example.org", LAST)]


def test_an_address_that_the_operator_has_changed(user: User) -> None:
    contributor_invite(project=ProjectFactory(name="Boat"), user=user, role=Role.MAINTAINER)
    User.objects.filter(pk=user.pk).update(email="new@example.org")
    user.refresh_from_db()
    services.address_replace(user)
    assert Email.objects.filter(to="bob@example.org").count() == 3
    assert erase(user) == [("new@example.org", LAST)]


def test_who_has_their_former_address_now_keeps_their_mails(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="new@example.org")
    user.refresh_from_db()
    services.address_replace(user)
    sign_up(Client(), username="rob", name="Rob")
    send_mail("To nobody whom we know", "Text", None, ["bob@example.org"])
    assert erase(user) == [
        ("bob@example.org", "To nobody whom we know"),
        ("bob@example.org", "Welcome to Showpiece, Rob"),
        ("new@example.org", LAST),
    ]
