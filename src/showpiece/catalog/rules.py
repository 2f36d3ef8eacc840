"""Who may see and do what with projects, categories and creator pages. Pages ask here and nowhere else.

    may("catalog.edit_project", viewer, project)

The creator on whose page a project stands is always an owner of it; others are by their role, once they have accepted.
Staff may what Django's permissions give them, and a superuser has those all.
"""

import uuid
from collections.abc import Iterable

import rules
from django.contrib.auth.models import AnonymousUser

from showpiece.accounts.models import User
from showpiece.catalog.models import Contributor, Creator, Project, Role, Status

Viewer = User | AnonymousUser


def _role(viewer: Viewer, project: Project) -> str:
    """The viewer's role, "" for none. Asked once a request: kept with the row."""
    if not viewer.is_authenticated:
        return ""
    known: dict[uuid.UUID, str] = project.__dict__.setdefault("_roles", {})
    if viewer.pk not in known:
        known[viewer.pk] = _read_role(viewer, project)
    return known[viewer.pk]


def _read_role(viewer: User, project: Project) -> str:
    if project.creator.user_id == viewer.pk:
        return Role.OWNER
    contributor = Contributor.objects.filter(project=project, user=viewer).exclude(accepted_at=None).first()
    return contributor.role if contributor else ""


def know_role(viewer: User, project: Project, contributors: Iterable[Contributor]) -> None:
    """Spare the question: these are the project's contributors who have accepted."""
    others = (one.role for one in contributors if one.user_id == viewer.pk)
    role = Role.OWNER if project.creator.user_id == viewer.pk else next(others, "")
    project.__dict__.setdefault("_roles", {})[viewer.pk] = role


def _displayed(viewer: Viewer, project: Project) -> bool:
    shelves = (project.creator.status, project.category.status)
    on_display = project.status == Status.PUBLISHED and not project.is_scheduled
    return on_display and all(status == Status.PUBLISHED for status in shelves)


def _works_on(viewer: Viewer, project: Project) -> bool:
    return _role(viewer, project) != ""


def _maintains(viewer: Viewer, project: Project) -> bool:
    return _role(viewer, project) in (Role.OWNER, Role.MAINTAINER)


def _owns(viewer: Viewer, project: Project) -> bool:
    return _role(viewer, project) == Role.OWNER


def _active_creator(viewer: Viewer, *_: object) -> bool:
    return (
        viewer.is_authenticated and Creator.objects.filter(user_id=viewer.pk).exclude(status=Status.ARCHIVED).exists()
    )


def _no_creator_yet(viewer: Viewer, *_: object) -> bool:
    return viewer.is_authenticated and not Creator.objects.filter(user_id=viewer.pk).exists()


def _own_page(viewer: Viewer, creator: Creator) -> bool:
    return viewer.is_authenticated and creator.user_id == viewer.pk and creator.status != Status.ARCHIVED


def _permitted(permission: str) -> rules.predicates.Predicate:
    def permitted(viewer: Viewer, *_: object) -> bool:
        return viewer.is_active and viewer.is_staff and viewer.has_perm(permission)

    return rules.predicate(permitted, name=permission)


displayed, works_on, maintains, owns = map(rules.predicate, (_displayed, _works_on, _maintains, _owns))
staff_sees, staff_changes, staff_archives = map(
    _permitted, ("catalog.view_project", "catalog.change_project", "catalog.delete_project")
)

rules.add_perm("catalog.see_project", displayed | works_on | staff_sees)
rules.add_perm("catalog.edit_project", maintains)
rules.add_perm("catalog.publish_project", owns)
rules.add_perm("catalog.manage_contributors", owns)
rules.add_perm("catalog.archive_project", owns | staff_archives)
# What staff archived, only they restore.
rules.add_perm("catalog.restore_any_project", staff_archives)
rules.add_perm("catalog.feature_project", staff_changes)
rules.add_perm("catalog.rate_project", rules.is_authenticated & displayed & ~works_on)
rules.add_perm("catalog.start_project", rules.predicate(_active_creator))
rules.add_perm("catalog.become_creator", rules.predicate(_no_creator_yet))
rules.add_perm("catalog.edit_creator", rules.predicate(_own_page))


def may(what: str, viewer: Viewer, subject: Project | Creator | None = None) -> bool:
    """Whether `viewer` may do `what` with `subject`."""
    return bool(rules.has_perm(what, viewer, subject))
