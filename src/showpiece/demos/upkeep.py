"""What a worker does beside jobs: signs of life, leases, lost jobs, and forgetting what has expired.

Any number of workers may do it at once: every step is a conditional update, or a job that finds nothing to do.
"""

import shutil
import time
import uuid
from datetime import timedelta
from pathlib import Path

import structlog
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext_noop

from showpiece.demos import services
from showpiece.demos.jobs import publish
from showpiece.demos.leases import BEAT_SECONDS, Interrupted, leases
from showpiece.demos.models import Demo, Run, WorkerBeat
from showpiece.demos.runners import loaded
from showpiece.jobs.process import WORKER_ID

log = structlog.get_logger(__name__)

GAVE_UP = gettext_noop("The work was interrupted several times. Please try again.")
SWEEP_SECONDS = 2.0
SIGN_SECONDS = 5.0
FORGET_SECONDS = 300.0
SWEEP_AT_ONCE = 100
# A worker that was silent for so long is dead; its row goes after an hour.
SILENT = timedelta(seconds=30)


def publish_lost_runs() -> int:
    """Send again the jobs of runs that nobody took, or whose worker died. Returns how many were sent."""
    now = timezone.now()
    due = Run.objects.filter(status__in=Run.OPEN, publish_after__lte=now).select_related("demo")
    sent = 0
    for run in due.order_by("publish_after")[:SWEEP_AT_ONCE]:
        if run.status == Run.Status.PROCESSING:
            if run.lease_until is None or run.lease_until > now:
                continue
            if services.run_give_up(run_id=run.pk, error=GAVE_UP):
                continue
        if not services.run_publish_again(run=run):
            continue
        if not publish(run):
            break  # no broker: the others would only wait for the same time-out
        sent += 1
    return sent


def forget_expired_runs() -> int:
    """Delete runs whose time is over, with their files. Returns how many."""
    expired = list(Run.objects.filter(expires_at__lte=timezone.now()).prefetch_related("files")[:SWEEP_AT_ONCE])
    for run in expired:
        services.run_delete(run=run)
    return len(expired)


def forget_stray_files(*, older_than: timedelta = timedelta(hours=1)) -> int:
    """Delete folders of runs that have no row: a process died between writing a file and its row. Returns how many."""
    try:
        folder = Path(default_storage.path("runs"))
    except NotImplementedError:  # a store that is not a folder
        return 0
    limit = time.time() - older_than.total_seconds()
    old = [entry for entry in folder.glob("*") if entry.is_dir() and entry.stat().st_mtime < limit]
    names = [entry.name for entry in old if _is_uuid(entry.name)]
    known = {str(pk) for pk in Run.objects.filter(pk__in=names).values_list("pk", flat=True)}
    stray = [entry for entry in old if entry.name not in known]
    for entry in stray:
        shutil.rmtree(entry, ignore_errors=True)
    return len(stray)


def _is_uuid(name: str) -> bool:
    try:
        uuid.UUID(name)
    except ValueError:
        return False
    return True


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
        self._next = {"sweep": 0.0, "sign": 0.0, "forget": time.monotonic() + FORGET_SECONDS / 10}

    def prepare(self) -> None:
        """Load the predictors of live demos, so that the first visitor does not wait for it."""
        live = Demo.objects.filter(kind=Demo.Kind.LOCAL, state=Demo.State.LIVE)
        for name in set(live.values_list("predictor", flat=True)):
            try:
                loaded(name)
            except Exception:
                log.exception("predictor not loaded", predictor=name)

    def tick(self) -> None:
        """Do what is due."""
        leases.beat()
        if self._due("sign", SIGN_SECONDS):
            give_sign(self.queues)
        if self._due("sweep", SWEEP_SECONDS):
            publish_lost_runs()
        if self._due("forget", FORGET_SECONDS):
            forget_expired_runs()
            forget_stray_files()

    def stop(self) -> None:
        """Ask the work in progress to stop and hand itself back."""
        leases.interrupt(Interrupted.SHUTDOWN)

    def leave(self) -> None:
        """Say that this worker is gone."""
        WorkerBeat.objects.filter(worker=WORKER_ID).delete()

    def _due(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._next[what]:
            return False
        self._next[what] = now + every
        return True
