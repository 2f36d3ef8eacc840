"""Bundles as visitors see them. Reading only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls.converters import SlugConverter

from showpiece.catalog.models import Creator, Project, Status
from showpiece.catalog.selectors import cards_of
from showpiece.orders.models import Bundle, BundleProject
from showpiece.orders.pricing import least_price
from showpiece.orders.quotes import is_sold

# Of the addresses below a project that is called "bundles": no bundle takes their place.
RESERVED = ("about", "archive", "feature", "files", "rating", "restore", "versions")


class BundleSlug(SlugConverter):
    """The last part of a bundle's address."""

    regex = f"(?!(?:{'|'.join(RESERVED)})/)[-a-zA-Z0-9_]+"


# On the page of a creator, and on that of a project.
SHOWN, SHOWN_BESIDE = 6, 3


def single_price(projects: Iterable[Project]) -> int:
    """What they cost one by one."""
    return sum(map(least_price, projects))


@dataclass(frozen=True)
class Offer:
    """A bundle that can be bought now, and what is in it."""

    bundle: Bundle
    projects: tuple[Project, ...]

    @cached_property
    def single_minor(self) -> int:
        return single_price(self.projects)

    @property
    def is_orderable(self) -> bool:
        """Whether everything in it can be bought (see `quotes.is_sold`)."""
        return is_sold(self.bundle, self.projects)

    @property
    def saved_minor(self) -> int:
        """How much less it costs than one by one; 0 where prices have come down since."""
        return max(self.single_minor - self.bundle.price_minor, 0)


def _with_parts(bundles: QuerySet[Bundle]) -> QuerySet[Bundle]:
    parts = BundleProject.objects.select_related("project__creator", "project__category").order_by("position", "pk")
    parts = parts.defer("project__description")
    return bundles.select_related("creator").prefetch_related(Prefetch("parts", queryset=parts))


def _offers(bundles: Iterable[Bundle]) -> list[Offer]:
    """Those that can be bought."""
    found = (Offer(bundle, tuple(part.project for part in bundle.parts.all())) for bundle in bundles)
    return [one for one in found if one.is_orderable]


def offers_of(bundles: Sequence[Bundle]) -> list[Offer]:
    """Of bundles that were read already, in whatever state, in their order. One query, or two."""
    rows = {row.pk: row for row in _with_parts(Bundle.objects.filter(pk__in=[one.pk for one in bundles]))}
    return [Offer(rows[one.pk], tuple(part.project for part in rows[one.pk].parts.all())) for one in bundles]


def knowing_bundles(creators: QuerySet[Creator]) -> QuerySet[Creator]:
    """The creators, each knowing whether they have bundles on display: most have none, and are not asked again."""
    shown = Bundle.objects.filter(creator=OuterRef("pk"), status=Status.PUBLISHED)
    return creators.annotate(has_bundles=Exists(shown))


def bundles_of(creator: Creator) -> list[Offer]:
    """The newest of a creator."""
    if not getattr(creator, "has_bundles", True):
        return []
    return _offers(_with_parts(Bundle.objects.filter(creator=creator, status=Status.PUBLISHED)).order_by("-pk")[:SHOWN])


def bundles_with(project: Project) -> list[Offer]:
    """The newest that hold a project."""
    found = Bundle.objects.filter(status=Status.PUBLISHED, parts__project=project)
    return _offers(_with_parts(found).order_by("-pk")[:SHOWN_BESIDE])


def bundle_at(creator: str, slug: str) -> Offer | None:
    """The one with that address, if it can be bought now."""
    found = Bundle.objects.filter(creator__slug=creator, slug=slug, status=Status.PUBLISHED)
    return next(iter(_offers(_with_parts(found))), None)


def cards_in(offer: Offer) -> list[Project]:
    """What is in it as lists show it, in its order."""
    cards = cards_of([project.pk for project in offer.projects])
    return [cards[project.pk] for project in offer.projects if project.pk in cards]
