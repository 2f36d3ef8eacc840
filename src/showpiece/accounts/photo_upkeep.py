"""What a worker does for photos beside jobs: sending again those jobs that were lost."""

import time

from showpiece.accounts import photo_jobs

SWEEP_SECONDS = 60.0


class Upkeep:
    """The rounds of a worker process that cuts out photos."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = photo_jobs.center_photo.queue_name in queues
        self._next = 0.0

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        if self._serves and time.monotonic() >= self._next:
            self._next = time.monotonic() + SWEEP_SECONDS
            photo_jobs.send_lost()

    def stop(self) -> None:
        """A photo takes a second."""

    def leave(self) -> None:
        """Nothing is held."""
