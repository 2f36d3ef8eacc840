"""What a worker of the queue "default" does for these requests: sending lost jobs again, erasing, forgetting ZIPs."""

from datetime import datetime, timedelta

import structlog
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from showpiece.accounts import photos
from showpiece.accounts.privacy import selectors, services
from showpiece.accounts.privacy.models import EXPORT_FOLDER, AccountDeletion, DataExport
from showpiece.files import discard_folder
from showpiece.ids import made_before
from showpiece.jobs.rounds import Beside, Timetable
from showpiece.jobs.sending import publish

log = structlog.get_logger(__name__)

SWEEP_SECONDS, FORGET_SECONDS = 5.0, 300.0
AT_ONCE = 100
STRAY_AFTER = timedelta(hours=1)


def publish_lost() -> int:
    """Send the jobs of deletions that are due, and again those that nobody took or whose worker died. How many."""
    now = timezone.now()
    sent = 0
    rows: list[DataExport | AccountDeletion] = [*selectors.lost_exports()[:AT_ONCE]]
    rows += selectors.due_deletions()[:AT_ONCE]
    for row in rows:
        if not _take_on(row, now):
            continue
        if not publish(services.job_of(row), str(row.pk)):
            break  # no broker: the others would only wait for the same time-out
        if isinstance(row, DataExport):
            services.export_published_again(export=row)
        sent += 1
    return sent


def _take_on(row: DataExport | AccountDeletion, now: datetime) -> bool:
    if isinstance(row, DataExport):
        return services.export_publish_again(export=row)
    return services.deletion_publish_again(deletion=row, now=now)


def forget_expired_exports() -> int:
    """Delete ZIPs whose time is over. Returns how many."""
    expired = list(selectors.expired_exports()[:AT_ONCE])
    for export in expired:
        services.export_delete(export=export)
    return len(expired)


def forget_stray_exports() -> int:
    """Delete folders that belong to no row: a process died between writing a file and its row. Returns how many."""
    names = [name for name in services.export_folders() if made_before(name, timezone.now() - STRAY_AFTER)]
    forgotten = 0
    for start in range(0, len(names), AT_ONCE):
        batch = names[start : start + AT_ONCE]
        known = {str(pk) for pk in DataExport.objects.filter(pk__in=batch).values_list("pk", flat=True)}
        for name in set(batch) - known:
            discard_folder(f"{EXPORT_FOLDER}/{name}")
            forgotten += 1
    return forgotten


def forget_ended_sessions() -> int:
    """Delete what is kept of sessions (address, browser) that have ended. Returns how many."""
    from allauth.usersessions.models import UserSession

    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    ended: int = UserSession.objects.exclude(session_key__in=alive).delete()[0]
    return ended


def forget() -> None:
    """Everything whose time is over."""
    try:
        forget_expired_exports()
        forget_stray_exports()
        forget_ended_sessions()
        photos.forget_strays()
    except Exception:
        log.exception("forgetting failed, comes again")
    finally:
        connection.close()


class Upkeep:
    """The rounds of a worker process that serves the queue "default"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "default" in queues
        self._forgetting = Beside(forget, "forget-privacy")
        self._times = Timetable(forget=FORGET_SECONDS / 10)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        if not self._serves:
            return
        if self._times.due("sweep", SWEEP_SECONDS):
            publish_lost()
        if self._times.due("forget", FORGET_SECONDS):
            self._forgetting.begin()

    def stop(self) -> None:
        """A ZIP that is being made is made; nothing else begins."""

    def leave(self) -> None:
        """Nothing is held: what was cut off is taken up when its lease has run out."""
