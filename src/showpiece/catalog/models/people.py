"""People and projects: who works on one, and what others think of it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models.projects import Project
from showpiece.ids import uuid7


class Role(models.TextChoices):
    """What somebody is to a project, beside the creator on whose page it stands, who is always an owner."""

    OWNER = "owner", _("owner")
    MAINTAINER = "maintainer", _("maintainer")
    CONTRIBUTOR = "contributor", _("contributor")


class Contributor(models.Model):
    """Somebody who works on a project. Shown, and allowed anything, once they have accepted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="contributors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contributions")
    role = models.CharField(_("role"), max_length=11, choices=Role.choices, default=Role.CONTRIBUTOR)
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("contributor")
        verbose_name_plural = _("contributors")
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="contributor_unique")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class ProjectDraft(models.Model):
    """What somebody has typed into the form of a project and not saved yet. `data` is the form's, by field."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_drafts")
    data = models.JSONField(default=dict)
    # Of the project that was being edited.
    revision = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user"], name="project_draft_unique")]

    def __str__(self) -> str:
        return f"{self.project}: {self.user}"


class Rating(models.Model):
    """How many stars a person gives a project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ratings")
    stars = models.PositiveSmallIntegerField(_("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    given_at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="rating_unique"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_one_to_five"),
        ]

    def __str__(self) -> str:
        return f"{self.stars}"
