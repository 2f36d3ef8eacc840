"""People at the forms of an account, over HTTP."""

import re
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.accounts.services import user_add

PASSWORD = "a good long password"
OTHER = "quite another secret"


def ann(**fields: Any) -> User:
    return user_add(**{"email": "ann@example.org", "username": "ann", "password": PASSWORD, "name": "Ann"} | fields)


def sign_up_body(**fields: str) -> dict[str, str]:
    body = {"name": "Bob Stone", "email": "bob@example.org", "username": "bob"}
    return body | {"password1": PASSWORD, "password2": PASSWORD} | fields


def sign_up(client: Client, **fields: str) -> Any:
    return client.post(reverse("account_signup"), sign_up_body(**fields))


def sign_in(client: Client, login: str = "ann", password: str = PASSWORD, **fields: str) -> Any:
    return client.post(reverse("account_login"), {"login": login, "password": password} | fields)


def confirm_password(client: Client) -> None:
    """What sensitive pages ask for, however lately one has signed in."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def link_in(mail: EmailMessage) -> str:
    """The path of the one link of a mail, the same in its text and its HTML."""
    texts = [str(mail.body), *(str(one.content) for one in mail.alternatives)]  # type: ignore[attr-defined]
    found = {re.findall(re.escape(settings.SITE_URL) + r"(/accounts/[^\s\"<]+)", text)[0] for text in texts}
    assert len(found) == 1
    return found.pop()
