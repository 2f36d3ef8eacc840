"""What a worker of the queue "mail" does for people: welcoming those who were made by whatever way."""

import time

from showpiece.accounts import services

SWEEP_SECONDS = 2.0


class Upkeep:
    """The rounds of a worker process that serves the queue "mail"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "mail" in queues
        self._next = 0.0

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        if self._serves and time.monotonic() >= self._next:
            self._next = time.monotonic() + SWEEP_SECONDS
            services.users_welcome()

    def stop(self) -> None:
        """A round is short."""

    def leave(self) -> None:
        """Nothing is held."""
