import pytest
from django.test import Client

from showpiece.accounts.models import User
from tests.factories import UserFactory


@pytest.fixture
def user() -> User:
    return UserFactory(name="Анна Петрова")


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"Accept-Language": "ru"})


@pytest.fixture
def reader(visitor: Client, user: User) -> Client:
    visitor.force_login(user)
    return visitor
