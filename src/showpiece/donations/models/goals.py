"""What a project asks for, and what it has got so far. Kept up in the transaction in which money comes or goes."""

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.catalog.models import Project
from showpiece.ids import uuid7
from showpiece.money import MAX_PRICE
from showpiece.payments.models.payments import currency_field


class Goal(models.Model):
    """A sum that a project asks for, and what for. A project has one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="goals", verbose_name=_("project"))
    title = models.CharField(_("what for"), max_length=100)
    about = models.TextField(_("more about it"), max_length=1000, blank=True, validators=[MaxLengthValidator(1000)])
    target_minor = models.BigIntegerField(_("goal in minor units"))
    currency = currency_field()
    # Given since it was set, in its currency, less what went back.
    raised_minor = models.BigIntegerField(_("raised in minor units"), default=0, db_default=0)
    created_at = models.DateTimeField(_("set"), default=timezone.now, editable=False)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    # When it was first reached; its creator is told once.
    reached_at = models.DateTimeField(_("reached"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(closed_at=None), name="goal_one_open"),
            models.CheckConstraint(
                condition=Q(target_minor__gt=0, target_minor__lte=MAX_PRICE), name="goal_target_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Support(models.Model):
    """What was given to a project in one currency, less what went back, and how often."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="support", verbose_name=_("project"))
    currency = currency_field()
    given_minor = models.BigIntegerField(_("given in minor units"), default=0, db_default=0)
    donation_count = models.PositiveIntegerField(_("donations"), default=0, db_default=0)

    class Meta:
        verbose_name = _("support of a project")
        verbose_name_plural = _("support of projects")
        constraints = [
            models.UniqueConstraint(fields=["project", "currency"], name="support_once_a_currency"),
            models.CheckConstraint(condition=Q(given_minor__gte=0), name="support_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.given_minor} {self.currency}"


class DonationPolicy(models.Model):
    """Whether a project takes donations. Without a row it does."""

    project = models.OneToOneField(
        Project,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="donation_policy",
        verbose_name=_("project"),
    )
    is_on = models.BooleanField(_("takes donations"), default=True, db_default=True)

    class Meta:
        verbose_name = _("whether a project takes donations")
        verbose_name_plural = _("which projects take donations")

    def __str__(self) -> str:
        return f"{self.project_id}: {self.is_on}"
