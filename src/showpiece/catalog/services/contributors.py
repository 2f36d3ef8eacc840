"""Who works on a project."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.locks import locked_project
from showpiece.catalog.models import Contributor, Project, ProjectDraft
from showpiece.catalog.services.history import saved_by
from showpiece.catalog.services.projects import preview_link_renew
from showpiece.catalog.services.ratings import project_rating_withdraw
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
    _noted(current, actor, contributor, "", _part(contributor))
    said = _invitation(contributor, actor)
    mail.send("catalog/mail/invitation", user.email, said, language, reader=user.pk)
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


def _part(contributor: Contributor) -> str:
    """What somebody is to a project, as the history keeps it."""
    return contributor.role if contributor.accepted_at else f"invited:{contributor.role}"


def _noted(project: Project, actor: User | None, contributor: Contributor, before: str, after: str) -> None:
    """In the history of the project, which is locked: nothing else of it changes."""
    saved_by(actor, project, beside={"person": str(contributor.user_id), "part": [before, after]})


@transaction.atomic
def contributor_accept(*, contributor: Contributor) -> None:
    """The person agrees. Twice is no fault. Nobody rates what they work on, so stars given before are taken back."""
    project = locked_project(contributor.project_id)
    current = Contributor.objects.filter(pk=contributor.pk, accepted_at=None).first()
    if current is None:
        return
    before, current.accepted_at = _part(current), timezone.now()
    Contributor.objects.filter(pk=current.pk).update(accepted_at=current.accepted_at)
    _noted(project, contributor.user, current, before, _part(current))
    project_rating_withdraw(project=project, user=contributor.user)


@transaction.atomic
def contributor_set_role(*, contributor: Contributor, role: str, actor: User | None = None) -> None:
    """`ValidationError` for no role of ours."""
    contributor.role = role
    contributor.clean_fields()
    project = locked_project(contributor.project_id)
    current = Contributor.objects.filter(pk=contributor.pk).exclude(role=role).first()
    if current is None:
        return
    before, current.role = _part(current), role
    Contributor.objects.filter(pk=current.pk).update(role=role)
    _noted(project, actor, current, before, _part(current))


@transaction.atomic
def contributor_remove(*, contributor: Contributor, actor: User | None = None) -> None:
    """The person declines, leaves, or is taken off the list. Twice is no fault; what they had typed goes along.

    Who has worked on it may have kept the preview link, so there is a new one.
    """
    project = locked_project(contributor.project_id)
    if current := Contributor.objects.filter(pk=contributor.pk).first():
        _noted(project, actor, current, _part(current), "")
        if current.accepted_at:
            preview_link_renew(project=project)
    ProjectDraft.objects.filter(project_id=contributor.project_id, user_id=contributor.user_id).delete()
    Contributor.objects.filter(pk=contributor.pk).delete()
