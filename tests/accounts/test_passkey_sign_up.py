"""Registering with a passkey and no password."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from showpiece.accounts import passkey_signup
from showpiece.accounts.models import User
from tests.accounts.passkey_device import Device, user_id
from tests.accounts.people import PASSWORD, ann, link_in, sign_in, signed_in

pytestmark = pytest.mark.django_db
FIRST, SECOND = "account_signup_by_passkey", "account_signup_passkey"
BOB = {"name": "Bob Stone", "email": "Bob@Example.org", "username": "bob"}


def visitor() -> Client:
    """A passkey wants a name, and plain http only for this one."""
    return Client(headers={"host": "localhost"})


@pytest.fixture
def client() -> Client:
    return visitor()


def tell(client: Client, **fields: str) -> Any:
    return client.post(reverse(FIRST), BOB | fields)


def options(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(reverse(SECOND)).context["js_data"]["creation_options"]
    return found


def register(client: Client, device: Device, **fields: str) -> Any:
    tell(client)
    return client.post(reverse(SECOND), {"credential": device.make(options(client))} | fields)


def reset_password(client: Client, mailoutbox: list[EmailMessage]) -> None:
    mailoutbox.clear()
    client.post(reverse("account_reset_password"), {"email": "bob@example.org"})
    page = client.get(link_in(mailoutbox[0]), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})


def test_whole_way(client: Client, mailoutbox: list[EmailMessage]) -> None:
    device = Device()
    assert tell(client)["Location"] == reverse(SECOND)
    assert not User.objects.exists(), "there is nobody before there is a passkey"
    answer = client.post(reverse(SECOND), {"credential": device.make(options(client))})
    user = User.objects.get()
    assert (user.name, user.email, user.username) == ("Bob Stone", "bob@example.org", "bob")
    assert user.pk.hex == user_id(device), "the passkey is for the very user"
    assert not user.has_usable_password()
    assert EmailAddress.objects.get().email == "bob@example.org"
    assert signed_in(client)
    assert [mail.to for mail in mailoutbox] == [["bob@example.org"]] * 2  # a welcome, and a link to confirm the address
    codes = client.get(answer["Location"])
    assert re.search(r"\d{8}\n", codes.content.decode()), "a way back, shown without asking again"
    assert len(list(codes.context["messages"])) == 2, "more would cover the codes on a phone"
    assert passkey_signup.KEY not in client.session

    back = visitor()
    asked = back.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()
    back.post(reverse("mfa_login_webauthn"), {"credential": device.show(asked["request_options"])})
    assert signed_in(back)


def test_next_is_kept(client: Client) -> None:
    sign_up = client.get(reverse("account_signup") + "?next=/projects/").content.decode()
    assert f"{reverse(FIRST)}?next=%2Fprojects%2F" in sign_up
    assert tell(client, next="/projects/")["Location"] == f"{reverse(SECOND)}?next=/projects/"
    page = client.get(reverse(SECOND) + "?next=/projects/").content.decode()
    assert '<input type="hidden" name="next" value="/projects/">' in page
    answer = register(client, Device(), next="/projects/")
    assert 'href="/projects/"' in client.get(answer["Location"]).content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_leads_to_no_other_site(client: Client, target: str) -> None:
    assert "evil" not in tell(client, next=target)["Location"]
    answer = register(client, Device(), next=target)
    page = client.get(f"{reverse('mfa_view_recovery_codes')}?new=1&next={target}").content.decode()
    assert target not in answer["Location"]
    assert f'href="{target}"' not in page


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"username": "ann"}, "username", "taken"),
        ({"username": "admin"}, "username", "reserved"),
        ({"email": "ann@example.org"}, "email", "There is an account"),
        ({"email": ""}, "email", "required"),
        ({"name": ""}, "name", "required"),
    ],
)
def test_bad_input_is_told_at_the_field(client: Client, fields: dict[str, str], field: str, words: str) -> None:
    ann()
    answer = tell(client, **fields)
    assert list(answer.context["form"].errors) == [field]
    assert words in answer.context["form"].errors[field][0]
    assert passkey_signup.KEY not in client.session


@pytest.mark.parametrize(
    "credential", ["", "x", "{}", "[]", '{"id": 1}', "made for another page", "unverified", "other"]
)
def test_passkeys_that_do_not_hold(client: Client, mailoutbox: list[EmailMessage], credential: str) -> None:
    tell(client)
    asked = options(client)
    if credential == "made for another page":
        credential = Device().make(asked)
        options(client)  # with another challenge
    elif credential == "unverified":
        credential = Device(verifies=False).make(asked)
    elif credential == "other":
        credential = Device(origin="https://evil.example").make(asked)
    answer = client.post(reverse(SECOND), {"credential": credential})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not User.objects.exists()
    assert mailoutbox == []
    again = client.post(reverse(SECOND), {"credential": Device().make(answer.context["js_data"]["creation_options"])})
    assert again.status_code == 302, "the page that says so can be used at once"


def test_taken_meanwhile(client: Client, mailoutbox: list[EmailMessage]) -> None:
    """Before the passkey is made, while it is, and in the moment in which both are written."""
    tell(client)
    made = Device().make(options(client))
    ann(username="bob")
    for answer in (client.get(reverse(SECOND)), client.post(reverse(SECOND), {"credential": made})):
        assert answer.status_code == 200
        assert answer.context["form"].errors == {"username": ["This username is taken."]}
        assert f'action="{reverse(FIRST)}"' in answer.content.decode()
    assert not Authenticator.objects.exists()
    assert not signed_in(client)
    assert mailoutbox == []


def test_nothing_is_half_done(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    tell(client)
    made = Device().make(options(client))
    monkeypatch.setattr("showpiece.accounts.views_passkeys.passkey_signup.end", fail)
    with pytest.raises(RuntimeError):
        client.post(reverse(SECOND), {"credential": made})
    assert not User.objects.exists()
    assert not Authenticator.objects.exists()


def test_second_page_alone_leads_to_the_first(client: Client) -> None:
    assert client.get(reverse(SECOND) + "?next=/projects/")["Location"] == f"{reverse(FIRST)}?next=/projects/"
    assert client.post(reverse(SECOND), {"credential": "{}"})["Location"] == reverse(FIRST)


def test_what_was_entered_is_forgotten_after_a_while(client: Client) -> None:
    tell(client)
    session = client.session
    session[passkey_signup.KEY]["at"] -= passkey_signup.SECONDS + 1
    session.save()
    assert client.get(reverse(SECOND))["Location"] == reverse(FIRST)


def test_what_was_entered_can_be_changed(client: Client) -> None:
    tell(client)
    page = client.get(reverse(FIRST)).content.decode()
    assert 'value="Bob Stone"' in page
    assert 'value="bob@example.org"' in page


def test_signed_in_people_need_none(client: Client) -> None:
    client.force_login(ann())
    for name in (FIRST, SECOND):
        assert client.get(reverse(name)).status_code == 302


def test_sent_twice_is_one_account(client: Client) -> None:
    tell(client)
    made = Device().make(options(client))
    assert client.post(reverse(SECOND), {"credential": made}).status_code == 302
    assert client.post(reverse(SECOND), {"credential": made})["Location"] == reverse("account_overview")
    assert User.objects.count() == 1


def test_under_a_number_the_page_says_that_browsers_refuse() -> None:
    for host, told in (("127.0.0.1:8000", True), ("[::1]", True), ("localhost:8000", False)):
        page = Client(headers={"host": host}).get(reverse(FIRST)).content.decode()
        assert ("under a name, not under a number" in page) is told


def test_without_script_the_page_leads_to_the_password(client: Client) -> None:
    page = client.get(reverse(FIRST) + "?next=/projects/").content.decode()
    assert "<noscript>" in page
    assert "need JavaScript" in page
    assert f"{reverse('account_signup')}?next=%2Fprojects%2F" in page


def test_way_back_before_the_address_is_confirmed(client: Client, mailoutbox: list[EmailMessage]) -> None:
    """Whoever reads the mails is the owner; a passkey of somebody who never showed that goes."""
    register(client, Device())
    elsewhere = visitor()
    reset_password(elsewhere, mailoutbox)
    assert not Authenticator.objects.exists()
    sign_in(elsewhere, "bob")
    assert signed_in(elsewhere)


def test_way_back_when_the_passkey_is_lost(client: Client, mailoutbox: list[EmailMessage]) -> None:
    answer = register(client, Device())
    found = re.findall(r"\d{8}", client.get(answer["Location"]).content.decode().split("<main", 1)[1])
    EmailAddress.objects.update(verified=True)
    elsewhere = visitor()
    reset_password(elsewhere, mailoutbox)
    step = sign_in(elsewhere, "bob")
    assert not signed_in(elsewhere)
    elsewhere.post(step["Location"], {"code": found[0]})
    assert signed_in(elsewhere)


def test_too_many_from_one_address_are_told(client: Client) -> None:
    for _ in range(20):
        tell(client, email="no")
    assert tell(client).status_code == 429
