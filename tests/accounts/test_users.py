"""Users as rows: what they may be called, and that the operator's count as confirmed."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from showpiece.accounts.models import User
from showpiece.accounts.services import user_add
from tests.accounts.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("Ann@Example.org", "ann", PASSWORD, name="Ann")


@pytest.mark.parametrize("login", ["Ann@Example.org", "ann@example.org", "ANN@EXAMPLE.ORG", "ann", "ANN"])
def test_found_by_email_or_username_whatever_the_case(user: User, login: str) -> None:
    assert authenticate(username=login, password=PASSWORD) == user
    assert authenticate(username=login, password="wrong") is None


@pytest.mark.parametrize(("email", "username"), [("ann@example.ORG", "bob"), ("bob@example.org", "ANN")])
def test_taken_whatever_the_case(user: User, email: str, username: str) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user(email, username, PASSWORD)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("email", "username"), [("no address", "bob"), ("bob@example.org", "имя"), ("", "bob"), ("bob@example.org", "b@b")]
)
def test_bad_fields_are_refused(email: str, username: str) -> None:
    with pytest.raises(ValidationError):
        User.objects.create_user(email, username, PASSWORD)


def test_createsuperuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", email="Root@Example.org", username="root", interactive=False, verbosity=0)
    root = User.objects.get(username="root")
    assert root.is_superuser
    assert authenticate(username="root@example.org", password=PASSWORD) == root
    assert authenticate(username="root", password=PASSWORD) == root
    assert EmailAddress.objects.get(user=root).verified


def test_createsuperuser_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    with pytest.raises((CommandError, ValidationError), match="Latin letters"):
        call_command("createsuperuser", email="root@example.org", username="я", interactive=False, verbosity=0)
    assert not User.objects.exists()


def test_added_by_the_operator_all_or_nothing() -> None:
    user = user_add(email="Bob@Example.org", username="bob", password=None, name="Bob")
    assert not user.has_usable_password()
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("bob@example.org", True, True)
    with pytest.raises(ValidationError):
        user_add(email="bob@example.org", username="bob2", password=None)
    assert User.objects.count() == EmailAddress.objects.count() == 1
