"""What a project asks for."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.catalog.models import Project, Status
from showpiece.donations.locks import locked_goals
from showpiece.donations.models import DonationPolicy, Goal


def goal_set(
    *, project: Project, title: str, target_minor: int, about: str = "", ends_at: datetime | None = None
) -> Goal:
    """Ask for a sum from now on, in the currency of the project.

    `ValidationError` by field, also where the project has a goal already or is archived.
    """
    if project.status == Status.ARCHIVED:
        raise ValidationError(_("This project is archived."), code="archived")
    goal = Goal(project=project, title=title, target_minor=target_minor, about=about, ends_at=ends_at)
    goal.currency = project.currency
    _check(goal)
    try:
        with transaction.atomic():
            goal.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError(_("This project has a goal already."), code="twice") from error
    return goal


@transaction.atomic
def goal_change(*, goal: Goal, title: str, target_minor: int, about: str = "", ends_at: datetime | None = None) -> Goal:
    """Change what an open goal says and asks for; what was given stays.

    `ValidationError` by field, and if it is closed.
    """
    current = locked_goals([goal.pk]).get(goal.pk)
    if current is None or current.closed_at is not None:
        raise ValidationError(_("This goal is closed."), code="closed")
    ends_before, current.ends_at = current.ends_at, ends_at
    current.title, current.about, current.target_minor = title, about, target_minor
    _check(current, may_have_ended=ends_at == ends_before)
    current.save(update_fields=["title", "about", "target_minor", "ends_at"])
    return current


@transaction.atomic
def goal_close(*, goal: Goal) -> Goal:
    """Ask no longer. What was given for it stays given. Twice is no fault."""
    current = locked_goals([goal.pk]).get(goal.pk)
    if current is None:
        return goal
    if current.closed_at is None:
        current.closed_at = timezone.now()
        current.save(update_fields=["closed_at"])
    return current


def donations_switch(*, project: Project, is_on: bool) -> None:
    """Whether a project takes donations from now on. What is on its way to it still comes."""
    DonationPolicy.objects.update_or_create(project=project, defaults={"is_on": is_on})


def _check(goal: Goal, *, may_have_ended: bool = False) -> None:
    if goal.target_minor <= 0:
        raise ValidationError({"target_minor": _("A goal is more than nothing.")}, code="min_value")
    if goal.ends_at is not None and goal.ends_at <= timezone.now() and not may_have_ended:
        raise ValidationError({"ends_at": _("This is in the past.")}, code="past")
    goal.clean_fields(exclude=["project"])
