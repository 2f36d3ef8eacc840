"""Health pages tell the truth about each part."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from post_office.models import STATUS, Email

from showpiece.config.mail import SMTP_BACKEND
from showpiece.config.tasks import QUEUES
from showpiece.demos.models import WorkerBeat
from showpiece.demos.upkeep import give_sign
from showpiece.mail.services import mail_create
from tests.factories import DemoFactory

pytestmark = pytest.mark.django_db(transaction=True)


def rows(client: Client) -> tuple[int, dict[str, dict[str, object]]]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()["components"]


def test_live_asks_nothing(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert client.get("/health/live").json() == {"status": "ok"}


def test_ready_when_every_part_works(client: Client) -> None:
    give_sign(QUEUES)
    status, parts = rows(client)
    assert status == 200, parts
    assert set(parts) == {"database", "migrations", "cache", "storage", "worker", "models"}


def test_worker_that_is_silent_is_dead(client: Client) -> None:
    give_sign(QUEUES)
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    status, parts = rows(client)
    assert status == 503
    assert [name for name, row in parts.items() if not row["ok"]] == ["worker"]


def test_worker_of_other_queues_does_not_count(client: Client) -> None:
    give_sign(["default", "mail"])
    assert rows(client)[0] == 200
    DemoFactory(predictor="faces")
    status, parts = rows(client)
    assert status == 503
    assert "cpu-image" in str(parts["worker"]["detail"])


def test_store_that_takes_no_file_is_told(client: Client) -> None:
    give_sign(QUEUES)
    folder = Path(default_storage.path("health"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where a folder should be")
    status, parts = rows(client)
    assert status == 503
    assert [name for name, row in parts.items() if not row["ok"]] == ["storage"]


def test_missing_weights_are_named(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give_sign(QUEUES)
    DemoFactory(predictor="faces")
    monkeypatch.setenv("SHOWPIECE_MODELS", str(tmp_path))
    status, parts = rows(client)
    assert status == 503
    assert "centerface" in str(parts["models"]["detail"])


def test_mail_that_waits_for_long_is_told_and_keeps_nobody_out(client: Client, settings: Any) -> None:
    give_sign(QUEUES)
    settings.MAIL_BACKEND = SMTP_BACKEND
    mail_create(sender="shop@example.org", to=["ann@example.org"], subject="Hello", text="Text.")
    status, parts = rows(client)
    assert (status, parts["mail"]["ok"]) == (200, True)
    Email.objects.update(created=timezone.now() - timedelta(minutes=20))
    assert client.get("/health/ready").json()["status"] == "ok"  # it is sent again, for the first time
    Email.objects.update(number_of_retries=3)
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["status"] == "degraded"
    assert answer.json()["components"]["mail"] == {
        "ok": False,
        "detail": "Unavailable: mails that have been waiting for more than 15 minutes: 1",
    }
    WorkerBeat.objects.all().delete()
    assert client.get("/health/ready").json()["status"] == "unavailable"
    give_sign(QUEUES)
    other = mail_create(sender="shop@example.org", to=["bob@example.org"], subject="Hello", text="Text.")
    Email.objects.filter(pk=other.pk).update(status=STATUS.sent)
    assert client.get("/health/ready").json()["status"] == "ok"  # the server takes others


def test_waiting_migrations_are_named(client: Client) -> None:
    give_sign(QUEUES)
    call_command("migrate", "sessions", "zero", verbosity=0)
    try:
        status, parts = rows(client)
        assert status == 503
        assert "sessions.0001_initial" in str(parts["migrations"]["detail"])
    finally:
        call_command("migrate", "sessions", verbosity=0)
