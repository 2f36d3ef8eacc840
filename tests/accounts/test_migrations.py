"""Migrations of a site that goes on working: batch by batch, and once more where they were cut off."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F

from showpiece.accounts.models import Profile, User

pytestmark = pytest.mark.django_db(transaction=True)
LATEST = "latest"


def migrate(name: str) -> Any:
    """To that migration of the accounts, or to the latest of all; the models of then."""
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes() if name == LATEST else [("accounts", name)]
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The models of a site of five people from before there were welcome mails and profiles."""
    for name in ("0003_user_welcomed_at", "0008_profiles_for_everybody"):
        monkeypatch.setattr(import_module(f"showpiece.accounts.migrations.{name}"), "BATCH", 2)
    apps = migrate("0002_sign_in")
    for number in range(5):
        apps.get_model("accounts", "User").objects.create(email=f"{number}@example.org", username=f"user{number}")
    yield apps
    migrate(LATEST)


def test_everybody_is_reached(before: Any) -> None:
    migrate(LATEST)
    assert User.objects.filter(welcomed_at=F("date_joined")).count() == 5
    assert Profile.objects.count() == 5


def test_cut_off_after_the_column(before: Any) -> None:
    """The column was there, and some of the rows had been done."""
    migrate("0003_user_welcomed_at")
    MigrationExecutor(connection).recorder.record_unapplied("accounts", "0003_user_welcomed_at")
    User.objects.filter(username__in=["user1", "user2"]).update(welcomed_at=None)
    with connection.schema_editor(atomic=False) as editor:
        editor.execute("DROP INDEX user_not_welcomed")
    migrate(LATEST)
    assert User.objects.filter(welcomed_at=F("date_joined")).count() == 5
    with connection.cursor() as cursor:
        assert "user_not_welcomed" in connection.introspection.get_constraints(cursor, User._meta.db_table)
