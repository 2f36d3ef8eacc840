"""What is paid again every month."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE
from showpiece.payments.models.payments import currency_field


class Subscription(models.Model):
    """An agreement at a provider to take the same amount every month, until somebody ends it.

    This room knows of its subject only kind and id; who receives registers for the kind (`subjects.py`). Each month
    that is paid is a `Payment` of its own.
    """

    class Status(models.TextChoices):
        # Nobody has agreed at the provider yet.
        PENDING = "pending", pgettext_lazy("subscription", "being set up")
        ACTIVE = "active", pgettext_lazy("subscription", "active")
        # A month could not be paid; the provider tries again.
        PAST_DUE = "past_due", pgettext_lazy("subscription", "payment failed")
        ENDED = "ended", pgettext_lazy("subscription", "ended")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(_("paid for"), max_length=20)
    subject_id = models.UUIDField(_("id of what was paid for"))
    provider = models.SlugField(_("provider"), max_length=20)
    # Made by the form: a double click, a reload or a retry agrees once.
    key = models.UUIDField(unique=True)
    # What each month is to cost.
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = currency_field()
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)

    # What the provider calls the page on which somebody agrees, and what came of it.
    external_session = models.CharField(
        _("provider's id of the page"), max_length=255, blank=True, default="", db_default=""
    )
    external_id = models.CharField(_("provider's id"), max_length=255, blank=True, default="", db_default="")
    redirect_url = models.CharField(max_length=2000, blank=True, default="", db_default="")
    card_ends_with = models.CharField(_("card ends with"), max_length=4, blank=True, default="", db_default="")
    # Why a month failed or it ended, for people.
    note = models.CharField(_("note"), max_length=500, blank=True, default="", db_default="")

    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    # Somebody here has ended it. The provider is told until it says so, too; what it takes later goes back.
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True, editable=False)
    # When the provider was asked for what is written here: an answer that was overtaken does not count.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The poller asks the provider at that time what has become of it; NULL: it need not.
    look_at = models.DateTimeField(null=True, blank=True, editable=False)
    looks = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, amount_minor__lte=MAX_PRICE), name="subscription_amount_in_range"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "active", "past_due", "ended"]), name="subscription_status"
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False) | ~Q(status="ended") & Q(ended_at=None),
                name="subscription_ended_has_date",
            ),
            models.UniqueConstraint(fields=["subject_kind", "subject_id"], name="subscription_of_subject"),
            models.UniqueConstraint(
                fields=["provider", "external_id"], condition=~Q(external_id=""), name="subscription_external_unique"
            ),
            models.UniqueConstraint(
                fields=["provider", "external_session"],
                condition=~Q(external_session=""),
                name="subscription_session_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["look_at"], name="subscription_to_look_at", condition=Q(look_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.status} {self.amount_minor} {self.currency}"
