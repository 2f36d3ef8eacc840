"""Settings that must not slip."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from showpiece.config import settings as settings_module
from showpiece.config.databases import database

NOWHERE = Path("/nowhere/showpiece.sqlite3")


def test_debug_is_off() -> None:
    assert settings.DEBUG is False


def test_policy_has_no_unsafe_source() -> None:
    text = str(settings.CONTENT_SECURITY_POLICY)
    assert "unsafe" not in text
    assert "http" not in text


def test_sqlite_is_safe_under_parallel_use() -> None:
    options = database("sqlite:////tmp/x.sqlite3", default=NOWHERE)["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_folder_with_an_odd_name_is_taken_as_it_is() -> None:
    odd = Path("/srv/a #1 %20?/showpiece.sqlite3")
    assert database("", default=odd)["NAME"] == str(odd)


def test_postgres_keeps_its_connections() -> None:
    found = database("postgres://u:p%40ss@db.example:5433/shop", default=NOWHERE)
    assert (found["NAME"], found["PASSWORD"], found["PORT"]) == ("shop", "p@ss", 5433)
    assert found["OPTIONS"]["pool"]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="is about PostgreSQL")
def test_a_page_does_not_wait_for_more_processes() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_parallel_workers_per_gather")
        assert cursor.fetchone() == ("0",)


def test_what_the_address_says_of_postgres_holds() -> None:
    found = database("postgres://u:p@db.example/shop?options=-c%20statement_timeout%3D5s", default=NOWHERE)
    assert found["OPTIONS"]["options"] == "-c statement_timeout=5s"


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="SQLite and on PostgreSQL"):
        database("mysql://u@db.example/shop", default=NOWHERE)


@pytest.mark.django_db
def test_migrations_are_whole() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_checks_for_deployment_pass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    call_command("check", fail_level="WARNING")


def test_lists_may_have_blanks() -> None:
    assert settings_module._names("a.example, b.example ,") == ["a.example", "b.example"]
    assert settings_module._names("") == []
