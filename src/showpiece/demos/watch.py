"""Telling the event streams of this process when their runs move: one thread and one query for all of them."""

import asyncio
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from django.db import connection

from showpiece.demos.models import Run
from showpiece.jobs.wakeup import Bell

log = structlog.get_logger(__name__)

# Status, progress, stage, and whether its owner asked to cancel it; None once the run is gone.
State = tuple[str, float, str, bool]
FIELDS = ("status", "progress", "stage", "cancel_requested")

# Between two looks, so that a busy shop does not look all the time; and how long to wait for a sign of a change.
LEAST_SECONDS = 0.05
PEEK_SECONDS = 0.02
POSTGRES_SECONDS = 0.1
LONGEST_SECONDS = 1.0
# The next visitor should not pay for a new thread and a new connection.
IDLE_SECONDS = 10.0


def key_of(state: State) -> str:
    """A state in few letters: a browser says by it what it shows already."""
    status, progress, stage, canceling = state
    return f"{status}.{progress:.3f}.{stage}.{canceling:d}"


def state_of(run_id: uuid.UUID) -> State | None:
    """The state as it is now."""
    return Run.objects.filter(pk=run_id).values_list(*FIELDS).first()


class Subscription:
    """What one stream hears of one run. Belongs to the event loop that made it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._moved = asyncio.Event()
        self._state: State | None = None

    def tell(self, state: State | None) -> None:
        """Called by the watching thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set, state)

    def _set(self, state: State | None) -> None:
        self._state = state
        self._moved.set()

    async def next(self) -> State | None:
        """Wait until the run has moved; the newest state."""
        await self._moved.wait()
        self._moved.clear()
        return self._state


class Watch:
    """The runs that somebody watches. The thread lives while there are any, and a little longer."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._watched: dict[uuid.UUID, set[Subscription]] = defaultdict(set)
        self._thread: threading.Thread | None = None

    @contextmanager
    def subscribed(self, run_id: uuid.UUID) -> Iterator[Subscription]:
        """Hear of every move of the run from now on."""
        subscription = Subscription()
        with self._lock:
            self._watched[run_id].add(subscription)
            self._lock.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="watch", daemon=True)
                self._thread.start()
        try:
            yield subscription
        finally:
            with self._lock:
                self._watched[run_id].discard(subscription)
                if not self._watched[run_id]:
                    del self._watched[run_id]

    def _work(self) -> None:
        seen: dict[uuid.UUID, State | None] = {}
        bell = Bell() if connection.vendor == "sqlite" else None
        try:
            while wanted := self._wanted():
                try:
                    self._look(wanted, seen)
                    time.sleep(LEAST_SECONDS)
                    bell.wait(LONGEST_SECONDS, every=PEEK_SECONDS) if bell else time.sleep(POSTGRES_SECONDS)
                except Exception:
                    log.exception("watching goes on")
                    connection.close()
                    time.sleep(LONGEST_SECONDS)
        finally:
            connection.close()

    def _wanted(self) -> list[uuid.UUID]:
        """What to look at; with nothing for a while, the thread gives up its place while nobody can come in between."""
        with self._lock:
            if not self._lock.wait_for(lambda: bool(self._watched), IDLE_SECONDS):
                self._thread = None
            return list(self._watched)

    def _look(self, wanted: list[uuid.UUID], seen: dict[uuid.UUID, State | None]) -> None:
        rows = {pk: tuple(state) for pk, *state in Run.objects.filter(pk__in=wanted).values_list("pk", *FIELDS)}
        for run_id in [run_id for run_id in seen if run_id not in wanted]:
            del seen[run_id]
        for run_id in wanted:
            state = rows.get(run_id)
            if run_id not in seen or seen[run_id] != state:
                seen[run_id] = state
                with self._lock:
                    listeners = list(self._watched.get(run_id, ()))
                for subscription in listeners:
                    subscription.tell(state)


watch = Watch()
