"""What the rounds of a worker have in common: a timetable, and work that is done beside them."""

import threading
import time
from collections.abc import Callable


class Timetable:
    """When each thing is to be done next. `first`: in how many seconds, by its name; others at once."""

    def __init__(self, **first: float) -> None:
        now = time.monotonic()
        self._next = {name: now + seconds for name, seconds in first.items()}

    def due(self, name: str, every: float) -> bool:
        """Whether its time has come; then it comes again in `every` seconds."""
        now = time.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + every
        return True


class Beside:
    """Does something in a thread of its own, once at a time: rounds keep leases, and a slow disk must not stop them."""

    def __init__(self, work: Callable[[], None], name: str) -> None:
        self._work, self._name = work, name
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin, unless it is still being done."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
