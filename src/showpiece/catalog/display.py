"""What is on display for everybody, in a shop's sense: the project itself, its creator and its category."""

from django.db.models import QuerySet
from django.utils import timezone

from showpiece.catalog.models import Project, Status


def on_display(projects: "QuerySet[Project]") -> "QuerySet[Project]":
    """Those that are on display now, with their creators and categories."""
    return projects.filter(
        status=Status.PUBLISHED,
        published_at__lte=timezone.now(),
        creator__status=Status.PUBLISHED,
        category__status=Status.PUBLISHED,
    )


def is_on_display(project: Project) -> bool:
    """The same of one that was read with creator and category."""
    shelves = (project, project.creator, project.category)
    return all(one.status == Status.PUBLISHED for one in shelves) and not project.is_scheduled
