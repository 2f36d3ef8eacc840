"""What a worker does beside jobs: signs of life, leases, lost jobs, and forgetting what has expired.

Any number of workers may do it at once: every step is a conditional update, or a job that finds nothing to do.
"""

import time
import uuid
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from showpiece.demos import run_files, services
from showpiece.demos.jobs import publish
from showpiece.demos.leases import BEAT_SECONDS, Interrupted, leases
from showpiece.demos.models import Run, WorkerBeat
from showpiece.demos.runners import is_runnable, loaded
from showpiece.demos.selectors import live_predictors
from showpiece.files import discard_folder
from showpiece.jobs.process import WORKER_ID
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

CLOSED = gettext_noop("This demo was closed before your run began.")
GAVE_UP = gettext_noop("The work was interrupted several times. Please try again.")
SWEEP_SECONDS = 2.0
SIGN_SECONDS = 5.0
FORGET_SECONDS = 300.0
SWEEP_AT_ONCE = 100
# Longer than any run or request may take.
WORK_IS_OLD = timedelta(hours=2)


def publish_lost_runs() -> int:
    """Send again the jobs of runs that nobody took, or whose worker died. Returns how many were sent."""
    now = timezone.now()
    waiting = Q(status=Run.Status.STARTING, publish_after__lte=now)
    abandoned = Q(status=Run.Status.PROCESSING, lease_until__lte=now, publish_after__lte=now)
    due = Run.objects.filter(waiting | abandoned).select_related("demo").order_by("publish_after")
    sent = 0
    for run in due[:SWEEP_AT_ONCE]:
        if not is_runnable(run.demo) and services.run_refuse(run_id=run.pk, error=CLOSED):
            continue
        if services.run_give_up(run_id=run.pk, error=GAVE_UP) or not services.run_publish_again(run=run):
            continue
        if not publish(run):
            break  # no broker: the others would only wait for the same time-out
        services.run_published_again(run=run)
        sent += 1
    return sent


def forget_expired_runs() -> int:
    """Delete runs whose time is over, with their files. Returns how many."""
    forgotten = 0
    while expired := list(Run.objects.filter(expires_at__lte=timezone.now()).prefetch_related("files")[:SWEEP_AT_ONCE]):
        for run in expired:
            services.run_delete(run=run)
        forgotten += len(expired)
    return forgotten


def forget_stray_files(*, older_than: timedelta = timedelta(hours=1)) -> int:
    """Delete folders of runs that have no row: a process died between writing a file and its row. Returns how many.

    Only folders that bear the name of a run are touched.
    """
    try:
        folder = Path(default_storage.path("runs"))
    except NotImplementedError:  # a store that is not a folder
        return 0
    names = [entry.name for entry in folder.glob("*") if _is_uuid(entry.name) and _age(entry) > older_than]
    forgotten = 0
    for start in range(0, len(names), SWEEP_AT_ONCE):
        batch = names[start : start + SWEEP_AT_ONCE]
        known = {str(pk) for pk in Run.objects.filter(pk__in=batch).values_list("pk", flat=True)}
        for name in set(batch) - known:
            discard_folder(f"runs/{name}")
            forgotten += 1
    return forgotten


def _age(entry: Path) -> timedelta:
    try:
        return timedelta(seconds=time.time() - entry.stat().st_mtime)
    except FileNotFoundError:  # another worker was faster
        return timedelta(0)


def _is_uuid(name: str) -> bool:
    try:
        uuid.UUID(name)
    except ValueError:
        return False
    return True


def forget() -> None:
    """Everything whose time is over: runs, their stray files, and sessions of visitors who never came back."""
    try:
        forget_expired_runs()
        run_files.discard_originals()
        run_files.discard_old_work(WORK_IS_OLD)
        forget_stray_files()
        import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    except Exception:
        log.exception("forgetting failed, comes again")
    finally:
        connection.close()


def give_sign(queues: list[str]) -> None:
    """Say that this worker lives, and clear away those that died long ago."""
    now = timezone.now()
    WorkerBeat.objects.update_or_create(worker=WORKER_ID, defaults={"queues": queues, "seen_at": now})
    WorkerBeat.objects.filter(seen_at__lt=now - timedelta(hours=1)).delete()


class Upkeep:
    """The rounds of a worker process; `tick` is called about once a second."""

    interval = BEAT_SECONDS

    def __init__(self, queues: list[str]) -> None:
        self.queues = queues
        self._forgetting = Beside(forget, "forget")
        self._times = Timetable(forget=FORGET_SECONDS / 10)

    def prepare(self) -> None:
        """Load the predictors of live demos, so that the first visitor does not wait for it."""
        for name in live_predictors():
            try:
                loaded(name)
            except Exception:
                log.exception("predictor not loaded", predictor=name)

    def tick(self) -> None:
        """Do what is due."""
        leases.beat()
        if self._times.due("sign", SIGN_SECONDS):
            give_sign(self.queues)
        if self._times.due("sweep", SWEEP_SECONDS):
            publish_lost_runs()
        if self._times.due("forget", FORGET_SECONDS):
            self._forgetting.begin()

    def stop(self) -> None:
        """Ask the work in progress to stop and hand itself back."""
        leases.interrupt(Interrupted.SHUTDOWN)

    def leave(self) -> None:
        """Say that this worker is gone."""
        WorkerBeat.objects.filter(worker=WORKER_ID).delete()
