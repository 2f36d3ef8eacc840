"""Who works on a project."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.locks import locked_project
from showpiece.catalog.models import Contributor, Project

MAX_CONTRIBUTORS = 50


@transaction.atomic
def contributor_invite(*, project: Project, user: User, role: str) -> Contributor:
    """Ask somebody to be named on a project. They are once they accept. `ValidationError` for who is asked already."""
    current = locked_project(project.pk)
    if user.pk == current.creator.user_id:
        raise ValidationError({"username": _("This project stands on their own page.")})
    if current.contributors.filter(user=user).exists():
        raise ValidationError({"username": _("They are on the list already.")})
    if current.contributors.count() >= MAX_CONTRIBUTORS:
        text = _("At most %(count)s people can be named on a project.")
        raise ValidationError({"username": text % {"count": MAX_CONTRIBUTORS}})
    contributor = Contributor(project=current, user=user, role=role)
    contributor.full_clean()
    contributor.save()
    return contributor


def contributor_accept(*, contributor: Contributor) -> None:
    """The person agrees. Twice is no fault."""
    Contributor.objects.filter(pk=contributor.pk, accepted_at=None).update(accepted_at=timezone.now())


def contributor_set_role(*, contributor: Contributor, role: str) -> None:
    """`ValidationError` for no role of ours."""
    contributor.role = role
    contributor.full_clean()
    contributor.save(update_fields=["role"])


def contributor_remove(*, contributor: Contributor) -> None:
    """The person declines, leaves, or is taken off the list."""
    contributor.delete()
