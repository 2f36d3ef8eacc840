"""What was ordered, at the prices of then."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Creator, Project
from showpiece.ids import uuid7
from showpiece.numbering import new_number, new_secret
from showpiece.orders.models.offers import Bundle, PromoCode, country_code
from showpiece.payments.models.payments import currency_field

# The end of the address of a buyer who has gone for good.
NOBODY = "@deleted.invalid"


class Order(models.Model):
    """Its state is of buying; what was paid and given back say the payments (docs/decisions/0020)."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("order", "open")
        PAID = "paid", pgettext_lazy("order", "paid")
        CANCELLED = "cancelled", pgettext_lazy("order", "cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # For people and bank transfers. Not secret: it opens nothing.
    number = models.CharField(_("number"), max_length=9, unique=True, default=new_number, editable=False)
    # Part of the link in the mail, with which a guest sees the order.
    secret = models.CharField(max_length=40, default=new_secret, editable=False)
    # Made by the form: a double click places one order.
    key = models.UUIDField(unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="orders",
        verbose_name=_("customer"),
    )
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="en")
    country = models.CharField(_("country"), max_length=2, blank=True, default="", validators=[country_code])
    currency = currency_field()
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.OPEN)

    promo_code = models.ForeignKey(PromoCode, null=True, blank=True, on_delete=models.SET_NULL, related_name="orders")
    # As it was typed, whatever becomes of the code.
    promo_text = models.CharField(_("promo code"), max_length=20, blank=True, default="")
    # Sums over the lines. Total: what is to be paid, tax included.
    price_minor = models.BigIntegerField(_("price in minor units"), default=0)
    discount_minor = models.BigIntegerField(_("discount in minor units"), default=0)
    tax_minor = models.BigIntegerField(_("tax in minor units"), default=0)
    total_minor = models.BigIntegerField(_("total in minor units"), default=0)

    placed_at = models.DateTimeField(_("placed"), default=timezone.now, editable=False)
    # The confirmation was sent: at once if the money takes its time, else when it is there.
    confirmed_at = models.DateTimeField(_("confirmation sent"), null=True, blank=True, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    # Nobody paid in time. If the money comes yet, the order stands.
    expired = models.BooleanField(default=False, db_default=False, editable=False)
    # When an order that nobody pays is cancelled; NULL for one that is not open.
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Staff put it away; it stays where money is counted.
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    # Counts what the staff changed.
    revision = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["open", "paid", "cancelled"]), name="order_status_known"),
            models.CheckConstraint(
                condition=Q(status="paid", paid_at__isnull=False) | ~Q(status="paid") & Q(paid_at=None),
                name="order_paid_has_date",
            ),
            models.CheckConstraint(
                condition=Q(
                    price_minor__gte=0,
                    discount_minor__gte=0,
                    tax_minor__gte=0,
                    total_minor__gte=0,
                    discount_minor__lte=F("price_minor"),
                ),
                name="order_sums_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="order_of_user"),
            models.Index(fields=["email", "-id"], name="order_of_address"),
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(fields=["expires_at"], name="order_expiring", condition=Q(expires_at__isnull=False)),
            # What staff filter for, and is seldom.
            models.Index(fields=["-id"], name="order_archived", condition=Q(archived_at__isnull=False)),
            models.Index(fields=["currency", "-id"], name="order_by_currency"),
            models.Index(fields=["-placed_at"], name="order_by_date"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Where a member sees it."""
        return reverse("order", args=[self.number])

    @property
    def guest_url(self) -> str:
        """Where whoever has the link sees it."""
        return reverse("order_guest", args=[self.number, self.secret])

    @property
    def shown_url(self) -> str:
        """Where its buyer sees it."""
        return self.get_absolute_url() if self.user_id else self.guest_url


class OrderLine(models.Model):
    """One project in an order, with name, price and tax as they were."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="order_lines", verbose_name=_("project")
    )
    # Who sells it, even if the project moves to somebody else.
    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="sales", verbose_name=_("creator"))
    bundle = models.ForeignKey(Bundle, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    creator_name = models.CharField(_("name of the creator"), max_length=100)
    bundle_name = models.CharField(_("bundle"), max_length=100, blank=True, default="")
    price_minor = models.BigIntegerField(_("price in minor units"))
    discount_minor = models.BigIntegerField(_("discount in minor units"), default=0)
    tax_name = models.CharField(_("name of the tax"), max_length=20, blank=True, default="")
    tax_percent = models.DecimalField(_("tax in percent"), max_digits=6, decimal_places=3, default=0)
    tax_included = models.BooleanField(_("price includes tax"), default=True)
    tax_minor = models.BigIntegerField(_("tax in minor units"), default=0)
    # What the buyer pays for it: price less discount, and tax where it is not in the price.
    total_minor = models.BigIntegerField(_("total in minor units"))
    # The platform's part of total less tax; the rest is the creator's.
    fee_minor = models.BigIntegerField(_("platform fee in minor units"), default=0)
    # Given back of total; kept up with refunds, under the order's lock.
    refunded_minor = models.BigIntegerField(_("refunded in minor units"), default=0, db_default=0)
    # When the order was paid: what a creator's list of sales goes by. NULL: it was not.
    sold_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "project"], name="order_line_project_once"),
            models.CheckConstraint(
                condition=Q(
                    price_minor__gte=0,
                    discount_minor__gte=0,
                    discount_minor__lte=F("price_minor"),
                    tax_minor__gte=0,
                    fee_minor__gte=0,
                    refunded_minor__gte=0,
                    refunded_minor__lte=F("total_minor"),
                    fee_minor__lte=F("total_minor") - F("tax_minor"),
                ),
                name="order_line_sums_in_range",
            ),
            models.CheckConstraint(
                condition=Q(tax_included=True, total_minor=F("price_minor") - F("discount_minor"))
                | Q(tax_included=False, total_minor=F("price_minor") - F("discount_minor") + F("tax_minor")),
                name="order_line_total_adds_up",
            ),
        ]
        indexes = [
            models.Index(fields=["creator", "-sold_at", "-id"], name="line_sold_by"),
            models.Index(fields=["project", "-sold_at", "-id"], name="line_sold_of"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.name}"

    @property
    def left_minor(self) -> int:
        """What of its total was not given back."""
        return self.total_minor - self.refunded_minor

    @property
    def earned_minor(self) -> int:
        """The creator's part, before refunds."""
        return self.total_minor - self.tax_minor - self.fee_minor
