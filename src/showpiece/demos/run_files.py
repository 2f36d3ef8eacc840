"""The files of a run in the private store: pictures and films that we encoded, and a film as it was sent."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import shutil
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import TemporaryUploadedFile

from showpiece.demos.media_messages import video_limits
from showpiece.demos.models import Demo, Run, RunFile
from showpiece.demos.runners import local_runner
from showpiece.pictures import image_limits
from showpiece_predictors import media, media_film, media_video
from showpiece_predictors.media import CleanImage
from showpiece_predictors.media_film import CleanFilm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from showpiece_predictors.media_video import VideoInfo


@dataclass(frozen=True)
class SentFilm:
    """A film that a visitor sent, checked. Its bytes are theirs: they go to the predictor and are never handed out."""

    content: File[Any]
    info: VideoInfo
    poster: CleanImage
    sha256: str


Storable = CleanImage | CleanFilm | SentFilm


def accepted(content: File[Any], kind: str) -> Storable:
    """What is stored of a file that somebody sent, an "image" or a "video". `MediaError` if it is refused."""
    if kind == "image":
        return media.clean_image(content.read(), limits=image_limits())
    source = content.fileno() if isinstance(content, TemporaryUploadedFile) else content.read()
    info = media_video.check_video(source, limits=video_limits())
    content.seek(0)
    return SentFilm(content, info, media.encode_image(info.poster), hashlib.file_digest(content, "sha256").hexdigest())


def stored(run: Run, role: str, field: str, item: Storable) -> RunFile:
    """Put the file into the store. Its row is not saved yet. A failure leaves nothing behind."""
    row = RunFile(run=run, role=role, field=field, sha256=item.sha256)
    try:
        if isinstance(item, CleanImage):
            _put_image(row, item)
        elif isinstance(item, CleanFilm):
            _put_film(row, item)
        else:
            _put_sent_film(row, item)
    except BaseException:
        discard([row])
        raise
    return row


def _put_image(row: RunFile, image: CleanImage) -> None:
    row.content_type, row.size = image.content_type, len(image.data)
    row.width, row.height = image.width, image.height
    row.file.save(image.suffix, ContentFile(image.data), save=False)


def _put_film(row: RunFile, film: CleanFilm) -> None:
    row.content_type, row.size = film.content_type, film.size
    row.width, row.height, row.seconds = film.width, film.height, film.duration
    _put_poster(row, film.poster)
    with film.path.open("rb") as content:
        row.file.save(film.suffix, File(content), save=False)


def _put_sent_film(row: RunFile, film: SentFilm) -> None:
    row.content_type, row.size = film.info.content_type, film.content.size
    row.width, row.height, row.seconds = film.info.width, film.info.height, film.info.duration
    _put_poster(row, film.poster)
    film.content.seek(0)
    row.file.save("", film.content, save=False)


def _put_poster(row: RunFile, poster: CleanImage) -> None:
    row.poster.save(poster.suffix, ContentFile(poster.data), save=False)


def put_sample(demo: Demo, sample: Path | bytes, *, ours: bool = False) -> None:
    """Put a demo's sample file into the store. It is public, so it is encoded anew, but for a film that is `ours`.

    `MediaError` if it is no good picture or film, as the demo takes one or the other.
    """
    if not local_runner(demo.predictor).takes_film:
        image = media.clean_image(sample)
        demo.sample.save(image.suffix, ContentFile(image.data), save=False)
        return
    media_video.check_video(sample)
    if ours and isinstance(sample, bytes):
        demo.sample.save(media_film.SUFFIX, ContentFile(sample), save=False)
        return
    with TemporaryDirectory() as folder:
        film = media_film.encode_film(media_video.open_film(sample, checked=True), Path(folder) / "sample.webm")
        with film.path.open("rb") as content:
            demo.sample.save(film.suffix, File(content), save=False)


def discard(rows: Iterable[RunFile]) -> None:
    """Remove from the store what these rows point at."""
    for row in rows:
        for file in (row.file, row.poster):
            if file:
                file.delete(save=False)


def discard_originals(run_id: uuid.UUID | None = None) -> int:
    """Remove the films that visitors sent for runs that have ended: only what we made of them is kept. How many.

    Of one run, or of all.
    """
    ended = RunFile.objects.filter(
        role=RunFile.Role.INPUT, content_type__startswith="video/", run__completed_at__isnull=False
    )
    rows = (ended.filter(run_id=run_id) if run_id else ended).exclude(file="")
    for row in rows:
        row.file.delete(save=False)
        RunFile.objects.filter(pk=row.pk).update(file="")
    return len(rows)


@contextlib.contextmanager
def work_folder(run_id: uuid.UUID) -> Iterator[Path]:
    """A folder for what an attempt makes, and nobody else may read. What a killed attempt left there goes first."""
    discard_work(run_id)
    folder = Path(settings.WORK_ROOT) / f"{run_id}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def discard_work(run_id: uuid.UUID) -> None:
    """Remove what attempts at a run that were killed have left on this machine."""
    for folder in Path(settings.WORK_ROOT).glob(f"{run_id}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def discard_old_work(older_than: timedelta) -> int:
    """Remove work that nobody can be at any more, and films of visitors who never finished sending them. How many."""
    before = time.time() - older_than.total_seconds()
    old = [path for path in Path(settings.WORK_ROOT).glob("*") if path.lstat().st_mtime < before]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)
