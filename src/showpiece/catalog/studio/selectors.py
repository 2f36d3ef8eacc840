"""What the studio reads: one's own projects in whatever state, and what one has typed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Contributor, Creator, Project, ProjectDraft, Role, Status

STATES = ("draft", "scheduled", "published", "archived")


def creator_of(user: User) -> Creator | None:
    return Creator.objects.filter(user=user).first()


def worked_on(user: User) -> dict[Any, Contributor]:
    """The person's part in the projects of others, by project; those they have accepted."""
    rows = Contributor.objects.filter(user=user).exclude(accepted_at=None)
    return {row.project_id: row for row in rows}


def studio_projects(creator: Creator | None, others: Iterable[Any]) -> QuerySet[Project]:
    """Projects on the creator's page, and those others. Without an order.

    Both conditions are on indexed columns of the one table: a join to the contributors would read all projects.
    """
    own = Q(creator=creator) if creator else Q(pk__in=[])
    others = list(others)
    projects = Project.objects.filter(own | Q(pk__in=others) if others else own)
    return projects.select_related("creator", "category").defer("description", "translations")


def in_state(projects: QuerySet[Project], state: str) -> QuerySet[Project]:
    """Those of one state, "" for all. What waits for its moment is published only for the database."""
    now = timezone.now()
    if state == "scheduled":
        return projects.filter(status=Status.PUBLISHED, published_at__gt=now)
    if state == "published":
        return projects.filter(status=Status.PUBLISHED, published_at__lte=now)
    return projects.filter(status=state) if state else projects


def named(projects: QuerySet[Project], text: str) -> QuerySet[Project]:
    """Those with the text in their name. SQLite knows capital letters of ASCII alone, so the usual ways are tried."""
    found = Q()
    for written in {text, text.lower(), text.capitalize(), text.upper(), text.title()}:
        found |= Q(name__icontains=written)
    return projects.filter(found)


def invitations(user: User) -> list[Contributor]:
    """What the person is asked to work on, the newest first. Nothing of projects that have been archived."""
    asked = Contributor.objects.filter(user=user, accepted_at=None).exclude(project__status=Status.ARCHIVED)
    return list(asked.select_related("project__creator").order_by("-invited_at", "-pk")[:50])


def contributors_of(project: Project) -> list[Contributor]:
    """Everybody who is named on a project or asked to be, by role and time."""
    order = {role: place for place, role in enumerate(Role.values)}
    rows = project.contributors.select_related("user__profile").order_by("invited_at", "pk")
    return sorted(rows, key=lambda row: order[row.role])


def draft_of(project: Project, user: User) -> ProjectDraft | None:
    return ProjectDraft.objects.filter(project=project, user=user).first()
