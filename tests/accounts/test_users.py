"""People sign in by e-mail."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a good long password"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("Ann@Example.org", "ann", PASSWORD, name="Ann")


@pytest.mark.parametrize("email", ["Ann@Example.org", "ann@example.org", "ANN@EXAMPLE.ORG"])
def test_sign_in_whatever_the_case(client: Client, user: User, email: str) -> None:
    assert authenticate(username=email, password=PASSWORD) == user
    answer = client.post(reverse("account_login"), {"username": email, "password": PASSWORD})
    assert answer.status_code == 302


@pytest.mark.parametrize(("email", "username"), [("ann@example.ORG", "bob"), ("bob@example.org", "ANN")])
def test_taken_whatever_the_case(user: User, email: str, username: str) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user(email, username, PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.parametrize(("email", "username"), [("no address", "bob"), ("bob@example.org", "имя"), ("", "bob")])
def test_bad_fields_are_refused(email: str, username: str) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user(email, username, PASSWORD)


def test_wrong_password_is_told(client: Client, user: User) -> None:
    answer = client.post(reverse("account_login"), {"username": user.email, "password": "wrong"})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "_auth_user_id" not in client.session


def test_inactive_user_stays_out(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    client.post(reverse("account_login"), {"username": user.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_site(client: Client, user: User, target: str) -> None:
    body = {"username": user.email, "password": PASSWORD, "next": target}
    assert client.post(reverse("account_login"), body)["Location"] == "/"


def test_sign_in_leads_back(client: Client, user: User) -> None:
    body = {"username": user.email, "password": PASSWORD, "next": "/projects/"}
    assert client.post(reverse("account_login"), body)["Location"] == "/projects/"


def test_sign_out_is_a_post(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get(reverse("account_logout")).status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post(reverse("account_logout")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_createsuperuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="root@example.org", username="root", interactive=False, verbosity=0)
    root = User.objects.get(username="root")
    assert root.is_superuser
    assert root.check_password(PASSWORD)
