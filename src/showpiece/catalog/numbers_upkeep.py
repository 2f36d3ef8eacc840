"""What a worker does for the numbers of the catalogue beside jobs: ratings whose job was lost, and popularity."""

import structlog
from django.db import connection

from showpiece.catalog import popularity
from showpiece.catalog.rating_jobs import count_ratings
from showpiece.catalog.services import ratings
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

COUNT_SECONDS = 5.0
POPULARITY_SECONDS = 300.0
STRAIGHTEN_SECONDS = 3600.0


class Upkeep:
    """The rounds of a worker process that counts."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = count_ratings.queue_name in queues
        self._counting = Beside(self._count, "numbers")
        self._times = Timetable(popularity=20.0, straighten=40.0)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due, beside the round: a million rows take a while."""
        if self._serves and self._times.due("count", COUNT_SECONDS):
            self._counting.begin()

    def _count(self) -> None:
        try:
            ratings.lost_ratings_count()
            if self._times.due("popularity", POPULARITY_SECONDS):
                popularity.update()
            if self._times.due("straighten", STRAIGHTEN_SECONDS):
                ratings.ratings_straighten()
        except Exception:
            log.exception("numbers not counted, comes again")
        finally:
            connection.close()

    def stop(self) -> None:
        """Every step may be cut off."""

    def leave(self) -> None:
        """Nothing is held."""
