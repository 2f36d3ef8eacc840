"""Who works on a project."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.locks import locked_project
from showpiece.catalog.models import Contributor, Project, ProjectDraft
from showpiece.mail import services as mail

MAX_CONTRIBUTORS = 50


@transaction.atomic
def contributor_invite(
    *, project: Project, user: User, role: str, actor: User | None = None, language: str = ""
) -> Contributor:
    """Ask somebody to be named on a project, by mail. They are once they accept.

    `ValidationError` for who is asked already. `language`: of the mail.
    """
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
    mail.send("catalog/mail/invitation", user.email, _invitation(contributor, actor), language)
    return contributor


def _invitation(contributor: Contributor, actor: User | None) -> dict[str, str]:
    """What the mail says: names in one line, since they come from people."""
    project = contributor.project
    return {
        "name": _one_line(contributor.user.get_short_name()),
        "project": _one_line(project.name),
        "inviter": _one_line(str(actor or project.creator.name)),
        "role": contributor.role,
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def contributor_accept(*, contributor: Contributor) -> None:
    """The person agrees. Twice is no fault."""
    Contributor.objects.filter(pk=contributor.pk, accepted_at=None).update(accepted_at=timezone.now())


def contributor_set_role(*, contributor: Contributor, role: str) -> None:
    """`ValidationError` for no role of ours."""
    contributor.role = role
    contributor.clean_fields()
    Contributor.objects.filter(pk=contributor.pk).update(role=role)


@transaction.atomic
def contributor_remove(*, contributor: Contributor) -> None:
    """The person declines, leaves, or is taken off the list. Twice is no fault; what they had typed goes along."""
    ProjectDraft.objects.filter(project_id=contributor.project_id, user_id=contributor.user_id).delete()
    Contributor.objects.filter(pk=contributor.pk).delete()
