"""Reading the catalogue. Only what is published, by creators and in categories that are, can be seen."""

from collections.abc import Sequence
from functools import cache
from itertools import cycle, islice
from typing import Any
from uuid import UUID

from django.core.cache import caches
from django.db import connection
from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.lookups import LessThanOrEqual
from django.http import Http404
from django.utils import timezone

from showpiece.accounts.looks import UsernameLook, username_look
from showpiece.accounts.models import User
from showpiece.catalog.models import CARD_FIELDS, Category, Cover, Creator, Project, Status
from showpiece.prepared import Prepared, Slot


class _Unindexed(Func):
    """A column of SQLite's in a condition that is to be looked up in no index."""

    template = "+%(expressions)s"
    output_field = DateTimeField()


class _AmongThose(Func):
    """`column IN (subquery)` for PostgreSQL, so that the subquery is no join: it is run once, before the others."""

    template, arg_joiner = "%(expressions)s)", " = ANY (ARRAY"
    output_field = BooleanField()


# The parts of a query that never change are put together once: that costs as much as running it.


@cache
def _published() -> QuerySet[Project]:
    projects = Project.objects.filter(status=Status.PUBLISHED)
    if connection.vendor == "postgresql":
        # To plan takes PostgreSQL longer than all else, and the more the more tables it joins. So the few categories
        # are read beforehand, and the creator is asked by the join that a card has anyway.
        shelves = Subquery(Category.objects.filter(status=Status.PUBLISHED).values("pk"))
        return projects.filter(_AmongThose(F("category_id"), shelves), creator__status=Status.PUBLISHED)
    # By EXISTS: SQLite would begin a join at the few categories, and sort the whole shop.
    shelf = Category.objects.filter(pk=OuterRef("category_id"), status=Status.PUBLISHED)
    maker = Creator.objects.filter(pk=OuterRef("creator_id"), status=Status.PUBLISHED)
    return projects.filter(Exists(shelf), Exists(maker))


def _with_cover(projects: QuerySet[Project]) -> QuerySet[Project]:
    """With the cover by a join: a prefetch costs a second query and whole rows."""
    parts = {f"cover_{name}": F(f"first_picture__{name}") for name in Cover._fields}
    first = FilteredRelation("pictures", condition=Q(pictures__position=0))
    return projects.annotate(first_picture=first, **parts)


def _as_cards(covered: QuerySet[Project]) -> QuerySet[Project]:
    return covered.select_related("creator", "demo").only(*CARD_FIELDS)


@cache
def _covered() -> QuerySet[Project]:
    return _with_cover(_published())


@cache
def _cards() -> QuerySet[Project]:
    return _as_cards(_covered())


@cache
def _cards_of_all() -> QuerySet[Project]:
    return _as_cards(_with_cover(Project.objects.all()))


def _by_now(projects: QuerySet[Project], now: Slot | None = None) -> QuerySet[Project]:
    moment = now or timezone.now()
    if connection.vendor == "postgresql":
        return projects.filter(published_at__lte=moment)
    # Written so that no index serves it. Without statistics, which no shop has, SQLite would take this for the best
    # that is asked, begin there whatever the order, and sort the whole shop.
    return projects.filter(LessThanOrEqual(_Unindexed(F("published_at")), moment))


@Prepared
def _at_address() -> QuerySet[Project]:
    project, creator = Slot(0, Project._meta.get_field("slug")), Slot(1, Creator._meta.get_field("slug"))
    now = Slot(2, Project._meta.get_field("published_at"))
    whole = _covered().select_related("creator__user__profile", "category", "demo")
    return _by_now(whole.filter(slug=project, creator__slug=creator), now)


def visible_project(creator: str, project: str) -> Project:
    """A project on display by its address, whole, with creator, category, demo and cover. `Http404` for any other."""
    found = _at_address(project, creator, timezone.now())
    if not found:
        raise Http404(project)
    return found[0]


def project_cards() -> QuerySet[Project]:
    """Projects on display with what a card shows of them, and no more. Without an order."""
    return _by_now(_cards())


# So many cards are read by queries that are written once: those of neighbours, and those of a page of a list.
FEW, PAGE = 6, 12


@cache
def _some_cards(count: int) -> Prepared[Project]:
    keys: list[Any] = [Slot(place, Project._meta.pk) for place in range(count)]
    return Prepared(lambda: _cards_of_all().filter(pk__in=keys))


def cards_of(keys: Sequence[UUID]) -> dict[UUID, Project]:
    """The cards of projects that were found on display a moment ago, which is not asked a second time.

    At most one query.
    """
    if not keys:
        return {}
    count = next((size for size in (FEW, PAGE) if len(keys) <= size), None)
    # Fewer keys than the query has places for are told more than once.
    cards = _some_cards(count)(*islice(cycle(keys), count)) if count else _cards_of_all().filter(pk__in=keys)
    return {card.pk: card for card in cards}


def featured_projects() -> QuerySet[Project]:
    """What the staff show first, the latest of it before the others."""
    return project_cards().filter(featured_at__isnull=False).order_by("-featured_at", "-pk")


def projects_to_try(limit: int) -> list[Project]:
    """The newest projects that run here, or soon will, those that do first."""
    return list(project_cards().filter(demo__kind="local").order_by("demo__state", "-demo__pk")[:limit])


def on_display() -> QuerySet[Project]:
    """Projects on display, to be counted or picked from. Without an order."""
    return _by_now(_published())


MANY_SECONDS = 60


def bounded_count(rows: QuerySet[Project], most: int, *, named: str) -> int:
    """How many there are, of more than `most` one more than that: to count all would cost more in a larger shop.

    That there are more of `named` is remembered for a minute: few lists shrink below that in one.
    """
    kept = caches["template_fragments"]  # in this process: to ask another costs as much as to count
    key = f"catalog:many:{named}:{most}"
    if kept.get(key):
        return most + 1
    count = rows.order_by()[: most + 1].count()
    if count > most:
        kept.set(key, True, MANY_SECONDS)
    return count


def visible_categories() -> QuerySet[Category]:
    """Categories on display, by name."""
    return Category.objects.filter(status=Status.PUBLISHED).order_by("name")


# The same, read: most pages show them.
shelves = Prepared(visible_categories)


def visible_creators() -> QuerySet[Creator]:
    """Creators on display."""
    return Creator.objects.filter(status=Status.PUBLISHED)


def is_creator_address(name: str, but: User | None = None) -> bool:
    """Whether a creator, on display or not, other than `but` has that address, or one that looks like it."""
    same = Q(slug__iexact=name) | Q(look=username_look(name))
    others = Creator.objects.alias(look=UsernameLook("slug")).filter(same)
    return (others.exclude(user=but.pk) if but else others).exists()
