"""What a worker does for money beside jobs: asking providers about what nobody told us."""

import structlog

from showpiece.jobs.rounds import Timetable
from showpiece.payments import services

SWEEP_SECONDS = 2.0

log = structlog.get_logger(__name__)


class Upkeep:
    """The rounds of a worker process that serves the queue "egress"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "egress" in queues
        self._times = Timetable()

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Send what is due."""
        if self._serves and self._times.due("sweep", SWEEP_SECONDS):
            services.due_send()

    def stop(self) -> None:
        """A round is short."""

    def leave(self) -> None:
        """Nothing is held."""
