"""Encoding a film of a gallery, in a worker."""

import shutil
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from django.conf import settings
from django.utils.translation import gettext_noop

from showpiece.catalog.models import ProjectVideo
from showpiece.catalog.services import videos
from showpiece.jobs.process import WORKER_ID
from showpiece_predictors import PredictorError, media_film, media_video
from showpiece_predictors.media import MediaError

log = structlog.get_logger(__name__)

# Written to the row in English and translated when shown.
INTERNAL = gettext_noop("Something went wrong on our side. Please remove this film and send it again.")
UNREADABLE = gettext_noop("This film could not be read to its end. Please save it anew and send it again.")
TOO_LONG = gettext_noop("The work took too long and was stopped. Please send a shorter or smaller film.")
GAVE_UP = gettext_noop("The work was interrupted several times. Please remove this film and send it again.")

# What is shown is at most so large and so fast.
SHORTER_SIDE, LONGER_SIDE, RATE = 720, 1280, 30.0
REPORT_SECONDS, RENEW_SECONDS = 1.0, 5.0


class Interrupted(Exception):  # noqa: N818
    """The work has to stop: the worker does, or the film is no longer this attempt's."""


class Overdue(Exception):  # noqa: N818
    """The work takes too long."""


class Hold:
    """This process's hold on one attempt at a film."""

    def __init__(self, video: ProjectVideo) -> None:
        self.video = video
        self.began = self.renewed = self.reported = time.monotonic()
        self.stop: Exception | None = None

    def check(self) -> None:
        """Raise what the work should stop with."""
        if self.stop is not None:
            raise self.stop

    def report(self, fraction: float, stage: str) -> None:
        """For the encoder, at each picture."""
        self.check()
        if time.monotonic() - self.reported >= REPORT_SECONDS:
            self.reported = time.monotonic()
            videos.video_report(video=self.video, progress=fraction)


class Holds:
    """All holds of this process, renewed by the worker's rounds: encoding one picture may take longer than a lease."""

    def __init__(self) -> None:
        self._held: dict[uuid.UUID, Hold] = {}
        self._ending = False
        self._lock = threading.Lock()

    @contextmanager
    def hold(self, video: ProjectVideo) -> Iterator[Hold]:
        """Keep the lease alive inside the block. `beat` has to be called about once a second meanwhile."""
        hold = Hold(video)
        with self._lock:
            self._held[video.pk] = hold
            if self._ending:
                hold.stop = Interrupted()
        try:
            yield hold
        finally:
            with self._lock:
                self._held.pop(video.pk, None)

    def interrupt(self) -> None:
        """Ask all work to stop, also what is about to begin."""
        with self._lock:
            self._ending = True
            for hold in self._held.values():
                hold.stop = hold.stop or Interrupted()

    def beat(self) -> None:
        """Renew what is due."""
        with self._lock:
            held = list(self._held.values())
        now = time.monotonic()
        for hold in held:
            if now - hold.began > settings.RUN_MAX_SECONDS:
                hold.stop = hold.stop or Overdue()
            if now - hold.renewed >= min(RENEW_SECONDS, settings.RUN_LEASE_SECONDS / 3):
                hold.renewed = now
                if not videos.video_alive(video=hold.video):
                    hold.stop = hold.stop or Interrupted()


holds = Holds()


def convert(video_id: uuid.UUID) -> None:
    """Take the film, encode it, write down how it ended. Returns at once when it is taken, ended or gone."""
    video = videos.video_claim(video_id=video_id, worker=WORKER_ID)
    if video is None:
        return
    with holds.hold(video) as hold:
        try:
            _convert(hold)
        except Interrupted:
            videos.video_release(video=video)  # does nothing if another one has it
        except Overdue:
            videos.video_fail(video=video, error=TOO_LONG)
        except (MediaError, PredictorError) as error:
            log.warning("film not read", video=str(video.pk), why=str(error))
            videos.video_fail(video=video, error=UNREADABLE)
        except Exception:
            log.exception("film not converted", video=str(video.pk))
            videos.video_fail(video=video, error=INTERNAL)


def _convert(hold: Hold) -> None:
    # What a killed worker left there goes after a while, with other work.
    with tempfile.TemporaryDirectory(prefix="gallery-", dir=settings.WORK_ROOT) as name:
        folder = Path(name)
        source = _local(hold.video, folder)
        with media_video.open_film(source, checked=True, limits=videos.gallery_video_limits()) as film:
            made = media_film.encode_film(
                film,
                folder / "film.webm",
                progress=hold.report,
                rate=RATE,
                longer_side=_longer_side(film.width, film.height),
            )
        hold.check()
        videos.video_succeed(video=hold.video, film=made)


def _local(video: ProjectVideo, folder: Path) -> Path:
    """The film as a file on this machine."""
    try:
        return Path(video.source.path)
    except NotImplementedError:  # a store that is not a folder
        with video.source.open("rb") as file, (folder / "source").open("wb") as target:
            shutil.copyfileobj(file, target)
        return folder / "source"


def _longer_side(width: int, height: int) -> int:
    """What the longer side becomes, so that the film fits."""
    scale = min(1.0, SHORTER_SIDE / min(width, height), LONGER_SIDE / max(width, height))
    return max(1, round(max(width, height) * scale))
