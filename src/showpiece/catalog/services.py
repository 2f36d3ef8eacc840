"""Writing the catalogue."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max, Model
from django.utils.translation import gettext as _

from showpiece.accounts import selectors as accounts
from showpiece.accounts.locks import lock_address
from showpiece.accounts.privacy import services as privacy
from showpiece.catalog.models import Category, Creator, Project, ProjectPicture, Status
from showpiece.catalog.selectors import is_creator_address
from showpiece_predictors import media

M = TypeVar("M", bound=Model)

# By field: widths in pixels.
SIZES = {"thumb": 400, "small": 640, "large": 1280}


def category_create(**fields: Any) -> Category:
    """A new category. `ValidationError` on a bad field."""
    return _create(Category, fields)


@transaction.atomic
def creator_create(**fields: Any) -> Creator:
    """A new creator page of `user`. `ValidationError` on a bad field, as a second page of one user.

    A page and a person of one name would have one address, so it may not be the username of somebody else.
    """
    lock_address(fields["slug"])
    if accounts.username_is_taken(fields["slug"], but=fields["user"]):
        raise ValidationError({"slug": _("This is the username of somebody else.")})
    if is_creator_address(fields["slug"], but=fields["user"]):
        raise ValidationError({"slug": _("This address is taken.")})
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


@transaction.atomic
def creator_archive(*, creator: Creator) -> None:
    """Take the page and all projects on it off the display, for good: also if its owner is leaving and comes back."""
    creator_set_status(creator=creator, status=Status.ARCHIVED)
    privacy.stay_hidden(user=creator.user, room="catalog")


def creator_set_status(*, creator: Creator, status: str) -> None:
    """Put the page into that state; its projects are on display only while it is."""
    Creator.objects.filter(pk=creator.pk).update(status=status)


def creator_erase(*, creator: Creator) -> bool:
    """Forget a creator. What was on display once may have been bought: its row stays archived, and says nothing.

    Drafts are deleted; so is the page if nothing else was on it. Returns whether it stays. May be run again.
    """
    for draft in Project.objects.filter(creator=creator, published_at=None):
        project_delete(project=draft)
    if not Project.objects.filter(creator=creator).exists():
        creator.delete()
        return False
    with transaction.atomic():
        kept = Project.objects.filter(creator=creator)
        pictures = list(ProjectPicture.objects.filter(project__in=kept))
        ProjectPicture.objects.filter(project__in=kept).delete()
        transaction.on_commit(partial(_pictures_drop, pictures))
        for project in kept:
            Project.objects.filter(pk=project.pk).update(
                status=Status.ARCHIVED, slug=f"deleted-{project.pk.hex}", name="—", **NOTHING_SAID
            )
        Creator.objects.filter(pk=creator.pk).update(
            slug=f"deleted-{creator.pk.hex}", name="", about="", translations={}, status=Status.ARCHIVED
        )
    return True


# Of a project whose creator has left.
NOTHING_SAID: dict[str, Any] = {"summary": "", "description": "", "tags": [], "url": "", "translations": {}}


def _pictures_drop(pictures: Iterable[ProjectPicture]) -> None:
    for picture in pictures:
        for field in SIZES:
            getattr(picture, field).delete(save=False)


def project_delete(*, project: Project) -> None:
    """Delete a project that nobody can have bought, with its pictures."""
    pictures = list(project.pictures.all())
    project.delete()
    _pictures_drop(pictures)
