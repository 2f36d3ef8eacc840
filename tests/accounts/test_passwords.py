"""Resetting, changing and setting passwords."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from showpiece.accounts.models import User
from showpiece.config.mail import QUEUE_BACKEND, SMTP_BACKEND
from showpiece.mail.delivery import deliver
from showpiece.mail.selectors import mails
from tests.accounts.people import OTHER, PASSWORD, ann, link_in, sign_in, signed_in
from tests.mail.catcher import catching

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"


@pytest.fixture
def user() -> User:
    return ann()


def new_password(client: Client, link: str, password: str = OTHER, again: str | None = None) -> str:
    """Open the link of a mail and send a password; the page that follows."""
    page = client.get(link, follow=True)
    if "password1" not in page.content.decode():
        return page.content.decode()
    form = page.redirect_chain[-1][0]
    body = {"password1": password, "password2": password if again is None else again}
    return client.post(form, body, follow=True).content.decode()


def test_reset_by_mail(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    assert client.post(RESET, {"email": "Ann@Example.org"})["Location"] == reverse("account_reset_password_done")
    assert [mail.to for mail in mailoutbox] == [["ann@example.org"]]
    page = new_password(client, link_in(mailoutbox[0]))
    assert "Your new password is set" in page
    assert "site-header" in page, "our own page"
    sign_in(client, password=PASSWORD)
    assert not signed_in(client)
    sign_in(client, password=OTHER)
    assert signed_in(client)


def test_link_works_once(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(RESET, {"email": user.email})
    new_password(client, link_in(mailoutbox[0]))
    assert "has expired or has been used" in new_password(Client(), link_in(mailoutbox[0]), "yet another secret")
    user.refresh_from_db()
    assert user.check_password(OTHER)


def test_link_expires(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    client.post(RESET, {"email": user.email})
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert "has expired or has been used" in new_password(client, link_in(mailoutbox[0]))
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("key", ["1-abc", "zzzz-abc-def", "0-set-password", f"{'z' * 99}-x", "a-%D0%B1"])
def test_made_up_links(client: Client, user: User, key: str) -> None:
    answer = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
    assert answer.status_code == 200
    assert "has expired or has been used" in answer.content.decode()


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [("12345678", None, "numeric"), ("password", None, "common"), ("x7!", None, "at least 8"), (OTHER, "x", "same")],
)
def test_bad_new_password(
    client: Client, user: User, mailoutbox: list[EmailMessage], password: str, again: str | None, words: str
) -> None:
    client.post(RESET, {"email": user.email})
    assert words in new_password(client, link_in(mailoutbox[0]), password, again)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_unknown_address_gets_the_same_answer_and_no_mail(
    client: Client, user: User, mailoutbox: list[EmailMessage]
) -> None:
    answers = [client.post(RESET, {"email": email}, follow=True) for email in (user.email, "nobody@example.org")]
    pages = [re.sub(r'csrfmiddlewaretoken" value="\w+"|nonce="\w+"', "", page.content.decode()) for page in answers]
    assert pages[0] == pages[1]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert [mail.to for mail in mailoutbox] == [[user.email]]


@pytest.mark.parametrize("login", ["ann", "ann@example.org", "nobody", "nobody@example.org"])
def test_unknown_name_takes_as_long_at_sign_in(
    client: Client, user: User, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    """A password is hashed either way, which is what takes the time."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    sign_in(client, login, "wrong")
    assert hashed == ["wrong"]


def test_many_resets_for_one_address_are_told(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    codes = [client.post(RESET, {"email": user.email}).status_code for _ in range(7)]
    assert codes == [302] * 5 + [429] * 2
    assert len(mailoutbox) == 5


# PostgreSQL reads what is iterated over through a cursor that it declares.
READING = ("SELECT", "SAVEPOINT", "RELEASE", "DECLARE", "FETCH", "CLOSE")


@pytest.mark.parametrize("server", ["", SMTP_BACKEND])
@pytest.mark.parametrize("verified", [True, False])
def test_an_unknown_address_makes_the_same_work(
    client: Client, user: User, settings: Any, server: str, verified: bool
) -> None:
    """As many questions, and the same writing in the same order: the time of the answer tells nothing."""
    settings.EMAIL_BACKEND, settings.MAIL_BACKEND = QUEUE_BACKEND, server
    EmailAddress.objects.update(verified=verified)
    client.post(RESET, {"email": "first@example.org"})  # what is asked once in a process
    work = []
    for address in ("ann@example.org", "xyz@example.org"):
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.post(RESET, {"email": address}).status_code == 302
        statements = [re.sub(r"'[^']*'|\b\d\w*", "?", one["sql"]).split() for one in asked]
        writing = [" ".join(words[:3]) for words in statements if words[0] not in READING]
        work.append((len(statements), writing))
    assert 'INSERT INTO "post_office_email"' in work[0][1]
    assert work[0] == work[1]


def test_an_unknown_address_gets_nothing(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.MAIL_BACKEND = QUEUE_BACKEND, SMTP_BACKEND
    with catching() as catcher:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", catcher.port
        client.post(RESET, {"email": "nobody@example.org"})
        made = Email.objects.get()
        assert not mails().exists()  # nor does the operator see it
        deliver(made.pk)
        assert catcher.mails == []
    assert not Email.objects.exists()


def test_inactive_user_gets_no_mail(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    User.objects.update(is_active=False)
    assert client.post(RESET, {"email": user.email})["Location"] == reverse("account_reset_password_done")
    assert mailoutbox == []


def test_change(client: Client, user: User, mailoutbox: list[EmailMessage]) -> None:
    sign_in(client)
    elsewhere = Client()
    sign_in(elsewhere)
    body = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert client.post(reverse("account_change_password"), body)["Location"] == reverse("account_overview")
    assert client.get(reverse("account_overview")).status_code == 200
    assert elsewhere.get(reverse("account_overview")).status_code == 302, "other sessions end"
    assert [mail.subject for mail in mailoutbox] == ["Your password is changed"]
    assert "127.0.0.1" in mailoutbox[0].body


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"oldpassword": "wrong"}, "oldpassword"),
        ({"password2": "x"}, "password2"),
        ({"password1": "ann@example.org", "password2": "ann@example.org"}, "password1"),
        ({"password1": ""}, "password1"),
    ],
)
def test_bad_change(client: Client, user: User, fields: dict[str, str], field: str) -> None:
    sign_in(client)
    body = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER} | fields
    answer = client.post(reverse("account_change_password"), body)
    assert list(answer.context["form"].errors) == [field]
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_who_has_no_password_sets_one(client: Client, user: User) -> None:
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert client.get(reverse("account_change_password"))["Location"] == reverse("account_set_password")
    client.post(reverse("account_set_password"), {"password1": OTHER, "password2": OTHER})
    user.refresh_from_db()
    assert user.check_password(OTHER)


def test_links_lead_to_where_the_operator_says_the_site_is(
    client: Client, user: User, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    """A name that a request made up must not get into the mail of somebody else."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://shop.example.org"
    client.post(RESET, {"email": "ann@example.org"}, headers={"host": "evil.example"})
    assert "evil.example" not in str(mailoutbox[0].message())
    assert link_in(mailoutbox[0]).startswith("/accounts/password/reset/key/")


class TestReclaiming:
    """Somebody else made the account with this address, and prepared ways back in."""

    @pytest.fixture(autouse=True)
    def _prepared(self, user: User) -> None:
        EmailAddress.objects.create(user=user, email="mallory@example.org", primary=False, verified=False)
        SocialAccount.objects.create(user=user, provider="github", uid="1")
        Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})

    def reset(self, mailoutbox: list[EmailMessage]) -> None:
        client = Client()
        client.post(RESET, {"email": "ann@example.org"})
        new_password(client, link_in(mailoutbox[0]))

    def test_reset_of_an_account_that_was_never_confirmed_closes_them_all(
        self, user: User, mailoutbox: list[EmailMessage]
    ) -> None:
        EmailAddress.objects.filter(email=user.email).update(verified=False)
        self.reset(mailoutbox)
        assert list(EmailAddress.objects.values_list("email", "verified")) == [("ann@example.org", True)]
        assert not SocialAccount.objects.exists()
        assert not Authenticator.objects.exists()

    def test_reset_of_ones_own_keeps_what_was_added_and_drops_a_change_that_waits(
        self, user: User, mailoutbox: list[EmailMessage]
    ) -> None:
        self.reset(mailoutbox)
        assert list(EmailAddress.objects.values_list("email", flat=True)) == ["ann@example.org"]
        assert SocialAccount.objects.exists()
        assert Authenticator.objects.exists()
