"""Attempts to pay for something, what was given back, and what was disputed."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE, amount_with_currency

currency_code = RegexValidator(r"\A[A-Z]{3}\Z", _("Three capital letters, as in ISO 4217."))


def currency_field(**more: Any) -> models.CharField:  # type: ignore[type-arg]
    return models.CharField(_("currency"), max_length=3, validators=[currency_code], **more)


class Payment(models.Model):
    """One attempt to pay for a subject: an order, or a donation.

    This room knows of the subject only its kind and id; who sells or receives registers for the kind (`subjects.py`).
    """

    class Status(models.TextChoices):
        PENDING = "pending", pgettext_lazy("payment", "pending")
        CONFIRMED = "confirmed", pgettext_lazy("payment", "confirmed")
        FAILED = "failed", pgettext_lazy("payment", "failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(_("paid for"), max_length=20)
    subject_id = models.UUIDField(_("id of what was paid for"))
    provider = models.SlugField(_("provider"), max_length=20)
    # Made by the form, and passed on to the provider: a double click, a reload or a retry pays once.
    key = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = currency_field()
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)
    # Part of the amount that went back; kept up with the refunds, under the payment's lock.
    refunded_minor = models.BigIntegerField(_("refunded in minor units"), default=0, db_default=0)

    # It came for something that was paid already, or cancelled: it goes back.
    surplus = models.BooleanField(_("paid without need"), default=False, db_default=False)

    # What is paid every month; this is one of its months.
    subscription = models.ForeignKey(
        "payments.Subscription",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("subscription"),
    )

    # What the provider calls it: what the visitor is sent to, or a month's invoice; and what moved the money.
    external_id = models.CharField(_("provider's id"), max_length=255, blank=True, default="", db_default="")
    external_charge = models.CharField(
        _("provider's id of the charge"), max_length=255, blank=True, default="", db_default=""
    )
    redirect_url = models.CharField(max_length=2000, blank=True, default="", db_default="")
    card_ends_with = models.CharField(_("card ends with"), max_length=4, blank=True, default="", db_default="")
    # The buyer has done their part and the money takes its time; and they were told if it did not come.
    waited_at = models.DateTimeField(null=True, blank=True, editable=False)
    failure_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why it failed, or what is wrong with it, for people.
    note = models.CharField(_("note"), max_length=500, blank=True, default="", db_default="")

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True, editable=False)
    # The poller asks the provider at that time what has become of it; NULL: it need not.
    look_at = models.DateTimeField(null=True, blank=True, editable=False)
    looks = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_minor__lte=MAX_PRICE * 1000), name="payment_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, refunded_minor__lte=F("amount_minor")),
                name="payment_refunded_at_most_paid",
            ),
            models.CheckConstraint(condition=Q(status__in=["pending", "confirmed", "failed"]), name="payment_status"),
            models.CheckConstraint(
                condition=Q(status="confirmed", paid_at__isnull=False) | ~Q(status="confirmed") & Q(paid_at=None),
                name="payment_paid_when_confirmed",
            ),
            models.UniqueConstraint(
                fields=["provider", "external_id"], condition=~Q(external_id=""), name="payment_external_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="payment_of_subject"),
            models.Index(fields=["look_at"], name="payment_to_look_at", condition=Q(look_at__isnull=False)),
            models.Index(fields=["provider", "external_charge"], name="payment_by_charge"),
            # What staff filter for, and is seldom.
            models.Index(fields=["-id"], name="payment_pending", condition=Q(status="pending")),
            models.Index(fields=["-id"], name="payment_surplus", condition=Q(surplus=True)),
            models.Index(fields=["-created_at"], name="payment_by_date"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}, {amount_with_currency(self.amount_minor, self.currency)}"

    @property
    def left_minor(self) -> int:
        """What of it was not given back."""
        return self.amount_minor - self.refunded_minor if self.status == self.Status.CONFIRMED else 0

    @property
    def is_refunded(self) -> bool:
        """Whether all of it was given back."""
        return bool(self.amount_minor) and self.refunded_minor == self.amount_minor


class Refund(models.Model):
    """Money that goes back. It counts when the provider has confirmed it."""

    class Status(models.TextChoices):
        PENDING = "pending", pgettext_lazy("refund", "pending")
        CONFIRMED = "confirmed", pgettext_lazy("refund", "confirmed")
        FAILED = "failed", pgettext_lazy("refund", "failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    # Of the form, or made of the provider's name for it: one press, one refund.
    key = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    # Which parts of the subject it is for, in its own words: `{line id: minor units}`. Empty: in proportion.
    parts = models.JSONField(_("by line"), default=dict, blank=True)
    # Whether what was paid for is taken back with it. NULL: nobody has said, it was begun on the provider's side.
    revokes = models.BooleanField(_("what was bought is taken back"), null=True, blank=True)
    external_id = models.CharField(_("provider's id"), max_length=255, blank=True, default="", db_default="")
    # Nobody gave it back: the payer's bank took it, when the shop had lost this.
    dispute = models.OneToOneField(
        "payments.Dispute",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="refund",
        verbose_name=_("dispute"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True, default="", db_default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    # A bank sent it back after it was confirmed: staff find the buyer another way.
    came_back_at = models.DateTimeField(_("came back"), null=True, blank=True, editable=False)
    look_at = models.DateTimeField(null=True, blank=True, editable=False)
    looks = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
            models.CheckConstraint(condition=Q(status__in=["pending", "confirmed", "failed"]), name="refund_status"),
            models.UniqueConstraint(
                fields=["payment", "external_id"], condition=~Q(external_id=""), name="refund_external_unique"
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="refund_to_look_at", condition=Q(look_at__isnull=False)),
            models.Index(fields=["-id"], name="refund_came_back", condition=Q(came_back_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.payment_id} -{self.amount_minor} {self.status}"


class Dispute(models.Model):
    """A buyer has asked their bank for the money back. Recorded, and told to the staff; it is settled elsewhere. One
    that is lost is a refund, too."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("dispute", "open")
        WON = "won", pgettext_lazy("dispute", "won")
        LOST = "lost", pgettext_lazy("dispute", "lost")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment"))
    external_id = models.CharField(_("provider's id"), max_length=255)
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.OPEN)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.UniqueConstraint(fields=["payment", "external_id"], name="dispute_external_unique"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} {self.status}"
