"""What a worker does for the search beside jobs: new names whose job was lost, and words that nobody uses any more."""

import structlog
from django.db import connection

from showpiece.catalog.reindex_jobs import reindex
from showpiece.catalog.search import words_forget
from showpiece.catalog.services import reindexing
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

LOST_SECONDS = 5.0
WORDS_FIRST_SECONDS, WORDS_SECONDS = 900.0, 86_400.0


class Upkeep:
    """The rounds of a worker process that keeps the search up."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = reindex.queue_name in queues
        self._indexing = Beside(self._index, "search")
        self._times = Timetable(words=WORDS_FIRST_SECONDS)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due, beside the round: a creator may have any number of projects."""
        if self._serves and self._times.due("lost", LOST_SECONDS):
            self._indexing.begin()

    def _index(self) -> None:
        try:
            reindexing.lost_reindexes_do()
            if self._times.due("words", WORDS_SECONDS):
                words_forget()
        except Exception:
            log.exception("search not brought up, comes again")
        finally:
            connection.close()

    def stop(self) -> None:
        """Every step may be cut off."""

    def leave(self) -> None:
        """Nothing is held."""
