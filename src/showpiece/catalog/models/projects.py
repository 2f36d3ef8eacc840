"""Projects: what is on display."""

from typing import Any

from django.conf import global_settings
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from showpiece.catalog.models.base import Status, currency_code, history
from showpiece.catalog.models.pictures import Cover
from showpiece.catalog.models.shelves import Category, Creator
from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE, offer_text, price_text
from showpiece.translations import Translated, in_language

# What a card shows of a project, and what a list pages by: lists read this and no description of 50,000 characters.
CARD_FIELDS = (
    *("slug", "name", "summary", "translations", "price_kind", "price_minor", "currency", "published_at"),
    *("sale_percent", "sale_starts_at", "sale_ends_at"),
    *("popularity", "rating", "rating_count"),
    *("creator__slug", "creator__name", "demo__project_id", "demo__kind", "demo__state"),
)
# Jobs keep these up; they say nothing of what a person changed.
DERIVED = (
    "popularity",
    "rating",
    "rating_count",
    "rating_sum",
    "updated_at",
    "revision",
    "preview_key",
    "social_image",
)


# What more takes off is no price any more.
MOST_SALE_PERCENT = 90


class PriceKind(models.TextChoices):
    """How a project is paid for."""

    FREE = "free", _("free")
    FIXED = "fixed", _("fixed price")
    OPEN = "open", _("pay what you want")


class Tag(TagBase):  # type: ignore[misc]  # no types
    """A word that people look for."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=30, unique=True)
    slug = models.SlugField(_("slug"), max_length=100, unique=True, allow_unicode=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")


class ProjectTag(ItemBase):  # type: ignore[misc]  # no types
    """A tag on a project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged")
    content_object = models.ForeignKey("Project", on_delete=models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="project_tag_unique")]
        # The newest projects with a tag.
        indexes = [models.Index(fields=["tag", "-content_object"], name="project_tag_newest")]


def new_preview_key() -> str:
    return get_random_string(32)


def _web_address(text: Any) -> models.URLField:  # type: ignore[type-arg]
    return models.URLField(text, max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])])


def _price(text: Any, **more: Any) -> models.BigIntegerField:  # type: ignore[type-arg]
    return models.BigIntegerField(text, validators=[MinValueValidator(0), MaxValueValidator(MAX_PRICE)], **more)


class Project(Translated):  # type: ignore[django-manager-missing]  # of tags, which have no types
    """A piece of software on display."""

    translatable = ("name", "summary", "description")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="projects", verbose_name=_("creator"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="projects", verbose_name=_("category")
    )
    slug = models.SlugField(_("slug"), max_length=100)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    # In one line. A draft may lack it.
    summary = models.CharField(_("summary"), max_length=160, blank=True)
    # A text field's `max_length` binds forms only.
    description = models.TextField(
        _("description"), max_length=50_000, blank=True, validators=[MaxLengthValidator(50_000)]
    )
    # Of the texts above; their translations stand beside them.
    language = models.CharField(
        _("language"), max_length=10, choices=global_settings.LANGUAGES, default="en", db_default="en"
    )
    tags = TaggableManager(verbose_name=_("tags"), through=ProjectTag, blank=True)
    url = _web_address(_("website"))
    source_url = _web_address(_("source code"))
    docs_url = _web_address(_("documentation"))
    price_kind = models.CharField(
        _("price"), max_length=5, choices=PriceKind.choices, default=PriceKind.FREE, db_default=PriceKind.FREE
    )
    # Of a fixed price all of it, of an open one the least.
    price_minor = _price(_("price in minor units"), default=0)
    # What the buyer of something with an open price is asked for.
    suggested_minor = _price(_("suggested price in minor units"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[currency_code])
    # So much less for a time: a fixed price alone. Without a beginning it has begun.
    sale_percent = models.PositiveSmallIntegerField(
        _("sale, in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_SALE_PERCENT)],
    )
    sale_starts_at = models.DateTimeField(_("sale from"), null=True, blank=True)
    sale_ends_at = models.DateTimeField(_("sale until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False, db_default=Now())
    # In the future: from then on.
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    # What staff took off the display only they put back.
    archived_by_staff = models.BooleanField(_("archived by the staff"), default=False, db_default=False)
    # Shown first on the front page, the latest before the others.
    featured_at = models.DateTimeField(_("featured"), null=True, blank=True, db_index=True)
    # Counts the changes, so that of two who edit at once the second hears of it.
    revision = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    # Part of the secret link to what is not on display; another key, and the link is void.
    preview_key = models.CharField(max_length=32, default=new_preview_key, db_default="", editable=False)

    # Kept up by jobs. `rating` is a weighted mean in thousandths of a star (see `services/ratings.py`), 0 for none;
    # `popularity` is in thousandths too (see `popularity.py`).
    popularity = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    rating = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    rating_sum = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    rating_count = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    # The picture for links to the project, by its name in the public store; it ends with a key of what it shows.
    social_image = models.CharField(max_length=200, blank=True, default="", db_default="", editable=False)

    history = history(without=DERIVED)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        constraints = [
            models.UniqueConstraint(fields=["creator", "slug"], name="project_slug_unique"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="project_price_not_negative"),
            models.CheckConstraint(
                condition=~Q(status=Status.PUBLISHED) | Q(published_at__isnull=False) & ~Q(summary=""),
                name="project_published_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(price_kind=PriceKind.FREE, price_minor=0)
                | Q(price_kind=PriceKind.FIXED, price_minor__gt=0)
                | Q(price_kind=PriceKind.OPEN),
                name="project_price_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(suggested_minor__isnull=True)
                | Q(price_kind=PriceKind.OPEN, suggested_minor__gte=F("price_minor"), suggested_minor__gt=0),
                name="project_suggestion_fits_price",
            ),
            models.CheckConstraint(
                condition=Q(sale_percent=None, sale_starts_at=None, sale_ends_at=None)
                | Q(
                    Q(sale_starts_at=None) | Q(sale_starts_at__lt=F("sale_ends_at")),
                    price_kind=PriceKind.FIXED,
                    sale_percent__isnull=False,
                    sale_percent__gte=1,
                    sale_percent__lte=MOST_SALE_PERCENT,
                    sale_ends_at__isnull=False,
                ),
                name="project_sale_fits_price",
                violation_error_message=_("A sale takes something off a fixed price, and ends after it begins."),
            ),
        ]
        indexes = [
            # One index a list: newest first, whole, by category and by creator.
            models.Index(fields=["status", "-published_at", "-id"], name="project_newest"),
            models.Index(fields=["category", "status", "-published_at", "-id"], name="project_by_category"),
            models.Index(fields=["creator", "status", "-published_at", "-id"], name="project_by_creator"),
            # … and one for each other order, whole and by category.
            models.Index(fields=["status", "-popularity", "-id"], name="project_popular"),
            models.Index(fields=["status", "-rating", "-id"], name="project_rated"),
            models.Index(fields=["status", "currency", "price_minor", "id"], name="project_priced"),
            models.Index(fields=["category", "status", "-popularity", "-id"], name="project_category_popular"),
            models.Index(fields=["category", "status", "-rating", "-id"], name="project_category_rated"),
            models.Index(
                fields=["category", "status", "currency", "price_minor", "id"], name="project_category_priced"
            ),
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

    def language_of(self, field: str) -> str:
        """The language in which `shown_…` shows a text: the reader's, or that in which it was written."""
        return (get_language() or "").partition("-")[0] if in_language(self.translations, field) else self.language

    @property
    def rating_stars(self) -> float:
        """The weighted mean in stars, 0 for none."""
        return self.rating / 1000

    @property
    def suggested_text(self) -> str:
        """What is suggested to pay, "" if nothing is."""
        return price_text(self.suggested_minor, self.currency) if self.suggested_minor else ""

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
        return repr((self.pk, self.cover, self.is_on_sale, *(_value(self, path) for path in CARD_FIELDS)))

    @property
    def price_text(self) -> str:
        """The price as the reader's language writes it: "free", "€12", "from €5", "pay what you want"."""
        return offer_text(self.price_kind, self.price_minor, self.currency)

    @property
    def is_on_sale(self) -> bool:
        """Whether it costs less now than it does otherwise."""
        if self.sale_percent is None or self.sale_ends_at is None:
            return False
        now = timezone.now()
        return self.sale_ends_at > now and (self.sale_starts_at is None or self.sale_starts_at <= now)

    @property
    def price_now_minor(self) -> int:
        """What is asked for it now: `price_minor`, or less of it. Rounded half up, and never nothing."""
        whole: int = self.price_minor
        if not self.is_on_sale or self.sale_percent is None:
            return whole
        return max((whole * (100 - self.sale_percent) + 50) // 100, 1)

    @property
    def price_now_text(self) -> str:
        """The same as the reader's language writes it."""
        return offer_text(self.price_kind, self.price_now_minor, self.currency)

    @property
    def is_free(self) -> bool:
        return self.price_kind == PriceKind.FREE

    @property
    def is_scheduled(self) -> bool:
        """Whether it will be on display from a moment on that has not come."""
        return self.status == Status.PUBLISHED and self.published_at is not None and self.published_at > timezone.now()


def _value(row: Any, path: str) -> Any:
    """What lies at the end of a path of fields, nothing if a row on the way is missing."""
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row
