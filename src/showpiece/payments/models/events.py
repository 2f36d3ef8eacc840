"""What providers tell us."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.ids import uuid7


class InboundEvent(models.Model):
    """Kept first, whatever it says, then handled; what could not be handled is tried again, or resent by the staff."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.SlugField(_("source"), max_length=20)
    external_id = models.CharField(_("the source's id"), max_length=255)
    kind = models.CharField(_("kind"), max_length=100)
    body = models.JSONField(_("content"), default=dict)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True, editable=False)
    # What became of it, or why it could not be handled.
    note = models.CharField(_("note"), max_length=500, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, db_default=0)
    # When it is tried next; NULL: it is done, or given up.
    try_at = models.DateTimeField(_("tried next"), null=True, blank=True, default=timezone.now)

    class Meta:
        verbose_name = _("provider's event")
        verbose_name_plural = _("providers' events")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="event_unique")]
        indexes = [
            models.Index(fields=["try_at"], name="event_to_try", condition=Q(try_at__isnull=False)),
            models.Index(fields=["-id"], name="event_unhandled", condition=Q(handled_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind}"
