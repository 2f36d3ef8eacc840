"""Reading the catalogue. Only what is published, by creators and in categories that are, can be seen."""

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from showpiece.catalog.models import Category, Creator, Project, ProjectPicture, Status


def visible_projects() -> QuerySet[Project]:
    """Projects on display, with what a card shows of them. Without an order."""
    return (
        Project.objects.filter(
            status=Status.PUBLISHED,
            published_at__lte=timezone.now(),
            creator__status=Status.PUBLISHED,
            category__status=Status.PUBLISHED,
        )
        .select_related("creator", "category", "demo")
        .prefetch_related(Prefetch("pictures", ProjectPicture.objects.filter(position=0), to_attr="covers"))
    )


def visible_categories() -> QuerySet[Category]:
    """Categories on display, by name."""
    return Category.objects.filter(status=Status.PUBLISHED).order_by("name")


def visible_creators() -> QuerySet[Creator]:
    """Creators on display."""
    return Creator.objects.filter(status=Status.PUBLISHED)


def related_projects(project: Project, *, limit: int = 3) -> list[Project]:
    """The newest other projects of the same creator."""
    others = visible_projects().filter(creator=project.creator).exclude(pk=project.pk)
    return list(others.order_by("-published_at", "-pk")[:limit])
