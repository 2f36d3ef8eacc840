"""What a worker does for pictures of links beside jobs: making those that nobody asked for, or whose job was lost."""

import uuid

import structlog
from django.db import connection

from showpiece.catalog.social_jobs import make_social_image
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

LOOK_SECONDS = 10.0


class Upkeep:
    """The rounds of a worker process that makes pictures."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = make_social_image.queue_name in queues
        self._making = Beside(self._make, "social-images")
        self._times = Timetable()
        self._before: uuid.UUID | None = None

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Look at the next projects, beside the round."""
        if self._serves and self._times.due("look", LOOK_SECONDS):
            self._making.begin()

    def _make(self) -> None:
        from showpiece.catalog.services.social import social_images_make_missing  # it loads Pillow

        try:
            self._before = social_images_make_missing(before=self._before)
        except Exception:
            log.exception("picture not made, comes again")
            self._before = None
        finally:
            connection.close()

    def stop(self) -> None:
        """A picture takes a fraction of a second."""

    def leave(self) -> None:
        """Nothing is held."""
