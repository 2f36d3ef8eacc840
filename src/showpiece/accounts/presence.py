"""Who is here: noted in memory at each request of a person, and written down by a thread beside the requests.

A request costs a look into a dictionary. Once a minute a person, the thread adds them to its next write, one statement
for everybody who was noted within two seconds. Several web processes need not know of each other: the statement leaves
out whom another has written less than a minute ago.

A page that stays open says so about once a minute while it can be seen (`still_here`). What it says too often is
answered from memory, without a query.
"""

import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic, sleep

import structlog
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from showpiece.accounts.models import Profile

log = structlog.get_logger(__name__)

WRITE_EVERY = timedelta(minutes=1)
# A little more than between two writes, so that a note is never a moment too early to be written.
NOTE_SECONDS = 63.0
GATHER_SECONDS = 2.0
AT_ONCE = 500


def seen(moments: Mapping[uuid.UUID, datetime]) -> int:
    """Write down that people were here, at about the same moment each. Returns how many had to be written."""
    people = list(moments)
    written = 0
    for start in range(0, len(people), AT_ONCE):
        batch = people[start : start + AT_ONCE]
        first, last = min(moments[pk] for pk in batch), max(moments[pk] for pk in batch)
        due = Q(last_seen_at=None) | Q(last_seen_at__lte=last - WRITE_EVERY) | Q(signed_out_at__gte=F("last_seen_at"))
        # Whoever has signed out since is not brought back by a request that came before.
        still_here = Q(signed_out_at=None) | Q(signed_out_at__lt=first)
        written += Profile.objects.filter(due, still_here, pk__in=batch).update(last_seen_at=last)
    return written


def signed_in(pk: uuid.UUID) -> None:
    """The person is here from now on."""
    Profile.objects.filter(pk=pk).update(last_seen_at=timezone.now())


def signed_out(pk: uuid.UUID) -> None:
    """The person is away at once. If they are signed in elsewhere too, their next request there brings them back."""
    heartbeats.forget(pk)
    Profile.objects.filter(pk=pk).update(signed_out_at=timezone.now())


class Heartbeats:
    """Takes notes of this process, and writes them by a thread that is started with the first."""

    def __init__(self, write: Callable[[Mapping[uuid.UUID, datetime]], object] = seen) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._noted: dict[uuid.UUID, float] = {}
        self._sessions: dict[str, float] = {}
        self._waiting: dict[uuid.UUID, datetime] = {}
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, pk: uuid.UUID) -> None:
        """The person has just asked for something."""
        now = monotonic()
        if now - self._noted.get(pk, -NOTE_SECONDS) < NOTE_SECONDS:
            return
        with self._lock:
            self._noted[pk] = now
            self._waiting[pk] = timezone.now()
            if self._thread is None:
                self._thread = self.start()
        self._wake.set()

    def note_session(self, pk: uuid.UUID, session: str) -> None:
        """The same, by a page that stays open in that session."""
        self.note(pk)
        with self._lock:
            self._sessions[session] = monotonic()

    def has_noted(self, session: str) -> bool:
        """Whether a page of that session was noted so lately that there is nothing to be written."""
        return monotonic() - self._sessions.get(session, -NOTE_SECONDS) < NOTE_SECONDS

    def forget(self, pk: uuid.UUID) -> None:
        """The person's next request counts as their first."""
        with self._lock:
            self._noted.pop(pk, None)
            self._waiting.pop(pk, None)

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="heartbeats", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        while self._wake.wait():
            self._wake.clear()
            sleep(GATHER_SECONDS)
            try:
                self.flush()
            except Exception:
                log.exception("presence not written, comes again")
            finally:
                connection.close()

    def flush(self) -> None:
        """Write what waits. If that fails, the next request of each counts as their first."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            old = monotonic() - NOTE_SECONDS
            self._noted = {pk: at for pk, at in self._noted.items() if at > old}
            self._sessions = {session: at for session, at in self._sessions.items() if at > old}
        try:
            if waiting:
                self._write(waiting)
        except Exception:
            for pk in waiting:
                self.forget(pk)
            raise


heartbeats = Heartbeats()
