"""What a worker does for orders beside jobs: ending those that nobody paid, and carts that nobody came back to."""

from datetime import timedelta

from django.utils import timezone

from showpiece.jobs.rounds import Timetable
from showpiece.orders import services

SWEEP_SECONDS, FORGET_SECONDS = 10.0, 60.0
CART_DAYS = 30


class Upkeep:
    """The rounds of a worker process that serves the queue "default"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "default" in queues
        self._times = Timetable(forget=FORGET_SECONDS)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        if not self._serves:
            return
        if self._times.due("sweep", SWEEP_SECONDS):
            services.orders_expire()
        if self._times.due("forget", FORGET_SECONDS):
            services.carts_forget(before=timezone.now() - timedelta(days=CART_DAYS))

    def stop(self) -> None:
        """A round is short."""

    def leave(self) -> None:
        """Nothing is held."""
