"""Codes from an app, and codes for the day when it is lost. Passkeys need a browser: tests/browser/test_accounts.py."""

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from tests.accounts.people import ann, confirm_password, link_in, sign_in, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return ann()


def code(secret: str, later: int = 0) -> str:
    """The code of an app at this moment."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))


def activate(client: Client) -> str:
    """Set an app up; its key."""
    confirm_password(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r"<code>([A-Z2-7]{16,})</code>", page)
    assert found, page
    assert "<svg" in page
    assert "data:" not in page, "the content policy allows no picture from a data address"
    client.post(reverse("mfa_activate_totp"), {"code": code(found[1])})
    return found[1]


def test_code_is_asked_for_after_the_password(
    client: Client, user: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **_: do())  # as outside of a test
    sign_in(client)
    secret = activate(client)
    told = next(mail for mail in mailoutbox if mail.subject == "Two-factor sign-in is on")
    assert link_in(told) == reverse("account_reset_password"), "in case it was somebody else"
    client.post(reverse("account_logout"))
    answer = sign_in(client, next="/projects/")
    assert answer["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    page = client.post(answer["Location"], {"code": "000000"})
    assert "Wrong code." in page.content.decode()
    assert client.post(answer["Location"], {"code": code(secret, 1)})["Location"] == "/projects/"
    assert signed_in(client)
    other = Client()
    other.post(sign_in(other)["Location"], {"code": code(secret, 1)})
    assert not signed_in(other), "a code works once"


def test_wrong_codes_are_slowed_and_told(client: Client, user: User) -> None:
    sign_in(client)
    secret = activate(client)
    client.post(reverse("account_logout"))
    page = sign_in(client)["Location"]
    texts = [client.post(page, {"code": "000000"}).content.decode() for _ in range(7)]
    assert "Too many" in texts[-1]
    client.post(page, {"code": code(secret, 1)})
    assert not signed_in(client)


def test_recovery_codes(client: Client, user: User) -> None:
    sign_in(client)
    activate(client)
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    codes = re.findall(r"^(?:.*<code>)?(\d{8})", page, re.MULTILINE)
    assert len(codes) == 10
    assert client.get(reverse("mfa_download_recovery_codes")).content.decode().split() == codes
    for attempt, expected in ((codes[0], True), (codes[0], False), (codes[1], True)):
        visitor = Client()
        visitor.post(sign_in(visitor)["Location"], {"code": attempt})
        assert signed_in(visitor) is expected
    client.post(reverse("mfa_generate_recovery_codes"))
    visitor = Client()
    visitor.post(sign_in(visitor)["Location"], {"code": codes[2]})
    assert not signed_in(visitor), "old codes end when there are new ones"


def test_switched_off(client: Client, user: User) -> None:
    sign_in(client)
    activate(client)
    assert "Switch two-factor sign-in off" in client.get(reverse("mfa_deactivate_totp")).content.decode()
    client.post(reverse("mfa_deactivate_totp"))
    assert not Authenticator.objects.exists()
    assert sign_in(Client())["Location"] == reverse("account_overview")


def test_address_must_be_confirmed_first(client: Client, user: User) -> None:
    EmailAddress.objects.update(verified=False)
    sign_in(client)
    confirm_password(client)
    page = client.get(reverse("mfa_activate_totp"), follow=True).content.decode()
    assert "Confirm your e-mail first" in page


@pytest.mark.parametrize(
    "name", ["mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes", "mfa_view_recovery_codes"]
)
def test_password_is_asked_for_again(client: Client, user: User, name: str) -> None:
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": "x" * 40, "used_mask": 0})
    client.force_login(user)
    assert "/reauthenticate/" in client.get(reverse(name))["Location"]


@pytest.mark.parametrize("credential", ["", "x", "{}", "[]", '{"response": {"userHandle": "eA"}}', '{"id": 1}'])
def test_made_up_passkeys(client: Client, user: User, credential: str) -> None:
    assert client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}).json()["request_options"]
    answer: Any = client.post(reverse("mfa_login_webauthn"), {"credential": credential}, follow=True)
    assert answer.status_code == 200
    assert not signed_in(client)


def test_addresses_of_passkeys_show_no_number_and_open_to_their_owner_alone(client: Client, user: User) -> None:
    def passkey(owner: User) -> Authenticator:
        return Authenticator.objects.create(user=owner, type="webauthn", data={"name": "Phone", "credential": {}})

    sign_in(client)
    confirm_password(client)
    own, other = passkey(user), passkey(ann(email="bob@example.org", username="bob"))
    page = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert f"/passkeys/{own.pk}/" not in page
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert reverse(name, args=[own.pk]) in page
        assert client.get(reverse(name, args=[own.pk])).status_code == 200
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    assert client.post(reverse("mfa_edit_webauthn", args=[own.pk]), {"name": "My phone"}).status_code == 302
    own.refresh_from_db()
    assert own.data["name"] == "My phone"
