"""Waiting for work in the database's queue without asking it all the time.

SQLite: `PRAGMA data_version` changes when another connection commits; asking for it costs microseconds and reads no
table. PostgreSQL: `NOTIFY`, sent inside the transaction that adds the job and so delivered when that commits.
"""

import time
from typing import Any

from django.db import connection
from django_tasks.signals import task_enqueued

CHANNEL = "showpiece_jobs"


def announce(sender: Any, **kwargs: Any) -> None:
    """Tell listening workers of a new job."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def connect() -> None:
    """Announce every job that is enqueued into the database's queue."""
    from django_tasks_db import DatabaseBackend

    task_enqueued.connect(announce, sender=DatabaseBackend, dispatch_uid="showpiece.jobs.announce")


class Bell:
    """Rings when there may be work. Belongs to one thread: it has a database connection of its own."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._listening = False

    def wait(self, seconds: float, *, every: float) -> bool:
        """Wait until something happened, at most `seconds`. True if it did. SQLite is asked `every` so many seconds."""
        if connection.vendor == "sqlite":
            return self._wait_for_commit(seconds, every)
        return self._wait_for_notice(seconds)

    def _wait_for_commit(self, seconds: float, every: float) -> bool:
        end = time.monotonic() + seconds
        connection.ensure_connection()
        raw: Any = connection.connection  # Django's wrapper would cost more than the question
        while True:
            version = raw.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version = version
                return True
            if time.monotonic() >= end:
                return False
            time.sleep(every)

    def _wait_for_notice(self, seconds: float) -> bool:
        connection.ensure_connection()
        if not self._listening:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listening = True
            return True  # what came before we listened
        raw: Any = connection.connection
        return any(True for _ in raw.notifies(timeout=seconds, stop_after=1))
