"""Sending the jobs of rows. The row is the truth and a job a hint: what a broker does not take, a sweeper sends again.

Nobody waits for a broker: who makes a row leaves its job to a thread. A broker that has just failed is not asked again
for a moment, or a round of a worker would run into one time-out after another, and leases with it.
"""

import atexit
import queue
import threading
import time
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from showpiece.connections import release_connection

log = structlog.get_logger(__name__)

# How long a broker that failed is left alone.
PAUSE_SECONDS = 2.0
# Jobs beyond this are left to the sweeper: a broker that takes nothing must not fill the memory.
MAX_WAITING = 1000
# How long a process that ends goes on sending.
LAST_SECONDS = 2.0

_again_at = 0.0


def send_with_row(job: Any, *args: Any) -> None:
    """Send `job` together with the row that is being written: both are kept, or neither."""
    if settings.BROKER_URL:
        transaction.on_commit(partial(sender.send, job, *args))
    else:
        job.enqueue(*args)  # the queue is in this very database


def publish(job: Any, *args: Any) -> bool:
    """Send `job` now. False if the queue cannot be reached, which is nobody's error: it is to be sent again."""
    global _again_at
    if settings.BROKER_URL and time.monotonic() < _again_at:
        return False
    try:
        job.enqueue(*args)
    except Exception:
        log.exception("job not sent, comes again", job=job.name, ids=args)
        _again_at = time.monotonic() + PAUSE_SECONDS
        return False
    return True


class Sender:
    """Sends jobs to the broker, one after the other, in a thread that begins with the first."""

    def __init__(self) -> None:
        self._jobs: queue.Queue[tuple[Any, tuple[Any, ...]]] = queue.Queue(MAX_WAITING)
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def send(self, job: Any, *args: Any) -> None:
        """Send it soon. Returns at once."""
        try:
            self._jobs.put_nowait((job, args))
        except queue.Full:
            log.warning("too many jobs wait for the broker, comes again", job=job.name, ids=args)
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # as in a process that was forked
                self._thread = threading.Thread(target=self._work, name="sender", daemon=True)
                self._thread.start()

    def flush(self, seconds: float) -> bool:
        """Wait until all is sent, or given up. False if that takes longer than `seconds`."""
        with self._jobs.all_tasks_done:
            return self._jobs.all_tasks_done.wait_for(lambda: not self._jobs.unfinished_tasks, seconds)

    def _work(self) -> None:
        while True:
            job, args = self._jobs.get()
            try:
                publish(job, *args)
                release_connection()
            finally:
                self._jobs.task_done()


sender = Sender()
atexit.register(sender.flush, LAST_SECONDS)
