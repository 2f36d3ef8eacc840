"""Reading the catalogue. Only what is published, by creators and in categories that are, can be seen."""

from functools import cache

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from showpiece.accounts.looks import UsernameLook, username_look
from showpiece.accounts.models import User
from showpiece.catalog.models import CARD_FIELDS, Category, Cover, Creator, Project, Status

# The parts of a query that never change are put together once: that costs as much as running it.


@cache
def _published() -> QuerySet[Project]:
    return Project.objects.filter(
        status=Status.PUBLISHED, creator__status=Status.PUBLISHED, category__status=Status.PUBLISHED
    )


def _with_cover(projects: QuerySet[Project]) -> QuerySet[Project]:
    """With the cover by a join: a prefetch costs a second query and whole rows."""
    parts = {f"cover_{name}": F(f"first_picture__{name}") for name in Cover._fields}
    first = FilteredRelation("pictures", condition=Q(pictures__position=0))
    return projects.annotate(first_picture=first, **parts)


@cache
def _covered() -> QuerySet[Project]:
    return _with_cover(_published())


@cache
def _whole() -> QuerySet[Project]:
    return _covered().select_related("creator__user__profile", "category", "demo")


@cache
def _cards() -> QuerySet[Project]:
    return _covered().select_related("creator", "demo").only(*CARD_FIELDS)


def _by_now(projects: QuerySet[Project]) -> QuerySet[Project]:
    return projects.filter(published_at__lte=timezone.now())


def visible_projects() -> QuerySet[Project]:
    """Projects on display, whole, with creator, category, demo and cover. Without an order."""
    return _by_now(_whole())


def project_cards() -> QuerySet[Project]:
    """Projects on display with what a card shows of them, and no more. Without an order."""
    return _by_now(_cards())


def visible_project_count() -> int:
    """How many projects are on display."""
    return _by_now(_published()).count()


def visible_categories() -> QuerySet[Category]:
    """Categories on display, by name."""
    return Category.objects.filter(status=Status.PUBLISHED).order_by("name")


def visible_creators() -> QuerySet[Creator]:
    """Creators on display."""
    return Creator.objects.filter(status=Status.PUBLISHED)


def is_creator_address(name: str, but: User | None = None) -> bool:
    """Whether a creator, on display or not, other than `but` has that address, or one that looks like it."""
    same = Q(slug__iexact=name) | Q(look=username_look(name))
    others = Creator.objects.alias(look=UsernameLook("slug")).filter(same)
    return (others.exclude(user=but.pk) if but else others).exists()


def related_projects(project: Project, *, limit: int = 3) -> list[Project]:
    """The newest other projects of the same creator."""
    others = project_cards().filter(creator=project.creator).exclude(pk=project.pk)
    return list(others.order_by("-published_at", "-pk")[:limit])
