"""Lists of the catalogue. The project page stands in `web.pages`: it shows more rooms than this one."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from showpiece.catalog import selectors
from showpiece.catalog.filters import Filters, read_filters
from showpiece.catalog.lists import PAGE_SIZE, Listing, project_listing
from showpiece.catalog.models import Category, Project
from showpiece.paging import Page, keyset_page


def project_page(request: HttpRequest, projects: QuerySet[Project]) -> Page[Project]:
    """The part of `projects`, newest first, that the request asks for."""
    return keyset_page(
        projects,
        field="published_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda place: f"{request.path}?{urlencode(place)}",
    )


@require_safe
@vary_on_headers("HX-Request")
def project_list(request: HttpRequest, slug: str = "") -> HttpResponse:
    """All projects, or those of one category: as the address filters, searches and sorts them."""
    categories = selectors.shelves()
    if not slug and (chosen := request.GET.get("category")) and any(item.slug == chosen for item in categories):
        query = request.GET.copy()
        del query["category"]
        return redirect(f"{reverse('category', args=[chosen])}{'?' if query else ''}{query.urlencode()}")
    category = _chosen(slug, categories) if slug else None
    filters = read_filters(request.path, request.GET, category)
    if not filters.is_tidy(request.GET):
        place = {name: value for name in ("after", "before") if (value := request.GET.get(name))}
        return redirect(filters.page_url(place))
    listing = _listing(request, filters)
    title = _("Search: %(text)s") % {"text": filters.typed} if filters.typed else ""
    context = {
        "page": listing.page,
        "listing": listing,
        "filters": filters,
        "categories": categories,
        "category": category,
        "searched": filters.typed,
        "title": title or (category.shown_name if category else _("Projects")),
        "feed_of": reverse("category", args=[slug]) if slug else reverse("project_list"),
        "canonical": request.build_absolute_uri(request.path) if not request.GET else "",
    }
    return render(request, "catalog/project_list.html", context)


def _chosen(slug: str, categories: list[Category]) -> Category:
    """Read with the others, so it costs no query of its own; `Http404` for none of them."""
    found = next((item for item in categories if item.slug == slug), None)
    return found or get_object_or_404(Category.objects.none())


def _listing(request: HttpRequest, filters: Filters) -> Listing:
    if filters.nothing:
        return Listing(page=Page([], "", ""), count=0, counted_all=True)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return project_listing(filters.wanted, filters.order, after=after, before=before, url=filters.page_url)
