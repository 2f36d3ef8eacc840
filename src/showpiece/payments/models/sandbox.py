"""The sandbox's own books: what a real provider keeps on its side. No money moves."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from showpiece.ids import uuid7
from showpiece.payments.models.payments import currency_field


def new_session_name() -> str:
    return f"sbx_{get_random_string(32)}"


class SandboxSession(models.Model):
    """A page of the sandbox on which somebody pays, or does not."""

    class State(models.TextChoices):
        OPEN = "open"
        CONFIRMING = "confirming"  # the bank asks once more
        PROCESSING = "processing"  # "pay later": the money comes at `settles_at`
        PAID = "paid"
        DECLINED = "declined"
        EXPIRED = "expired"

    name = models.CharField(primary_key=True, max_length=40, default=new_session_name)
    # As a real provider does: the same key gives the same session.
    idempotency_key = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()
    currency = currency_field()
    description = models.CharField(max_length=200)
    return_url = models.CharField(max_length=1000)
    cancel_url = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    card_ends_with = models.CharField(max_length=4, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    settles_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="sandbox_amount_positive")]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class SandboxRefund(models.Model):
    """Money that the sandbox has given back."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    session = models.ForeignKey(SandboxSession, on_delete=models.CASCADE, related_name="refunds")
    idempotency_key = models.UUIDField(unique=True)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="sandbox_refund_positive")]

    def __str__(self) -> str:
        return f"{self.session_id} -{self.amount_minor}"
