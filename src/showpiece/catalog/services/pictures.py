"""Pictures of projects: in every size, encoded by us."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db.models import Max

from showpiece.catalog.models import Project, ProjectPicture, public_storage
from showpiece_predictors import media

# By field: widths in pixels.
SIZES = {"thumb": 400, "small": 640, "large": 1280}


def picture_add(*, project: Project, source: Path | bytes, alt: str, translations: dict[str, Any]) -> ProjectPicture:
    """Add a picture behind the others, in every size. Raises `media.MediaError` for what is no good image."""
    last = project.pictures.aggregate(last=Max("position"))["last"]
    position = 0 if last is None else last + 1
    picture = ProjectPicture(project=project, position=position, alt=alt, translations=translations)
    renditions = media.thumbnails(source, list(SIZES.values()))
    try:
        for field, rendition in zip(SIZES, renditions, strict=True):
            getattr(picture, field).save(rendition.suffix, ContentFile(rendition.data), save=False)
        picture.full_clean()
        picture.save()
    except BaseException:
        for field in SIZES:
            getattr(picture, field).delete(save=False)
        raise
    return picture


def picture_files_drop(pictures: Iterable[ProjectPicture]) -> None:
    """Delete the files of rows that are gone."""
    for picture in pictures:
        for field in SIZES:
            getattr(picture, field).delete(save=False)


def file_names_drop(names: Iterable[str]) -> None:
    """Delete files of the public store, by name; "" for none."""
    for name in filter(None, names):
        public_storage().delete(name)
