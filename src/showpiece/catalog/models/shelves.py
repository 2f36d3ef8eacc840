"""Where things stand: categories, and the pages of creators."""

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.accounts.looks import UsernameLook
from showpiece.catalog.models.base import Status, history
from showpiece.ids import uuid7
from showpiece.translations import Translated


class Category(Translated):
    """A shelf of the shop."""

    translatable = ("name", "description")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(_("slug"), max_length=50, unique=True)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=30)
    description = models.CharField(_("description"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PUBLISHED)

    history = history()

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
    # A weighted mean over the projects, in thousandths of a star, 0 for none. A job keeps it up.
    rating = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    history = history(without=("rating",))

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        indexes = [models.Index(UsernameLook("slug"), name="creator_slug_look")]

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
