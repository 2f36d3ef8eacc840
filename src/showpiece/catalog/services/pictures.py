"""The gallery of a project: pictures in every size, encoded by us, in an order of their own. The first is the cover."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Value, When
from django.utils.translation import gettext as _

from showpiece.catalog.locks import locked_project
from showpiece.catalog.models import Project, ProjectPicture
from showpiece.catalog.services.media_files import SIZES, drop, files_of_picture
from showpiece.pictures import image_limits
from showpiece_predictors import media
from showpiece_predictors.media import CleanImage

MAX_PICTURES = 12
# Above every place: those that are being given new places stand there meanwhile.
ASIDE = 1000


def picture_add(*, project: Project, source: Path | bytes, alt: str, translations: dict[str, Any]) -> ProjectPicture:
    """Add a picture behind the others, in every size.

    Raises `media.MediaError` for what is no good image, `ValidationError` for a bad text or a full gallery.
    """
    picture = new_picture(project, alt, translations)
    with stored(picture, renditions(source)):
        append(picture)
    return picture


def picture_change(
    *, picture: ProjectPicture, alt: str, translations: dict[str, Any], source: Path | bytes | None = None
) -> None:
    """Change the text of a picture, and the picture itself if there is a `source`. It keeps its place.

    Raises as `picture_add` does, and `ProjectPicture.DoesNotExist` if somebody has removed it meanwhile.
    """
    images = renditions(source) if source is not None else []
    with transaction.atomic():
        locked_project(picture.project_id)
        current = ProjectPicture.objects.get(pk=picture.pk)
        current.alt, current.translations = alt, translations
        if not images:
            current.full_clean()
            current.save()
            return
        old = [type(file)(file.instance, file.field, file.name) for file in files_of_picture(current)]
        with stored(current, images):
            current.full_clean()
            current.save()
        transaction.on_commit(partial(drop, old))


@transaction.atomic
def picture_move(*, picture: ProjectPicture, by: int) -> int:
    """Move a picture `by` places, forwards with a negative number, as far as there are places. Returns its place."""
    order = _order(picture.project_id)
    place = min(max(0, order.index(picture.pk) + by), len(order) - 1) if picture.pk in order else 0
    if picture.pk in order:
        order.remove(picture.pk)
        order.insert(place, picture.pk)
        _set_order(picture.project_id, order)
    return place


@transaction.atomic
def pictures_arrange(*, project: Project, order: Sequence[uuid.UUID]) -> None:
    """Put the pictures into that order. Those that it does not name come behind; others that it names do not matter."""
    known = _order(project.pk)
    wanted = [pk for pk in dict.fromkeys(order) if pk in known]
    _set_order(project.pk, wanted + [pk for pk in known if pk not in wanted])


@transaction.atomic
def picture_remove(*, picture: ProjectPicture) -> None:
    """Remove a picture, or a film, with its files. Twice is no fault."""
    order = _order(picture.project_id)
    current = ProjectPicture.objects.filter(pk=picture.pk).select_related("video").first()
    if current is None:
        return
    files = files_of_picture(current)
    current.delete()
    order.remove(picture.pk)
    _set_order(picture.project_id, order)
    transaction.on_commit(partial(drop, files))


def new_picture(project: Project, alt: str, translations: dict[str, Any]) -> ProjectPicture:
    """A row whose texts are good, not saved. What is refused for its text, or for want of a place, is not opened."""
    picture = ProjectPicture(project=project, alt=alt, translations=translations)
    picture.clean_fields(exclude=[*SIZES, *(f"{size}_{side}" for size in SIZES for side in ("width", "height"))])
    picture.clean()
    _check_place(project.pk)
    return picture


def renditions(source: Path | bytes) -> list[CleanImage]:
    """The picture in every size. Raises `media.MediaError`."""
    return media.thumbnails(source, list(SIZES.values()), limits=image_limits())


@contextmanager
def stored(picture: ProjectPicture, images: list[CleanImage]) -> Iterator[None]:
    """Store the files of a row that is saved inside the block. If that fails, they go."""
    new = []
    try:
        for field, image in zip(SIZES, images, strict=True):
            getattr(picture, field).save(image.suffix, ContentFile(image.data), save=False)
            new.append(getattr(picture, field))
        yield
    except BaseException:
        drop(new)
        raise


@transaction.atomic
def append(picture: ProjectPicture) -> None:
    """Save the row behind the others."""
    locked_project(picture.project_id)
    picture.position = _check_place(picture.project_id)
    picture.full_clean()
    picture.save(force_insert=True)


def _check_place(project_id: uuid.UUID) -> int:
    """The next place."""
    taken = ProjectPicture.objects.filter(project_id=project_id).count()
    if taken >= MAX_PICTURES:
        text = _("The gallery is full: %(count)s pictures and films are the limit.")
        raise ValidationError({"file": text % {"count": MAX_PICTURES}})
    return taken


def _order(project_id: uuid.UUID) -> list[uuid.UUID]:
    """The pictures in their order, which nobody else changes within this transaction."""
    locked_project(project_id)
    return list(ProjectPicture.objects.filter(project_id=project_id).order_by("position").values_list("pk", flat=True))


def _set_order(project_id: uuid.UUID, order: list[uuid.UUID]) -> None:
    """In two steps: a place may be taken by one alone, and that is checked row by row."""
    pictures = ProjectPicture.objects.filter(project_id=project_id)
    pictures.update(position=F("position") + ASIDE)
    places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(order)]
    if places:
        pictures.update(position=Case(*places, output_field=PositiveSmallIntegerField()))
