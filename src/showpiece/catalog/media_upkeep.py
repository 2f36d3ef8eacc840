"""What a worker does for galleries and versions beside jobs: leases, lost jobs, and files that no row names."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import structlog
from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from showpiece.catalog import video_jobs
from showpiece.catalog.models import ProjectPicture, ProjectVideo, ReleaseFile, public_storage
from showpiece.catalog.services import videos
from showpiece.catalog.services.media_files import SIZES
from showpiece.catalog.video_work import GAVE_UP, holds
from showpiece.ids import made_before
from showpiece.jobs.rounds import Beside, Timetable

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 2.0
# Every folder of every project is looked into, so seldom.
FORGET_FIRST_SECONDS, FORGET_SECONDS = 600.0, 86_400.0
AT_ONCE = 100
STRAY_AFTER = timedelta(hours=2)
UUID_LENGTH = 36


def publish_lost_videos() -> int:
    """Send again the jobs of films that nobody took, or whose worker died. Returns how many."""
    now = timezone.now()
    waiting = Q(state=ProjectVideo.State.WAITING)
    abandoned = Q(state=ProjectVideo.State.PROCESSING, lease_until__lte=now)
    sent = 0
    due = ProjectVideo.objects.filter(waiting | abandoned, publish_after__lte=now).order_by("publish_after")
    for video in due[:AT_ONCE]:
        if videos.video_give_up(video=video, error=GAVE_UP) or not videos.video_publish_again(video=video):
            continue
        if not video_jobs.publish(video.pk):
            break  # no broker: the others would only wait for the same time-out
        videos.video_published_again(video=video)
        sent += 1
    return sent


def forget_stray_files() -> int:
    """Remove files that no row names: a process died between writing them and their row, or removing them. How many.

    What was made within the last two hours may still be on its way into a row.
    """
    return (
        _forget(public_storage(), "projects", _of_pictures)
        + _forget(default_storage, "gallery", _of_films)
        + _forget(default_storage, "releases", _of_releases)
    )


def _of_pictures(project: str) -> set[str]:
    pictures = ProjectPicture.objects.filter(project_id=project)
    films = ProjectVideo.objects.filter(picture__project_id=project)
    return {name for row in pictures.values_list(*SIZES) for name in row} | set(films.values_list("file", flat=True))


def _of_films(project: str) -> set[str]:
    return set(ProjectVideo.objects.filter(picture__project_id=project).values_list("source", flat=True))


def _of_releases(release: str) -> set[str]:
    return set(ReleaseFile.objects.filter(release_id=release).values_list("file", flat=True))


def _forget(storage: Storage, folder: str, named_by: Callable[[str], set[str]]) -> int:
    removed = 0
    for owner, names in _old_files(storage, folder):
        for name in names - named_by(owner):
            try:
                storage.delete(name)
                removed += 1
            except Exception:
                log.exception("file not removed", name=name)
    return removed


def _old_files(storage: Storage, folder: str) -> Iterator[tuple[str, set[str]]]:
    """Folders below `folder` that are named by the id of a row, and the names of old files in each."""
    now = timezone.now()
    try:
        owners = storage.listdir(folder)[0]
    except FileNotFoundError:
        return
    for owner in owners:
        if not made_before(owner, now + STRAY_AFTER):
            continue  # none of ours
        try:
            files = storage.listdir(f"{folder}/{owner}")[1]
        except FileNotFoundError:  # removed meanwhile
            continue
        old = {f"{folder}/{owner}/{name}" for name in files if made_before(name[:UUID_LENGTH], now - STRAY_AFTER)}
        if old:
            yield owner, old


def forget() -> None:
    """Remove what nothing points at."""
    try:
        forget_stray_files()
    except Exception:
        log.exception("forgetting failed, comes again")
    finally:
        connection.close()


class Upkeep:
    """The rounds of a worker process."""

    interval = 1.0

    def __init__(self, queues: list[str]) -> None:
        self._serves = video_jobs.convert_video.queue_name in queues
        self._forgetting = Beside(forget, "forget-media")
        self._times = Timetable(forget=FORGET_FIRST_SECONDS)

    def prepare(self) -> None:
        """Nothing to load."""

    def tick(self) -> None:
        """Do what is due."""
        holds.beat()
        if not self._serves:
            return
        if self._times.due("sweep", SWEEP_SECONDS):
            publish_lost_videos()
        if self._times.due("forget", FORGET_SECONDS):
            self._forgetting.begin()

    def stop(self) -> None:
        """Ask the work in progress to stop and hand itself back."""
        holds.interrupt()

    def leave(self) -> None:
        """Nothing is held any more."""
