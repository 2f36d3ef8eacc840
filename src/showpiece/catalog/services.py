"""Writing the catalogue."""

from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from showpiece.accounts import selectors as accounts
from showpiece.catalog.models import Category, Creator, Project, ProjectPicture
from showpiece_predictors import media

M = TypeVar("M", bound=Model)

# By field: widths in pixels.
SIZES = {"thumb": 400, "small": 640, "large": 1280}


def category_create(**fields: Any) -> Category:
    """A new category. `ValidationError` on a bad field."""
    return _create(Category, fields)


def creator_create(**fields: Any) -> Creator:
    """A new creator page of `user`. `ValidationError` on a bad field, as a second page of one user.

    A page and a person of one name would have one address, so it may not be the username of somebody else.
    """
    if accounts.username_is_taken(fields["slug"], but=fields["user"]):
        raise ValidationError({"slug": _("This is the username of somebody else.")})
    return _create(Creator, fields)


def project_create(**fields: Any) -> Project:
    """A new project. `ValidationError` on a bad field."""
    return _create(Project, fields)


def _create(model: type[M], fields: dict[str, Any]) -> M:
    row = model(**fields)
    row.full_clean()
    row.save()
    return row


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
