"""Lists of the catalogue. The project page stands in `web.pages`: it shows more rooms than this one."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from showpiece.catalog import selectors
from showpiece.catalog.models import Category, Project
from showpiece.paging import Page, keyset_page

PAGE_SIZE = 12


def project_page(request: HttpRequest, projects: QuerySet[Project]) -> Page[Project]:
    """The part of `projects`, newest first, that the request asks for."""

    def url(parameters: dict[str, str]) -> str:
        query = request.GET.copy()
        query.pop("after", None)
        query.pop("before", None)
        query.update(parameters)
        return f"{request.path}?{query.urlencode()}"

    return keyset_page(
        projects,
        field="published_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=url,
    )


def project_list(request: HttpRequest, slug: str = "") -> HttpResponse:
    """All projects, or those of one category."""
    category: Category | None = None
    projects = selectors.project_cards()
    if slug:
        category = get_object_or_404(selectors.visible_categories(), slug=slug)
        projects = projects.filter(category=category)
    context = {
        "page": project_page(request, projects),
        "categories": selectors.visible_categories(),
        "category": category,
        "title": category.shown_name if category else _("Projects"),
    }
    return render(request, "catalog/project_list.html", context)
