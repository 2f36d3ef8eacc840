"""One page of a list of projects: filtered, searched, sorted."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from showpiece.catalog import selectors
from showpiece.catalog.models import Project, ProjectTag
from showpiece.catalog.search import Found, Wanted, find, meant
from showpiece.paging import Order, Page, Url, keyset_page, keyset_slice

PAGE_SIZE, MOST_COUNTED = selectors.PAGE, 1000
# Prices are compared within a currency only: one after the other, each from its cheapest, or its dearest.
ORDERS = {
    order.name: order
    for order in (
        Order("new", ("published_at",)),
        Order("popular", ("popularity",)),
        Order("rated", ("rating",)),
        Order("price", ("currency", "price_minor"), descending=False),
        Order("price-down", ("currency", "price_minor")),
        Order("relevance", ("score", "popularity")),
    )
}


@dataclass(frozen=True)
class Listing:
    """A page and how many there are on all: of more than `MOST_COUNTED` only that.

    `found_for`: the words that it was searched by instead of those that were typed and found nothing.
    """

    page: Page[Project]
    count: int
    counted_all: bool
    only_first: bool = False
    found_for: tuple[str, ...] = ()


def project_listing(wanted: Wanted, order: Order, *, after: str, before: str, url: Url) -> Listing:
    """The part of what is wanted that lies after or before a cursor. `Http404` for one that is none of the order's.

    What was searched by words is at most the thousand most fitting ones, in any order. Without words, a list that the
    filters leave short is read as keys and sorted here; a long one is walked along its index.
    """
    place: dict[str, Any] = {"after": after, "before": before, "url": url, "size": PAGE_SIZE}
    only_category = wanted.facets == Wanted(category=wanted.category).facets
    if wanted.words or not only_category:
        found_for: tuple[str, ...] = ()
        newest = order.name == "new"
        found = find(wanted, newest=newest)
        if wanted.words and not found.keys and (found_for := meant(wanted.words)):
            found = find(replace(wanted, words=found_for), newest=newest)
        if wanted.words or not found.capped:
            return Listing(
                page=_read(found, order, **place),
                count=len(found.keys),
                counted_all=not found.capped,
                only_first=bool(wanted.words) and found.capped,
                found_for=found_for if found.keys else (),
            )
    page = keyset_page(_filtered(selectors.project_cards(), wanted), field=order, **place)
    if not (page.next_url or page.previous_url):
        count = len(page.items)
    elif only_category:
        shelf = str(wanted.category.pk) if wanted.category else "all"
        count = selectors.bounded_count(_filtered(selectors.on_display(), wanted), MOST_COUNTED, named=shelf)
    else:
        count = MOST_COUNTED + 1
    return Listing(page=page, count=min(count, MOST_COUNTED), counted_all=count <= MOST_COUNTED)


def _read(found: Found, order: Order, *, after: str, before: str, url: Url, size: int) -> Page[Project]:
    part = keyset_slice(found.keys, Project, order, after=after, before=before, url=url, size=size)
    rows = selectors.cards_of([key.pk for key in part.items])
    cards = [rows[key.pk] for key in part.items if key.pk in rows]
    return Page(items=cards, next_url=part.next_url, previous_url=part.previous_url)


def _filtered(projects: QuerySet[Project], wanted: Wanted) -> QuerySet[Project]:
    if wanted.category:
        projects = projects.filter(category=wanted.category)
    if wanted.price:
        projects = projects.filter(price_kind=wanted.price)
    if wanted.language:
        projects = projects.filter(language=wanted.language)
    if wanted.demo and connection.vendor == "sqlite":
        # By EXISTS: it would begin at the demos that are live, and sort them all.
        live = Project.objects.filter(pk=OuterRef("pk"), demo__state="live").exclude(demo__kind="link")
        projects = _asked_first(projects.filter(Exists(live)))
    elif wanted.demo:
        projects = projects.filter(demo__state="live").exclude(demo__kind="link")
    for tag in wanted.tags:
        tagged = ProjectTag.objects.filter(content_object=OuterRef("pk"), tag=tag)
        projects = _asked_first(projects.filter(Exists(tagged)))
    return projects


def _asked_first(projects: QuerySet[Project]) -> QuerySet[Project]:
    """With the last condition before the others: SQLite asks them in their order, and this one leaves the fewest."""
    conditions = projects.query.where.children
    conditions.insert(0, conditions.pop())
    return projects
