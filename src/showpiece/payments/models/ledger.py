"""The ledger: double entry, so that every sum over a movement is zero, and stays so.

Signs: what an account holds for us is positive (money at a provider), what we owe is negative (a creator's share, tax,
what a buyer paid twice, our own fees as income). A creator's balance is thus the negative of the account's sum.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.ids import uuid7
from showpiece.payments.models.payments import currency_field


class Account(models.TextChoices):
    """What an entry is about."""

    PROVIDER = "provider", pgettext_lazy("ledger", "money at a provider")
    CREATOR = "creator", pgettext_lazy("ledger", "a creator's share")
    FEE = "fee", pgettext_lazy("ledger", "platform fees")
    TAX = "tax", pgettext_lazy("ledger", "tax")
    BUYER = "buyer", pgettext_lazy("ledger", "owed to a buyer")
    BANK = "bank", pgettext_lazy("ledger", "paid out")
    DISPUTE = "dispute", pgettext_lazy("ledger", "held by a dispute")


class Movement(models.Model):
    """Money that moved, by one cause. The cause is its key, so that it moves once."""

    class Kind(models.TextChoices):
        SALE = "sale", pgettext_lazy("ledger", "sale")
        SURPLUS = "surplus", pgettext_lazy("ledger", "paid without need")
        REFUND = "refund", pgettext_lazy("ledger", "refund")
        PAYOUT = "payout", pgettext_lazy("ledger", "payout")
        DISPUTE = "dispute", pgettext_lazy("ledger", "dispute")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(pgettext_lazy("of a movement of money", "key"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    subject_kind = models.CharField(_("paid for"), max_length=20, blank=True, default="", db_default="")
    subject_id = models.UUIDField(_("id of what was paid for"), null=True, blank=True)
    made_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="movement_of_subject")]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """One account's part in a movement."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    movement = models.ForeignKey(Movement, on_delete=models.PROTECT, related_name="entries", verbose_name=_("movement"))
    account = models.CharField(_("account"), max_length=10, choices=Account.choices)
    # Whose, within the account: a creator's id, a provider's name, a country.
    party = models.CharField(_("party"), max_length=40, blank=True, default="", db_default="")
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = currency_field()
    made_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_not_zero"),
            models.UniqueConstraint(fields=["movement", "account", "party", "currency"], name="entry_once"),
        ]
        indexes = [
            models.Index(fields=["account", "party", "currency", "-id"], name="entry_of_party"),
            # A balance is added up out of this one alone.
            models.Index(fields=["account", "party", "currency", "amount_minor"], name="entry_balance"),
        ]

    def __str__(self) -> str:
        return f"{self.account}:{self.party} {self.amount_minor} {self.currency}"


class Payout(models.Model):
    """Money that the operator sent to a creator, by whatever way, and wrote down here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.UUIDField(unique=True, default=uuid7)
    party = models.UUIDField(_("creator"))
    amount_minor = models.BigIntegerField(_("amount in minor units"))
    currency = currency_field()
    reference = models.CharField(_("reference"), max_length=140, blank=True, default="", db_default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("written down by"),
    )
    paid_at = models.DateTimeField(_("paid"), default=timezone.now)

    class Meta:
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_amount_positive")]
        indexes = [models.Index(fields=["party", "-id"], name="payout_of_creator")]

    def __str__(self) -> str:
        return f"{self.party} {self.amount_minor} {self.currency}"
