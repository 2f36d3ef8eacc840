"""Bundles as visitors see them. Reading only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.urls.converters import SlugConverter

from showpiece.catalog.models import Creator, Project, Status
from showpiece.catalog.selectors import cards_of
from showpiece.orders.models import Bundle, BundleProject
from showpiece.orders.pricing import least_price
from showpiece.orders.quotes import is_sold
from showpiece.prepared import Prepared, Slot

# Of the addresses below a project that is called "bundles": no bundle takes their place.
RESERVED = ("about", "archive", "feature", "files", "rating", "restore", "supporters", "versions")


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


def _parts(bundles: QuerySet[Bundle]) -> QuerySet[BundleProject]:
    """What is in those, with all that an offer tells: one query. Of none of them, nothing."""
    parts = BundleProject.objects.filter(bundle__in=bundles).select_related(
        "bundle__creator", "project__creator", "project__category"
    )
    texts = ("project__description", "project__creator__about", "bundle__creator__about")
    return parts.defer(*texts).order_by("-bundle_id", "position", "pk")


def _offers(parts: Iterable[BundleProject]) -> list[Offer]:
    """The newest first."""
    bundles: dict[UUID, tuple[Bundle, list[Project]]] = {}
    for part in parts:
        bundles.setdefault(part.bundle_id, (part.bundle, []))[1].append(part.project)
    return [Offer(bundle, tuple(projects)) for bundle, projects in bundles.values()]


def _orderable(parts: Iterable[BundleProject]) -> list[Offer]:
    """Those that can be bought."""
    return [one for one in _offers(parts) if one.is_orderable]


def offers_of(bundles: Sequence[Bundle]) -> list[Offer]:
    """Of bundles that were read already, in whatever state, in their order. One query."""
    offers = _offers(_parts(Bundle.objects.filter(pk__in=[one.pk for one in bundles])))
    found = {offer.bundle.pk: offer for offer in offers}
    return [found.get(one.pk) or Offer(one, ()) for one in bundles]


def knowing_bundles(creators: QuerySet[Creator]) -> QuerySet[Creator]:
    """The creators, each knowing whether they have bundles on display: most have none, and are not asked again."""
    shown = Bundle.objects.filter(creator=OuterRef("pk"), status=Status.PUBLISHED)
    return creators.annotate(has_bundles=Exists(shown))


def bundles_of(creator: Creator) -> list[Offer]:
    """The newest of a creator."""
    if not getattr(creator, "has_bundles", True):
        return []
    return _orderable(_of_creator(creator.pk))


@Prepared
def _of_creator() -> QuerySet[BundleProject]:
    theirs = Bundle.objects.filter(creator=Slot(0, Creator._meta.pk), status=Status.PUBLISHED)
    return _parts(theirs.order_by("-pk")[:SHOWN])


def bundles_with(project: Project) -> list[Offer]:
    """The newest that hold a project."""
    return _orderable(_with_project(project.pk))


@Prepared
def _with_project() -> QuerySet[BundleProject]:
    holding = Bundle.objects.filter(parts__project=Slot(0, Project._meta.pk), status=Status.PUBLISHED)
    return _parts(holding.order_by("-pk")[:SHOWN_BESIDE])


def bundle_at(creator: str, slug: str) -> Offer | None:
    """The one with that address, if it can be bought now."""
    found = Bundle.objects.filter(creator__slug=creator, slug=slug, status=Status.PUBLISHED)
    return next(iter(_orderable(_parts(found))), None)


def cards_in(offer: Offer) -> list[Project]:
    """What is in it as lists show it, in its order."""
    cards = cards_of([project.pk for project in offer.projects])
    return [cards[project.pk] for project in offer.projects if project.pk in cards]
