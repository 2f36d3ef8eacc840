"""The engine without a broker: threads that take jobs from the database."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from django.db import connection, connections
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from showpiece.connections import release_connection
from showpiece.jobs.process import WORKER_ID
from showpiece.jobs.wakeup import Bell

log = structlog.get_logger(__name__)

# Without a sign from the database, look all the same.
LOOK_SECONDS = 1.0
# How long a record of a job is kept. The rows of the rooms hold what matters.
KEEP = timedelta(hours=24)


class EmbeddedEngine:
    """`threads` threads that run jobs, and one that listens for new ones."""

    def __init__(self, *, queues: list[str], threads: int) -> None:
        self._queues = queues
        self._stopping = threading.Event()
        self._workers = [self._worker(number) for number in range(threads)]
        self._calls = [threading.Event() for _ in self._workers]
        self._threads = [
            threading.Thread(target=self._guard(self._listen), name="bell"),
            *(
                threading.Thread(target=self._guard(partial(self._serve, worker, call)), name=worker.worker_id)
                for worker, call in zip(self._workers, self._calls, strict=True)
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs. Those in progress go on; see `join`."""
        self._stopping.set()
        for worker, call in zip(self._workers, self._calls, strict=True):
            worker.running = False
            call.set()

    def join(self, seconds: float) -> bool:
        """Wait for the threads to end. False if one is still busy after `seconds`."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def tidy(self) -> None:
        """Drop records of old jobs, also of those that a dead worker left as running."""
        old = timezone.now() - KEEP
        DBTaskResult.objects.exclude(status=TaskResultStatus.READY).filter(enqueued_at__lt=old).delete()

    def _worker(self, number: int) -> Worker:
        return Worker(
            queue_names=self._queues,
            interval=0,
            batch=True,  # returns when the queue is empty; we know better than a clock when to look again
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=f"{WORKER_ID}/{number}",
            excluded_queue_names=[],
        )

    def _serve(self, worker: Worker, call: threading.Event) -> None:
        while not self._stopping.is_set():
            call.wait()
            call.clear()
            if not self._stopping.is_set():
                worker.run()
            release_connection()  # a thread that waits needs none

    def _listen(self) -> None:
        bell = Bell()
        while not self._stopping.is_set():
            bell.wait(LOOK_SECONDS)
            if DBTaskResult.objects.ready().filter(queue_name__in=self._queues).exists():
                for call in self._calls:
                    call.set()

    def _guard(self, loop: Callable[[], None]) -> Callable[[], None]:
        """A database that is away for a while stops no thread."""

        def guarded() -> None:
            while not self._stopping.is_set():
                try:
                    loop()
                except Exception:
                    log.exception("worker thread starts again")
                    connection.close()
                    self._stopping.wait(LOOK_SECONDS)
            connections.close_all()

        return guarded
