"""Rows of requests: a ZIP of somebody's data, and the end of an account."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.ids import uuid7

EXPORT_FOLDER = "exports"


def export_path(export: "DataExport", filename: str) -> str:
    """A name that cannot be guessed; the page of the account names the download."""
    return f"{EXPORT_FOLDER}/{export.pk}/{uuid.uuid4()}{filename}"


class DataExport(models.Model):
    """The ZIP of a person's data, one at a time a person. A job that makes it carries only its id.

    As with runs, the row is the truth: a worker owns it while its lease lasts, and only the attempt that is current
    may write.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("export", "queued")
        WORKING = "working", pgettext_lazy("export", "being made")
        READY = "ready", pgettext_lazy("export", "ready")
        FAILED = "failed", pgettext_lazy("export", "failed")

    OPEN = (Status.QUEUED, Status.WORKING)
    # How long after a request the next one may come.
    PAUSE = timedelta(hours=1)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="data_export")
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.QUEUED)
    language = models.CharField(max_length=10, blank=True)
    file = models.FileField(upload_to=export_path, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    # When the sweeper may send the job (again): after the patience with a queue, or the lease of a worker, has ended.
    publish_after = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("export of data")
        verbose_name_plural = _("exports of data")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["queued", "working", "failed"], file="") | (Q(status="ready") & ~Q(file="")),
                name="export_has_file_when_ready",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["queued", "working"], expires_at__isnull=True)
                | Q(status__in=["ready", "failed"], expires_at__isnull=False),
                name="export_expires_when_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["publish_after"], name="export_open", condition=Q(status__in=["queued", "working"])),
            models.Index(fields=["expires_at"], name="export_expiring"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    @property
    def again_at(self) -> datetime:
        """From when on another may be asked for in place of this one."""
        return self.created_at + self.PAUSE

    @property
    def is_fresh(self) -> bool:
        return timezone.now() < self.again_at


class AccountDeletion(models.Model):
    """Somebody's wish to be forgotten. Until `erase_after` they may sign in and take it back.

    Afterwards a worker erases, as often as it takes: every step finds nothing to do the second time. The row goes with
    the user, or says when those were made nameless who must stay.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("deletion", "waiting")
        ERASING = "erasing", pgettext_lazy("deletion", "erasing")
        ERASED = "erased", pgettext_lazy("deletion", "nameless")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="deletion")
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.WAITING)
    language = models.CharField(max_length=10, blank=True)
    requested_at = models.DateTimeField(_("requested"), default=timezone.now, editable=False)
    erase_after = models.DateTimeField(_("erased after"))
    # What each room needs to show again what it has hidden.
    hidden = models.JSONField(default=dict, blank=True)
    # As long as this lasts, the worker that erases is not taken for dead.
    lease_until = models.DateTimeField(null=True, editable=False)
    publish_after = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("deletion of an account")
        verbose_name_plural = _("deletions of accounts")
        indexes = [
            models.Index(fields=["publish_after"], name="deletion_due", condition=Q(status__in=["waiting", "erasing"])),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.status}"
