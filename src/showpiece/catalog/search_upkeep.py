"""What a worker does for the search beside jobs: new names whose job was lost."""

import structlog
from django.db import connection

from showpiece.catalog.reindex_jobs import reindex
from showpiece.catalog.services import reindexing
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

LOST_SECONDS = 5.0


class Upkeep:
    """The rounds of a worker process that keeps the search up."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = reindex.queue_name in queues
        self._indexing = Beside(self._index, "search")
        self._times = Timetable()

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due, beside the round: a creator may have any number of projects."""
        if self._serves and self._times.due("lost", LOST_SECONDS):
            self._indexing.begin()

    def _index(self) -> None:
        try:
            reindexing.lost_reindexes_do()
        except Exception:
            log.exception("search not brought up, comes again")
        finally:
            connection.close()

    def stop(self) -> None:
        """Every step may be cut off."""

    def leave(self) -> None:
        """Nothing is held."""
