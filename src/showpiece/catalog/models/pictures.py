"""Pictures of projects."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models.base import public_storage
from showpiece.ids import uuid7
from showpiece.translations import Translated, in_language


def picture_path(picture: "ProjectPicture", filename: str) -> str:
    """A name that tells nothing: the client's name is never used."""
    return f"projects/{picture.project_id}/{uuid7()}{filename}"


class ProjectPicture(Translated):
    """A picture of a project in three sizes, all encoded by us. The first one is the cover."""

    translatable = ("alt",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey("catalog.Project", on_delete=models.CASCADE, related_name="pictures")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    alt = models.CharField(_("text instead of the picture"), max_length=200)
    thumb = models.ImageField(
        upload_to=picture_path, storage=public_storage, width_field="thumb_width", height_field="thumb_height"
    )
    thumb_width = models.PositiveIntegerField(editable=False)
    thumb_height = models.PositiveIntegerField(editable=False)
    small = models.ImageField(
        upload_to=picture_path, storage=public_storage, width_field="small_width", height_field="small_height"
    )
    small_width = models.PositiveIntegerField(editable=False)
    small_height = models.PositiveIntegerField(editable=False)
    large = models.ImageField(
        upload_to=picture_path, storage=public_storage, width_field="large_width", height_field="large_height"
    )
    large_width = models.PositiveIntegerField(editable=False)
    large_height = models.PositiveIntegerField(editable=False)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["project", "position"], name="picture_position_unique")]

    def __str__(self) -> str:
        return self.alt

    @property
    def shown_alt(self) -> str:
        return self.in_language("alt")


class Cover(NamedTuple):
    """A project's first picture, as much of it as a page shows. The sizes are names in the public store."""

    alt: str
    translations: dict[str, dict[str, str]]
    thumb: str
    small: str
    large: str

    @property
    def shown_alt(self) -> str:
        return in_language(self.translations, "alt") or self.alt

    @property
    def small_url(self) -> str:
        return public_storage().url(self.small)

    @property
    def small_srcset(self) -> str:
        """The sizes that a card can need, for an image's `srcset`."""
        return f"{public_storage().url(self.thumb)} 400w, {self.small_url} 640w"

    @property
    def srcset(self) -> str:
        """Every size, for an image's `srcset`."""
        return f"{self.small_srcset}, {public_storage().url(self.large)} 1280w"
