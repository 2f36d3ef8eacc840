import pytest
from django.test import Client

from showpiece.catalog.models import Project
from tests.factories import ProjectFactory, UserFactory


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True, username="root"))
    return client


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="Before", description="What it does.")
