"""What a buyer may have, and what they have fetched of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from showpiece.catalog.models import Project, Release, ReleaseFile
from showpiece.ids import uuid7
from showpiece.orders.models.orders import OrderLine


class Entitlement(models.Model):
    """The right to a project's files, of every version, that comes with a paid order line."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # One a line, so that it is granted once however often it is tried.
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="entitlement")
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="entitlements", verbose_name=_("project")
    )
    # As its order has it; NULL: a guest's, who has the link of the order.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="entitlements",
        verbose_name=_("customer"),
    )
    granted_at = models.DateTimeField(_("granted"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    # Whether they get a mail when a version comes.
    wants_versions = models.BooleanField(_("mail about new versions"), default=True, db_default=True)

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        indexes = [
            models.Index(fields=["user", "-id"], name="entitlement_of_user"),
            models.Index(fields=["project", "id"], name="entitlement_of_project", condition=Q(revoked_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.project_id}"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None


class Download(models.Model):
    """A download link that was used. A link that nobody used is no row: it is signed, and says what it opens."""

    # The link's own id, so that using it again is counted here.
    id = models.UUIDField(primary_key=True, editable=False)
    entitlement = models.ForeignKey(Entitlement, on_delete=models.CASCADE, related_name="downloads")
    file = models.ForeignKey(ReleaseFile, null=True, on_delete=models.SET_NULL, related_name="+")
    # As they were then.
    version = models.CharField(_("version"), max_length=60)
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=150)
    started_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    uses = models.PositiveIntegerField(_("times used"), default=0, db_default=0)
    # From where it was used, as digests that say nothing without the link (`delivery/links.py`).
    places = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        indexes = [
            models.Index(fields=["entitlement", "-id"], name="download_of_entitlement"),
            models.Index(fields=["started_at"], name="download_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class MissingFile(models.Model):
    """A file of a version that the store no longer has. Its creator is told once, until it is there again."""

    file = models.OneToOneField(ReleaseFile, primary_key=True, on_delete=models.CASCADE, related_name="missing")
    noticed_at = models.DateTimeField(_("noticed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("missing file")
        verbose_name_plural = _("missing files")

    def __str__(self) -> str:
        return str(self.file_id)


class VersionNotice(models.Model):
    """The mails about a version, on their way: to every buyer once, however often the job is begun."""

    release = models.OneToOneField(Release, primary_key=True, on_delete=models.CASCADE, related_name="notice")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # The last entitlement, by id, whose buyer was written to.
    after = models.UUIDField(null=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("notice of a version")
        verbose_name_plural = _("notices of versions")
        indexes = [models.Index(fields=["created_at"], name="notice_to_send", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return str(self.release_id)
