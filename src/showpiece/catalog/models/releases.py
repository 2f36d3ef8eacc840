"""Versions of projects, and the files that come with them."""

import semver
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models.base import history
from showpiece.catalog.models.projects import Project
from showpiece.ids import uuid7


def validate_version(text: str) -> None:
    """A semantic version, as `1.4.0` or `2.0.0-rc.1` (semver.org 2.0.0). Raises `ValidationError`."""
    if not semver.Version.is_valid(text):
        raise ValidationError(_("A version has three numbers, as in 1.4.0; see semver.org."), code="version")


class Release(models.Model):
    """A version of a project. Its files are on offer once it is out, and as long as it is not withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    version = models.CharField(_("version"), max_length=60, validators=[validate_version])
    notes = models.TextField(_("what is new"), max_length=20_000, blank=True, validators=[MaxLengthValidator(20_000)])
    # Not yet: a draft that its project's people see.
    released_at = models.DateTimeField(_("released"), null=True, blank=True)
    # Offered to nobody any more; its number stays taken, and its files are kept.
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="release_version_unique")]
        indexes = [models.Index(fields=["project", "-released_at", "-id"], name="release_newest")]

    def __str__(self) -> str:
        return self.version

    @property
    def is_draft(self) -> bool:
        return self.released_at is None

    @property
    def is_on_offer(self) -> bool:
        return self.released_at is not None and self.withdrawn_at is None


def release_path(file: "ReleaseFile", filename: str) -> str:
    """A name that tells nothing: the client's name is kept in the row alone."""
    return f"releases/{file.release_id}/{uuid7()}"


class ReleaseFile(models.Model):
    """A file of a version, in the private store, as it was sent."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(_("name"), max_length=150)
    file = models.FileField(upload_to=release_path, max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField("SHA-256", max_length=64)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["release", "name"], name="release_file_name_unique")]

    def __str__(self) -> str:
        return self.name


class BlockedFile(models.Model):
    """A file that nobody may offer here, whatever its name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("blocked file")
        verbose_name_plural = _("blocked files")

    def __str__(self) -> str:
        return self.reason
