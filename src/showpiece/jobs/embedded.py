"""The engine without a broker: threads that take jobs from the database."""

import os
import sys
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
# How often SQLite is asked whether anything was written: often while visitors are about, seldom after a quiet minute.
PEEK_SECONDS, DOZE_SECONDS = 0.004, 0.02
# Who yields looks less often, so as not to stand in the way of the others with looking.
YIELDING_SECONDS = 0.25
AWAKE_SECONDS = 60.0
LOW_PRIORITY = 10
# How long a record of a job is kept. The rows of the rooms hold what matters.
KEEP = timedelta(hours=24)


class EmbeddedEngine:
    """`threads` threads that run jobs, and one that listens for new ones.

    `yielding`: they get a processor when nothing else wants it, and need not be quick to begin.
    """

    def __init__(self, *, queues: list[str], threads: int, yielding: bool = False) -> None:
        self._queues = queues
        self._yielding = yielding
        self._stopping = threading.Event()
        self._workers = [self._worker(number) for number in range(threads)]
        # How many threads shall look for work: one a job. A look takes SQLite's one lock for writing, so threads that
        # look in vain stand in the way of the one that found something.
        self._calls = 0
        self._idle = 0
        self._called = threading.Condition()
        self._threads = [
            threading.Thread(target=self._guard(self._listen), name="bell"),
            *(
                threading.Thread(target=self._guard(partial(self._serve, worker)), name=worker.worker_id)
                for worker in self._workers
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs. Those in progress go on; see `join`."""
        self._stopping.set()
        for worker in self._workers:
            worker.running = False
        with self._called:
            self._called.notify_all()

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

    def _serve(self, worker: Worker) -> None:
        if self._yielding and sys.platform == "linux":  # elsewhere only whole processes have a priority
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOW_PRIORITY)
        while not self._stopping.is_set():
            with self._called:
                self._idle += 1
                self._called.wait_for(lambda: self._calls > 0 or self._stopping.is_set())
                self._idle -= 1
                self._calls = max(0, self._calls - 1)
            if not self._stopping.is_set():
                worker.run()
            release_connection()  # a thread that waits needs none

    def _listen(self) -> None:
        bell = Bell()
        lately = time.monotonic()
        missed = False
        waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, queue_name__in=self._queues)
        while not self._stopping.is_set():
            eager = not self._yielding and self._idle and time.monotonic() - lately < AWAKE_SECONDS
            every = PEEK_SECONDS if eager else YIELDING_SECONDS if self._yielding else DOZE_SECONDS
            bell.wait(every if missed else LOOK_SECONDS, every=every)
            # With all threads at work nobody is to be called: who ends a job looks for the next. A job that comes
            # between that look and the rest is found by looking again.
            missed = not self._idle
            # Most of what is written is no job, which is a cheaper question than the one below.
            if missed or not waiting.exists():
                continue
            ready = DBTaskResult.objects.ready().filter(queue_name__in=self._queues)
            jobs = len(ready.order_by().values_list("pk")[: len(self._workers)])
            if jobs:
                lately = time.monotonic()
            with self._called:
                self._calls = jobs
                self._called.notify(jobs)

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
