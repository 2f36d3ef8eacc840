"""Photos of people: squares in the public store, cut from the middle at once and around the face by a job.

Looking for a face takes half a second and the memory of a model, so it happens in a worker, which has both. Until then,
and where there is no face, no model or no worker, the middle of the photo is shown.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.utils import timezone

from showpiece.accounts.models import PHOTO_SIZES, Profile, public_storage
from showpiece.ids import made_before, uuid7
from showpiece.pictures import image_limits
from showpiece_predictors import media
from showpiece_predictors.weights import models_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from showpiece_predictors.media import CleanImage

log = structlog.get_logger(__name__)

# The square is this many times as wide as the face, unless it would have fewer pixels than are shown.
FACE_SHARE = 2.5
# In both stores.
FOLDER = "people"
UUID_LENGTH = 36
STRAY_AFTER = timedelta(hours=1)
AT_ONCE = 200


def put(data: bytes, *, around: tuple[float, float] | None = None, side: int | None = None) -> str:
    """Cut the squares and store them; returns what `Profile.photo` is to be. A failure leaves nothing behind.

    Raises `media.MediaError` for what is no good picture.
    """
    name = f"{FOLDER}/{uuid7()}"
    squares = media.squares(data, PHOTO_SIZES, around=around, side=side, limits=image_limits())
    profile = Profile(photo=name)
    try:
        for stored, square in zip(profile.photo_names, squares, strict=True):
            public_storage().save(stored, ContentFile(square.data))
    except BaseException:
        drop(profile.photo_names)
        raise
    return name


def put_source(image: CleanImage) -> str:
    """Keep the whole photo in the private store for the job; returns its name there."""
    return default_storage.save(f"{FOLDER}/{uuid7()}{image.suffix}", ContentFile(image.data))


def put_around_face(source: str) -> str:
    """Squares around the largest face of the photo that `put_source` kept; "" if there is none to be found."""
    from showpiece_predictors.faces.largest import largest_face

    try:
        with default_storage.open(source) as file:
            data = file.read()
        face = largest_face(media.read_clean_image(data), models_directory())
        if face is None:
            return ""
        return put(data, around=face.center, side=round(max(FACE_SHARE * face.size, max(PHOTO_SIZES))))
    except Exception:
        log.exception("no face looked for", source=source)
        return ""


def drop(names: Iterable[str], *, storage: Storage | None = None) -> None:
    """Remove files, from the public store by default. One that cannot be removed holds up no other."""
    for name in names:
        if name:
            try:
                (storage or public_storage()).delete(name)
            except Exception:
                log.exception("file not removed", name=name)


def drop_source(name: str) -> None:
    drop([name], storage=default_storage)


def forget_strays() -> int:
    """Remove files that no profile names: a process died between writing them and its row, or removing them. How many.

    What was made within the last hour may still be on its way into a row.
    """
    before, removed = timezone.now() - STRAY_AFTER, 0
    for storage, field, length in ((public_storage(), "photo", UUID_LENGTH), (default_storage, "photo_source", None)):
        try:
            files = storage.listdir(FOLDER)[1]
        except FileNotFoundError:
            continue
        old = [name for name in files if made_before(name[:UUID_LENGTH], before)]
        for start in range(0, len(old), AT_ONCE):
            named = {name: f"{FOLDER}/{name[:length]}" for name in old[start : start + AT_ONCE]}
            known = set(Profile.objects.filter(**{f"{field}__in": named.values()}).values_list(field, flat=True))
            strays = [f"{FOLDER}/{name}" for name, value in named.items() if value not in known]
            drop(strays, storage=storage)
            removed += len(strays)
    return removed
