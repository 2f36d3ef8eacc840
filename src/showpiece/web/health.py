"""`/health/live` and `/health/ready`: whether the process answers, and whether each part behind it does."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from health_check.base import HealthCheck
from health_check.checks import Cache, Database
from health_check.exceptions import ServiceUnavailable

from showpiece.config.paths import models_folder
from showpiece.demos import selectors as demos
from showpiece.mail import selectors as mail
from showpiece_predictors import get
from showpiece_predictors.weights import missing


@dataclass
class Migrations(HealthCheck):  # type: ignore[misc]
    """The database has the tables that this version needs."""

    async def run(self) -> None:
        if names := await sync_to_async(self._waiting)():
            raise ServiceUnavailable(f"not applied: {', '.join(names)}")

    def _waiting(self) -> list[str]:
        applied = MigrationRecorder(connection).applied_migrations()
        return sorted(f"{app}.{name}" for app, name in known_migrations() if (app, name) not in applied)


@cache
def known_migrations() -> list[tuple[str, str]]:
    """Every migration of this version, read once: it takes much longer than the rest of the page."""
    return list(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


@dataclass
class Storage(HealthCheck):  # type: ignore[misc]
    """Files can be kept: a small one is written and removed."""

    async def run(self) -> None:
        try:
            await sync_to_async(self._write)()
        except OSError as error:
            raise ServiceUnavailable("a file cannot be written") from error

    def _write(self) -> None:
        default_storage.delete(default_storage.save("health/probe", ContentFile(b"ok")))


@dataclass
class Worker(HealthCheck):  # type: ignore[misc]
    """For each queue that a live demo needs, a worker gave a sign of life lately."""

    async def run(self) -> None:
        lacking = await sync_to_async(demos.queues_without_worker)()
        if lacking:
            raise ServiceUnavailable(f"no worker has given a sign of life for {', '.join(lacking)}")


@dataclass
class Models(HealthCheck):  # type: ignore[misc]
    """The weights of every live demo are on disk."""

    async def run(self) -> None:
        for name in await sync_to_async(demos.live_predictors)():
            if lacking := missing(get(name).weights, models_folder()):
                raise ServiceUnavailable(f"{name} lacks {', '.join(lacking)}")


@dataclass
class Broker(HealthCheck):  # type: ignore[misc]
    """The broker takes connections."""

    async def run(self) -> None:
        await sync_to_async(self._connect)()

    def _connect(self) -> None:
        from showpiece.config.celery import make_app

        try:
            with make_app(settings.BROKER_URL).connection_for_write() as connected:
                connected.ensure_connection(max_retries=1, timeout=2)
        except Exception as error:
            raise ServiceUnavailable("the broker does not answer") from error


@dataclass
class Mail(HealthCheck):  # type: ignore[misc]
    """No mail has been waiting for long."""

    vital = False  # a mail server that is down keeps nobody from using the site

    async def run(self) -> None:
        if late := await sync_to_async(mail.late_mails)():
            raise ServiceUnavailable(f"mails that have been waiting for more than {mail.LATE_MINUTES} minutes: {late}")


def checks() -> dict[str, HealthCheck]:
    """The parts of this installation, by name."""
    parts: dict[str, HealthCheck] = {
        "database": Database(),
        "migrations": Migrations(),
        "cache": Cache(),
        "storage": Storage(),
        "worker": Worker(),
        "models": Models(),
    }
    if settings.BROKER_URL:
        parts["broker"] = Broker()
    if settings.MAIL_BACKEND:
        parts["mail"] = Mail()
    return parts


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@never_cache
async def ready(request: HttpRequest) -> HttpResponse:
    """200 when every vital part works, else 503; a row for each."""
    rows: dict[str, dict[str, Any]] = {}
    status = "ok"
    for name, check in checks().items():
        result = await check.get_result()
        rows[name] = {"ok": result.error is None, "detail": str(result.error or "")}
        if result.error is not None and status != "unavailable":
            status = "unavailable" if getattr(check, "vital", True) else "degraded"
    return JsonResponse({"status": status, "components": rows}, status=503 if status == "unavailable" else 200)
