"""What is shown: categories, creators and their projects."""

from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.validators import MaxLengthValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.money import price_text
from showpiece.ids import uuid7
from showpiece.translations import Translated, in_language

currency_code = RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters, as in ISO 4217."))


# What a card shows of a project, and what a list pages by: lists read this and no description of 50,000 characters.
CARD_FIELDS = (
    *("slug", "name", "summary", "translations", "price_minor", "currency", "published_at"),
    *("creator__slug", "creator__name", "demo__project_id", "demo__kind", "demo__state"),
)


class Status(models.TextChoices):
    """Where a thing stands. Archived things are listed nowhere and cannot be ordered; old orders still show them."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("published")
    ARCHIVED = "archived", _("archived")


class Category(Translated):
    """A shelf of the shop."""

    translatable = ("name", "description")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=30)
    description = models.CharField(_("description"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PUBLISHED)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [models.UniqueConstraint(Lower("name"), name="category_name_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("category", args=[self.slug])

    @property
    def shown_name(self) -> str:
        return self.in_language("name")

    @property
    def shown_description(self) -> str:
        return self.in_language("description")


class Creator(Translated):
    """A member who puts projects on display."""

    translatable = ("about",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="creator")
    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    about = models.TextField(_("about"), max_length=2000, blank=True, validators=[MaxLengthValidator(2000)])
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PUBLISHED)

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.slug])

    @property
    def shown_name(self) -> str:
        return self.name

    @property
    def shown_about(self) -> str:
        return self.in_language("about")


class Project(Translated):
    """A piece of software on display."""

    translatable = ("name", "summary", "description")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="projects", verbose_name=_("creator"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="projects", verbose_name=_("category")
    )
    slug = models.SlugField(_("slug"), max_length=100)
    name = models.CharField(_("name"), max_length=100)
    summary = models.CharField(_("summary"), max_length=160)
    # A text field's `max_length` binds forms only.
    description = models.TextField(
        _("description"), max_length=50_000, blank=True, validators=[MaxLengthValidator(50_000)]
    )
    tags = models.JSONField(_("tags"), default=list, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])])
    price_minor = models.BigIntegerField(
        _("price in minor units"), default=0, validators=[MinValueValidator(0)], help_text=_("0 is free.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[currency_code])
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(fields=["creator", "slug"], name="project_slug_unique"),
            models.CheckConstraint(condition=models.Q(price_minor__gte=0), name="project_price_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(status=Status.PUBLISHED) | models.Q(published_at__isnull=False),
                name="project_published_has_date",
            ),
        ]
        indexes = [
            # One index a list: newest first, whole, by category and by creator.
            models.Index(fields=["status", "-published_at", "-id"], name="project_newest"),
            models.Index(fields=["category", "status", "-published_at", "-id"], name="project_by_category"),
            models.Index(fields=["creator", "status", "-published_at", "-id"], name="project_by_creator"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.creator.slug, self.slug])

    @property
    def shown_name(self) -> str:
        return self.in_language("name")

    @property
    def shown_summary(self) -> str:
        return self.in_language("summary")

    @property
    def shown_description(self) -> str:
        return self.in_language("description")

    @cached_property
    def cover(self) -> "Cover | None":
        """The first picture, if there is one. The selectors join it; elsewhere it costs a query."""
        if hasattr(self, "cover_small"):
            row = tuple(getattr(self, f"cover_{name}") for name in Cover._fields)
        else:
            row = self.pictures.filter(position=0).values_list(*Cover._fields).first() or (None,) * len(Cover._fields)
        return None if row[-1] is None else Cover(*row)

    @property
    def card_key(self) -> str:
        """All that a card may show, as one text: a rendered card is kept under it, and so cannot be out of date."""
        return repr((self.pk, self.cover, *(_value(self, path) for path in CARD_FIELDS)))

    @property
    def price_text(self) -> str:
        """The price as the reader's language writes it, "free" for nothing."""
        return price_text(self.price_minor, self.currency)


def _value(row: Any, path: str) -> Any:
    """What lies at the end of a path of fields, nothing if a row on the way is missing."""
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


def public_storage() -> Storage:
    return storages["public"]


def picture_path(picture: "ProjectPicture", filename: str) -> str:
    """A name that tells nothing: the client's name is never used."""
    return f"projects/{picture.project_id}/{uuid7()}{filename}"


class ProjectPicture(Translated):
    """A picture of a project in three sizes, all encoded by us. The first one is the cover."""

    translatable = ("alt",)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="pictures")
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
