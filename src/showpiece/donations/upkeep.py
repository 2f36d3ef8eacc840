"""What a worker does for donations beside jobs: ending those that nobody paid."""

from showpiece.donations import services
from showpiece.jobs.rounds import Timetable

SWEEP_SECONDS = 10.0


class Upkeep:
    """The rounds of a worker process that serves the queue "default"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "default" in queues
        self._times = Timetable()

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        if self._serves and self._times.due("sweep", SWEEP_SECONDS):
            services.donations_expire()

    def stop(self) -> None:
        """A round is short."""

    def leave(self) -> None:
        """Nothing is held."""
