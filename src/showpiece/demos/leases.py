"""The runs that this process works on: their leases are renewed while it lives, and they are told when to stop."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from showpiece.demos.models import Run
from showpiece.demos.services import lease_end, run_fail
from showpiece_predictors import Canceled

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0
# A model that does not come back to its progress callback cannot be stopped from within: after this time beyond
# the limit the process ends itself, and its supervisor starts a fresh one.
HANG_SECONDS = 20.0


class Interrupted(Exception):  # noqa: N818
    """The work has to stop for a reason that is not its owner's."""

    SHUTDOWN, LOST, TOO_LONG = "shutdown", "lost", "too long"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Lease:
    """This process's hold on one attempt of a run."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.renewed = self.began = time.monotonic()
        self.stop: Exception | None = None

    def check(self) -> None:
        """Raise what the work should stop with: `Canceled` or `Interrupted`."""
        if self.stop is not None:
            raise self.stop


class Leases:
    """All leases of this process, renewed by one thread."""

    def __init__(self) -> None:
        self._held: dict[object, Lease] = {}
        self._ending: str = ""
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, run: Run) -> Iterator[Lease]:
        """Keep the run's lease alive inside the block. `beat` has to be called about once a second meanwhile."""
        lease = Lease(run)
        with self._lock:
            self._held[run.pk] = lease
            if self._ending:  # claimed just before everything was asked to stop
                lease.stop = Interrupted(self._ending)
        try:
            yield lease
        finally:
            with self._lock:
                self._held.pop(run.pk, None)

    def held(self) -> list[Lease]:
        with self._lock:
            return list(self._held.values())

    def interrupt(self, reason: str) -> None:
        """Ask all work to stop, also what is about to begin."""
        with self._lock:
            self._ending = reason
            for lease in self._held.values():
                lease.stop = lease.stop or Interrupted(reason)

    def beat(self) -> None:
        """Renew what is due, and see which runs have to stop."""
        held = self.held()
        if not held:
            return
        wanted = set(
            Run.objects.filter(pk__in=[lease.run.pk for lease in held], cancel_requested=True).values_list(
                "pk", flat=True
            )
        )
        now = time.monotonic()
        for lease in held:
            if lease.run.pk in wanted:
                lease.stop = lease.stop or Canceled()
            if now - lease.began > settings.RUN_MAX_SECONDS:
                self._overdue(lease, now)
            if now - lease.renewed >= settings.RUN_LEASE_SECONDS / 3:
                self._renew(lease, now)

    def _renew(self, lease: Lease, now: float) -> None:
        run = lease.run
        renewed = Run.objects.filter(pk=run.pk, attempt=run.attempt, status=Run.Status.PROCESSING).update(
            lease_until=lease_end(timezone.now())
        )
        if renewed:
            lease.renewed = now
        else:
            lease.stop = lease.stop or Interrupted(Interrupted.LOST)

    def _overdue(self, lease: Lease, now: float) -> None:
        lease.stop = lease.stop or Interrupted(Interrupted.TOO_LONG)
        if now - lease.began > settings.RUN_MAX_SECONDS + HANG_SECONDS:
            from showpiece.demos.execution import TOO_LONG

            log.error("run hangs, this worker ends itself", run=str(lease.run.pk))
            run_fail(run=lease.run, error=TOO_LONG)
            connection.close()
            os._exit(70)


leases = Leases()
