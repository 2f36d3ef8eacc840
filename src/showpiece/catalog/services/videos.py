"""Films of a gallery: taken as they are sent, and encoded anew by a worker.

Every move is one conditional UPDATE, so that workers, a sweeper and the creator may race: one wins.
"""

import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from showpiece.catalog.models import Project, ProjectPicture, ProjectVideo
from showpiece.catalog.services.media_files import drop, put
from showpiece.catalog.services.pictures import append, new_picture, picture_add, renditions, stored
from showpiece.catalog.video_jobs import enqueue, publish
from showpiece_predictors import media, media_video
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_film import CleanFilm
from showpiece_predictors.media_sniff import CONTAINERS, sniff_film
from showpiece_predictors.media_video import VideoLimits

State = ProjectVideo.State
# How long the sweeper leaves a job that was sent alone; doubled at each repetition.
PUBLISH_PATIENCE = timedelta(seconds=10)
# Films that are none of ours, but films: what is said about them should not speak of pictures.
OTHER_FILMS = {"AVI", "FLV", "MPEG", "Ogg", "WMV"}
HEAD_BYTES = 1024


def gallery_video_limits() -> VideoLimits:
    """What a film of a gallery may cost. Two minutes in 4K take a core about four to decode."""
    return VideoLimits(
        max_bytes=settings.GALLERY_VIDEO_MAX_BYTES,
        max_seconds=settings.GALLERY_VIDEO_MAX_SECONDS,
        min_seconds=1.0,
        min_frames=5,
        max_frames=32_000,
        stream_seconds=600.0,
    )


def is_film(content: File[Any]) -> bool:
    """Whether the first bytes are those of a film, whatever the name says."""
    content.seek(0)
    kind = sniff_film(content.read(HEAD_BYTES))
    content.seek(0)
    return kind in CONTAINERS or kind in OTHER_FILMS


def gallery_add(*, project: Project, content: File[Any], alt: str, translations: dict[str, Any]) -> ProjectPicture:
    """Add what somebody sent, a picture or a film, behind the others. Raises as `picture_add` does."""
    if is_film(content):
        return video_add(project=project, content=content, alt=alt, translations=translations)
    if content.size > settings.IMAGE_MAX_BYTES:
        raise MediaError("too_large", max_megabytes=settings.IMAGE_MAX_BYTES / 2**20)
    return picture_add(project=project, source=source_of(content), alt=alt, translations=translations)


def source_of(content: File[Any]) -> Path | bytes:
    """What somebody sent, as `media` takes it: a large one is not read into memory here."""
    if isinstance(content, TemporaryUploadedFile):
        return Path(content.temporary_file_path())
    content.seek(0)
    data: bytes = content.read()
    return data


def video_add(*, project: Project, content: File[Any], alt: str, translations: dict[str, Any]) -> ProjectPicture:
    """Take a film that was checked, with its poster in its place, and have it encoded. Raises as `picture_add` does."""
    picture = new_picture(project, alt, translations)
    info = media_video.check_video(source_of(content), limits=gallery_video_limits())
    now = timezone.now()
    video = ProjectVideo(picture=picture, seconds=info.duration, created_at=now, publish_after=now + PUBLISH_PATIENCE)
    content.seek(0)
    try:
        put(video.source, content)
        with stored(picture, renditions(media.encode_image(info.poster).data)), transaction.atomic():
            append(picture)
            video.picture = picture
            video.save(force_insert=True)
            _send(video)
    except BaseException:
        drop([video.source])
        raise
    return picture


def _send(video: ProjectVideo) -> None:
    if settings.BROKER_URL:
        transaction.on_commit(lambda: publish(video.pk))
    else:
        enqueue(video.pk)  # the queue is in this very database: both are kept, or neither


def lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def video_claim(*, video_id: uuid.UUID, worker: str) -> ProjectVideo | None:
    """Take a film that nobody works on: one that waits, or whose worker's lease has run out. None if there is none."""
    now = timezone.now()
    free = Q(state=State.WAITING) | Q(state=State.PROCESSING, lease_until__lte=now)
    taken = ProjectVideo.objects.filter(free, pk=video_id, attempt__lt=settings.RUN_MAX_ATTEMPTS).update(
        state=State.PROCESSING,
        attempt=F("attempt") + 1,
        worker=worker,
        progress=0,
        lease_until=lease_end(now),
        publish_after=now,
    )
    return ProjectVideo.objects.select_related("picture").filter(pk=video_id).first() if taken else None


def _mine(video: ProjectVideo) -> QuerySet[ProjectVideo]:
    """The row as long as this attempt is the current one."""
    return ProjectVideo.objects.filter(pk=video.pk, attempt=video.attempt, state=State.PROCESSING)


def video_alive(*, video: ProjectVideo) -> bool:
    """Renew the lease. False if it is no longer this attempt's, or the film was removed."""
    return bool(_mine(video).update(lease_until=lease_end(timezone.now())))


def video_report(*, video: ProjectVideo, progress: float) -> None:
    """Show how far it is, from 0 to 1."""
    _mine(video).update(progress=min(max(progress, 0.0), 1.0))


def video_release(*, video: ProjectVideo) -> None:
    """Hand it back unfinished, because this worker shuts down: it counts as no attempt and waits for no lease."""
    now = timezone.now()
    _mine(video).update(attempt=F("attempt") - 1, lease_until=now, publish_after=now)


def video_succeed(*, video: ProjectVideo, film: CleanFilm) -> bool:
    """Show what was made of it. False, and nothing kept, if it is no longer this attempt's."""
    made = ProjectVideo(picture=video.picture)
    ended = False
    try:
        with film.path.open("rb") as content:
            put(made.file, File(content))
        ended = _end(
            _mine(video),
            video,
            State.READY,
            file=made.file.name,
            width=film.width,
            height=film.height,
            seconds=film.duration,
            size=film.size,
            progress=1,
        )
    finally:
        if not ended:
            drop([made.file])
    return ended


def video_fail(*, video: ProjectVideo, error: str) -> bool:
    """It cannot be shown; `error`, in English, says why. False if it is no longer this attempt's."""
    return _end(_mine(video), video, State.FAILED, error=error)


def video_give_up(*, video: ProjectVideo, error: str) -> bool:
    """The end of a film whose workers all died."""
    spent = ProjectVideo.objects.filter(
        state=State.PROCESSING, lease_until__lte=timezone.now(), attempt__gte=settings.RUN_MAX_ATTEMPTS
    )
    return _end(spent, video, State.FAILED, error=error)


def video_publish_again(*, video: ProjectVideo) -> bool:
    """Take on to send its job once more; `video_published_again` follows. False if another sweeper was faster."""
    before, video.publish_after = video.publish_after, timezone.now() + PUBLISH_PATIENCE
    row = ProjectVideo.objects.filter(pk=video.pk, publishes=video.publishes, publish_after=before)
    return bool(row.update(publish_after=video.publish_after))


def video_published_again(*, video: ProjectVideo) -> None:
    """It was sent, and is given twice the time to be taken, unless it has been already."""
    patience = PUBLISH_PATIENCE * 2 ** min(video.publishes, 6)
    row = ProjectVideo.objects.filter(pk=video.pk, publishes=video.publishes, publish_after=video.publish_after)
    row.update(publishes=min(video.publishes + 1, 100), publish_after=timezone.now() + patience)


def _end(rows: QuerySet[ProjectVideo], video: ProjectVideo, state: str, **fields: Any) -> bool:
    """The one place where the work on a film ends: what was sent goes with it."""
    ended = rows.filter(pk=video.pk).update(state=state, lease_until=None, source="", **fields)
    if ended:
        drop([video.source])
    return bool(ended)
