"""`showpiece worker`: runs jobs, from the database's queue or from RabbitMQ, and does the rooms' upkeep."""

import argparse
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import connection, connections
from django.utils.module_loading import import_string

from showpiece.config.tasks import PATIENT_QUEUES, QUEUES, SLOW_QUEUES

log = structlog.get_logger(__name__)

# Time for the work in progress to hand itself back before the process ends regardless: its leases then run out.
GRACE_SECONDS = 5.0
PATIENT_THREADS = 2


class Upkeep(Protocol):
    """Rounds of a room in each worker process."""

    interval: float

    def __init__(self, queues: list[str]) -> None: ...
    def prepare(self) -> None: ...
    def tick(self) -> None: ...
    def stop(self) -> None: ...
    def leave(self) -> None: ...


class Rounds(threading.Thread):
    """Calls `tick` of every upkeep until told to end; a fault in one ends neither the others nor the next round."""

    def __init__(self, upkeeps: Sequence[Upkeep], tidy: Any = None) -> None:
        super().__init__(name="rounds", daemon=True)
        self._upkeeps, self._tidy = upkeeps, tidy
        self._ending = threading.Event()

    def run(self) -> None:
        interval = min(upkeep.interval for upkeep in self._upkeeps)
        turns = 0
        while not self._ending.wait(0 if turns == 0 else interval):
            for upkeep in self._upkeeps:
                self._guarded(upkeep.tick)
            if self._tidy is not None and turns % 600 == 0:
                self._guarded(self._tidy)
            turns += 1
        connections.close_all()

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception:
            log.exception("upkeep failed, goes on")
            connection.close()

    def end(self) -> None:
        self._ending.set()
        self.join(GRACE_SECONDS)


def _cores() -> int:
    """How many processors this process may use; not every system can tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def main(argv: Sequence[str] | None = None) -> int:
    """Work until TERM or INT. Django has to be set up. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="showpiece worker", description=__doc__)
    parser.add_argument("--queues", default=",".join(QUEUES), help="comma-separated (default: all)")
    parser.add_argument("--threads", type=int, default=settings.WORKER_THREADS or _cores())
    options = parser.parse_args(argv)
    queues = [name for name in options.queues.split(",") if name]
    if unknown := set(queues) - set(QUEUES):
        parser.error(f"unknown queues: {', '.join(sorted(unknown))}; there are {', '.join(QUEUES)}")
    if options.threads < 1:
        parser.error("--threads: at least 1")
    upkeeps: list[Upkeep] = [import_string(path)(queues) for path in settings.WORKER_UPKEEP]
    if settings.BROKER_URL:
        return _celery(queues, options.threads, upkeeps)
    return _embedded(queues, options.threads, upkeeps)


def _embedded(queues: list[str], threads: int, upkeeps: list[Upkeep]) -> int:
    from showpiece.jobs.embedded import EmbeddedEngine

    # Films take long, and a mail server may: they have threads of their own, which yield to the others, so that they
    # hold up nothing.
    slow = [name for name in queues if name in SLOW_QUEUES]
    patient = [name for name in queues if name in PATIENT_QUEUES]
    quick = [name for name in queues if name not in (*SLOW_QUEUES, *PATIENT_QUEUES)]
    slow_threads = max(1, threads // 2) if quick else threads
    patient_threads = PATIENT_THREADS if quick else threads
    if connection.vendor == "postgresql":
        # Every thread may need one at once, beside the bells and the rounds.
        connections.settings["default"]["OPTIONS"]["pool"]["max_size"] = threads + slow_threads + patient_threads + 6
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    engines = [EmbeddedEngine(queues=quick, threads=threads)] if quick else []
    if slow:
        engines.append(EmbeddedEngine(queues=slow, threads=slow_threads, yielding=bool(quick)))
    if patient:
        engines.append(EmbeddedEngine(queues=patient, threads=patient_threads, yielding=bool(quick)))
    rounds = Rounds(upkeeps, engines[0].tidy)
    rounds.start()
    for upkeep in upkeeps:
        upkeep.prepare()
    connection.close()
    for engine in engines:
        engine.start()
    log.info("worker ready", engine="database", queues=queues, threads=threads)
    while not stopping.wait(60):
        pass
    for engine in engines:
        engine.stop()
    for upkeep in upkeeps:
        upkeep.stop()
    deadline = time.monotonic() + GRACE_SECONDS
    clean = all(engine.join(deadline - time.monotonic()) for engine in engines)
    return _leave(rounds, upkeeps, clean=clean)


def _celery(queues: list[str], threads: int, upkeeps: list[Upkeep]) -> int:
    from celery.signals import worker_process_shutdown, worker_ready, worker_shutting_down

    from showpiece.config.celery import make_app

    rounds = Rounds(upkeeps)
    rounds.start()
    for upkeep in upkeeps:
        upkeep.prepare()
    connection.close()

    def ready(**_: Any) -> None:
        log.info("worker ready", engine="celery", queues=queues, threads=threads)

    def stop(**_: Any) -> None:
        for upkeep in upkeeps:
            upkeep.stop()

    worker_ready.connect(ready, weak=False)
    worker_shutting_down.connect(stop, weak=False)
    worker_process_shutdown.connect(stop, weak=False)
    # Threads, not processes: the models lie in memory once, and the inference runtime works outside Python's lock.
    arguments = ["worker", "--pool=threads", f"--concurrency={threads}", f"--queues={','.join(queues)}"]
    arguments += ["--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    make_app(settings.BROKER_URL).worker_main(arguments)
    return _leave(rounds, upkeeps, clean=True)


def _leave(rounds: Rounds, upkeeps: list[Upkeep], *, clean: bool) -> int:
    rounds.end()
    for upkeep in upkeeps:
        upkeep.leave()
    connections.close_all()
    if not clean:
        log.warning("work in progress did not stop in time; another worker takes it over")
        os._exit(0)
    return 0
