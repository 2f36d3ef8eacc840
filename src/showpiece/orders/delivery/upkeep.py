"""What a worker does for license keys and mails about versions beside jobs: it goes on where a job was lost."""

import structlog
from django.db import connection

from showpiece.jobs.rounds import Beside, Timetable
from showpiece.orders.delivery.license_jobs import issue_licenses
from showpiece.orders.delivery.licenses import missed_licenses_issue
from showpiece.orders.delivery.versions import Places, lost_notices_do

log = structlog.get_logger(__name__)

# Notices are few and have an index. Keys that are missing are looked for among all entitlements.
NOTICES_SECONDS, KEYS_SECONDS = 10.0, 600.0


class Upkeep:
    """The rounds of a worker process that serves the queue "default"."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = issue_licenses.queue_name in queues
        self._working = Beside(self._work, "delivery")
        self._times = Timetable()
        self._seen: Places = {}

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due, beside the round: there may be any number of buyers."""
        if self._serves and self._times.due("notices", NOTICES_SECONDS):
            self._working.begin()

    def _work(self) -> None:
        try:
            self._seen = lost_notices_do(self._seen)
            if self._times.due("keys", KEYS_SECONDS):
                missed_licenses_issue()
        except Exception:
            log.exception("what was lost of deliveries comes again")
        finally:
            connection.close()

    def stop(self) -> None:
        """Every step may be cut off."""

    def leave(self) -> None:
        """Nothing is held."""
