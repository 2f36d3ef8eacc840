"""What a worker does for orders beside jobs: ending those that nobody paid, and forgetting carts that nobody came
back to and downloads of long ago."""

import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import connection
from django.utils import timezone

from showpiece.jobs.rounds import Beside, Timetable
from showpiece.orders import services
from showpiece.orders.delivery.links import downloads_forget
from showpiece.orders.delivery.missing import missing_look_again

SWEEP_SECONDS, FORGET_SECONDS, LOOK_SECONDS = 10.0, 60.0, 600.0
CART_DAYS = 30

log = structlog.get_logger(__name__)


class Upkeep:
    """The rounds of a worker process that serves the queue "default"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = "default" in queues
        self._looking = Beside(self._look, "look-for-missing")
        self._looked: uuid.UUID | None = None
        self._times = Timetable(forget=FORGET_SECONDS, look=FORGET_SECONDS)

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
            downloads_forget(before=timezone.now() - timedelta(days=settings.DOWNLOAD_RETENTION_DAYS))
        if self._times.due("look", LOOK_SECONDS):
            self._looking.begin()

    def _look(self) -> None:
        try:
            self._looked = missing_look_again(self._looked).after
        except Exception:
            log.exception("missing files not looked for, comes again")
        finally:
            connection.close()

    def stop(self) -> None:
        """A round is short."""

    def leave(self) -> None:
        """Nothing is held."""
