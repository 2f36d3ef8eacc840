"""What changes a price: bundles, promo codes, tax."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Creator, Project, Status
from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE
from showpiece.payments.models.payments import currency_field

PROMO_CODE_MAX_LENGTH = 20
country_code = RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters, as in ISO 3166."))


class Bundle(models.Model):
    """Several projects of one creator at one price."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="bundles", verbose_name=_("creator"))
    slug = models.SlugField(_("slug"), max_length=100)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    summary = models.CharField(_("summary"), max_length=160, blank=True)
    price_minor = models.BigIntegerField(
        _("price in minor units"), validators=[MinValueValidator(1), MaxValueValidator(MAX_PRICE)]
    )
    currency = currency_field()
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    projects = models.ManyToManyField(Project, through="BundleProject", related_name="bundles")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        constraints = [
            models.UniqueConstraint(fields=["creator", "slug"], name="bundle_slug_unique"),
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="bundle_price_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("bundle", args=[self.creator.slug, self.slug])


class BundleProject(models.Model):
    """A project in a bundle."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="parts")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="bundled")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bundle", "project"], name="bundle_project_once")]
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.bundle_id}: {self.project_id}"


class PromoCode(models.Model):
    """A word that makes things cheaper. It holds for the projects and creators that are named, or else for all."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("percent off")
        AMOUNT = "amount", _("amount off")
        FREE = "free", pgettext_lazy("promo code", "free")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Kept as typed, found in whatever case.
    code = models.CharField(
        _("promo code"),
        max_length=PROMO_CODE_MAX_LENGTH,
        validators=[RegexValidator(r"\A[\w.-]+\Z", _("Letters, digits, dots, dashes and underscores."))],
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    percent = models.PositiveSmallIntegerField(
        _("percent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    # Off the sum of what it holds for, at most that sum.
    amount_minor = models.BigIntegerField(
        _("amount in minor units"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_PRICE)],
    )
    currency = currency_field(blank=True, default="", db_default="")
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    max_uses = models.PositiveIntegerField(_("uses in all"), null=True, blank=True, validators=[MinValueValidator(1)])
    max_uses_each = models.PositiveIntegerField(
        _("uses a person"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    projects = models.ManyToManyField(Project, blank=True, related_name="+", verbose_name=_("for projects"))
    creators = models.ManyToManyField(Creator, blank=True, related_name="+", verbose_name=_("for creators"))
    # Whose it is: a creator's own holds for their projects only. NULL: the shop's.
    creator = models.ForeignKey(
        Creator, null=True, blank=True, on_delete=models.CASCADE, related_name="promo_codes", verbose_name=_("creator")
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("promo code")
        verbose_name_plural = _("promo codes")
        constraints = [
            models.UniqueConstraint(
                Upper("code"), name="promo_code_unique", violation_error_message=_("There is such a code already.")
            ),
            models.CheckConstraint(
                condition=Q(kind="percent", percent__gte=1, percent__lte=99, amount_minor=None)
                | Q(kind="amount", amount_minor__gt=0, percent=None) & ~Q(currency="")
                | Q(kind="free", percent=None, amount_minor=None),
                name="promo_code_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.code


def is_code(code: str) -> Q:
    """Asks for the code of this name in whatever case. SQLite knows the case of Latin letters only: so there it is also
    looked for as most people write words."""
    asked = Q(code__iexact=code)
    if connection.vendor == "sqlite" and not code.isascii():
        asked |= Q(code__in=[code.upper(), code.lower(), code.capitalize()])
    return asked


class PromoUse(models.Model):
    """An order that took a use of a code. Gone when the order is cancelled: the use is free again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.ForeignKey(PromoCode, on_delete=models.CASCADE, related_name="uses")
    order = models.OneToOneField("Order", on_delete=models.CASCADE, related_name="promo_use")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # In small letters: a person is an account or an address.
    email = models.CharField(max_length=254)
    used_at = models.DateTimeField(_("used"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("use of a promo code")
        verbose_name_plural = _("uses of promo codes")
        indexes = [models.Index(fields=["code", "email"], name="promo_use_by_person")]

    def __str__(self) -> str:
        return f"{self.code_id} {self.order_id}"


class TaxRate(models.Model):
    """What the operator has to add for buyers of a country, or what their prices hold already."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    country = models.CharField(_("country"), max_length=2, unique=True, validators=[country_code])
    name = models.CharField(_("name of the tax"), max_length=20, default="VAT")
    percent = models.DecimalField(
        _("percent"), max_digits=6, decimal_places=3, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    included = models.BooleanField(_("prices include it"), default=True)

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="tax_percent_in_range")
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.percent} %"
