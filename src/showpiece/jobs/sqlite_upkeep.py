"""What a worker does for SQLite: telling its planner how many rows there are, and how many of them are alike.

Without statistics it takes an index of three values for as good as a key. PostgreSQL looks after its own.
"""

import structlog
from django.db import connection, transaction

from showpiece.config.tasks import QUEUES
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

# Soon after the start, and then often enough for a shop that is being filled: it takes a fraction of a second.
FIRST_SECONDS, RENEW_SECONDS = 60.0, 3600.0
# Rows of an index that are looked at: SQLite's own advice.
LOOKED_AT = 400


def statistics_renew() -> None:
    """Make the statistics anew. Nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
        # Connections that stay open hear of new tables, and not of new rows in one.
        cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
        cursor.execute("ANALYZE")


class Upkeep:
    """The rounds of a worker process: of several that serve the first queue each does it."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = QUEUES[0] in queues and connection.vendor == "sqlite"
        self._renewing = Beside(self._renew, "statistics")
        self._times = Timetable(renew=FIRST_SECONDS)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due, beside the round: the database may be locked for a while."""
        if self._serves and self._times.due("renew", RENEW_SECONDS):
            self._renewing.begin()

    def _renew(self) -> None:
        try:
            statistics_renew()
        except Exception:
            log.exception("statistics not renewed, come again")
        finally:
            connection.close()

    def stop(self) -> None:
        """It is a transaction, which may be cut off."""

    def leave(self) -> None:
        """Nothing is held."""
