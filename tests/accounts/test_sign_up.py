"""Registering, and confirming the address."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse

from showpiece.accounts import forms
from showpiece.accounts.models import User
from tests.accounts.people import PASSWORD, ann, link_in, sign_in, sign_up, sign_up_body, signed_in

pytestmark = pytest.mark.django_db


def test_registered_is_signed_in(client: Client, mailoutbox: list[EmailMessage]) -> None:
    answer = sign_up(client, name=" Bob  Stone ", email="Bob@Example.org")
    assert answer["Location"] == reverse("account_overview")
    user = User.objects.get()
    assert (user.name, user.email, user.username) == ("Bob Stone", "bob@example.org", "bob")
    page = client.get(answer["Location"]).content.decode()
    assert "Bob Stone" in page
    assert "bob@example.org" in page
    assert [mail.to for mail in mailoutbox] == [["bob@example.org"]] * 2  # a welcome, and a link to confirm the address


def test_address_is_confirmed_by_its_link(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client)
    assert not EmailAddress.objects.get().verified
    link = link_in(mailoutbox[-1])
    assert "Confirm this e-mail" in client.get(link).content.decode()
    assert not EmailAddress.objects.get().verified, "a mail program that looks at links confirms nothing"
    assert client.post(link)["Location"] == reverse("account_overview")
    assert EmailAddress.objects.get().verified
    again = client.get(link).content.decode()
    assert "has expired or has been used" in again


def test_address_is_confirmed_on_another_device(client: Client, mailoutbox: list[EmailMessage]) -> None:
    sign_up(client)
    elsewhere = Client()
    assert elsewhere.post(link_in(mailoutbox[-1]))["Location"] == reverse("account_login")
    assert EmailAddress.objects.get().verified
    assert not signed_in(elsewhere)


def test_next_is_kept_from_signing_in_to_signing_up(client: Client) -> None:
    login = client.get(reverse("account_login") + "?next=/projects/").content.decode()
    assert f"{reverse('account_signup')}?next=%2Fprojects%2F" in login
    form = client.get(reverse("account_signup") + "?next=/projects/").content.decode()
    assert '<input type="hidden" name="next" value="/projects/"' in form
    assert sign_up(client, next="/projects/")["Location"] == "/projects/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "None", ""])
def test_signing_up_leads_to_no_other_site(client: Client, target: str) -> None:
    location = sign_up(client, next=target)["Location"]
    assert location in (reverse("account_overview"), "None"[: len(target)])


BAD: list[tuple[dict[str, str], str, str]] = [
    ({"username": "Ann"}, "username", "This username is taken."),
    ({"username": "admin"}, "username", "reserved"),
    ({"username": "Admin_"}, "username", "reserved"),
    ({"username": "bo"}, "username", "3"),
    ({"username": "b" * 41}, "username", "40"),
    ({"username": "b\u043eb"}, "username", "Latin letters"),  # a Cyrillic o
    ({"username": "bob@example"}, "username", "Latin letters"),
    ({"username": ""}, "username", "required"),
    ({"email": "ann@EXAMPLE.org"}, "email", "There is an account with this e-mail"),
    ({"email": "bob"}, "email", "valid email"),
    ({"email": "bob@"}, "email", "valid email"),
    ({"email": "b@example.org\nBcc: all@example.org"}, "email", "valid email"),
    ({"email": ""}, "email", "required"),
    ({"email": f"{'b' * 260}@example.org"}, "email", "at most"),
    ({"name": ""}, "name", "required"),
    ({"name": "   "}, "name", "required"),
    ({"name": "\u0410nn"}, "name", "look alike"),
    ({"name": "Bob\u202e"}, "name", "cannot be seen"),
    ({"name": "b" * 101}, "name", "100"),
    ({"password1": "48151623", "password2": "48151623"}, "password1", "numeric"),
    ({"password1": "password", "password2": "password"}, "password1", "common"),
    ({"password1": "x7!kq", "password2": "x7!kq"}, "password1", "at least 8"),
    ({"password1": "bob@example.org", "password2": "bob@example.org"}, "password1", "similar"),
    ({"password2": "another one"}, "password2", "same password"),
    ({"password1": ""}, "password1", "required"),
]


@pytest.mark.parametrize(("fields", "field", "words"), BAD, ids=[f"{field}-{words}" for _, field, words in BAD])
def test_bad_input_is_told_at_the_field(
    client: Client, mailoutbox: list[EmailMessage], fields: dict[str, str], field: str, words: str
) -> None:
    ann()
    answer = sign_up(client, **fields)
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert list(errors) == [field]
    assert words in " ".join(errors[field])
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert User.objects.count() == 1
    assert mailoutbox == []
    assert not signed_in(client)


def test_script_in_a_name_is_text(client: Client) -> None:
    sign_up(client, name="<script>alert(1)</script>")
    page = client.get(reverse("account_overview")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_twice_at_the_same_time_is_one_account(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both forms found the name free; the database lets one through, and the other is told at the field."""
    ann(email="bob@example.org", username="bob")
    first = iter([True])
    clean = forms.SignUpForm.full_clean

    def blind(form: Any) -> None:
        clean(form)
        if form.is_bound and next(first, False):
            form._errors.clear()
            form.cleaned_data |= sign_up_body()

    monkeypatch.setattr(forms.SignUpForm, "full_clean", blind)
    answer = sign_up(client)
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"email", "username"}
    assert User.objects.count() == EmailAddress.objects.count() == 1


def test_nothing_is_half_done(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("allauth.account.forms.setup_user_email", fail)
    with pytest.raises(RuntimeError):
        sign_up(client)
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_password_is_hashed_before_the_transaction(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes long, and SQLite lets one transaction write at a time."""
    inside: list[bool] = []
    encode = MD5PasswordHasher.encode

    def watched(hasher: Any, password: str, salt: str) -> str:
        inside.append(connection.in_atomic_block)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", watched)
    assert sign_up(client).status_code == 302
    assert inside == [False]
    assert User.objects.get().check_password(PASSWORD)


def test_too_many_registrations_from_one_address_are_told(client: Client) -> None:
    for _ in range(20):
        assert sign_up(client, email="no").status_code == 200
    answer = sign_up(client)
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert not User.objects.exists()


def test_signed_in_people_need_no_sign_up(client: Client) -> None:
    client.force_login(ann())
    assert client.get(reverse("account_signup")).status_code == 302


def test_new_account_works_by_email_and_username(client: Client) -> None:
    sign_up(client)
    for login in ("bob@example.org", "BOB"):
        visitor = Client()
        assert sign_in(visitor, login, PASSWORD).status_code == 302
        assert signed_in(visitor)
