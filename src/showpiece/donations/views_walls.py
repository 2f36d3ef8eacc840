"""Walls: who has supported a project, or a creator."""

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from showpiece.catalog.display import on_display
from showpiece.catalog.models import Project
from showpiece.catalog.selectors import visible_creators
from showpiece.donations import walls
from showpiece.donations.models import DonationPart
from showpiece.paging import Order as Sorting
from showpiece.paging import Page, keyset_page

PAGE_SIZE = 20
_LATEST = Sorting("latest", ("given_at",))


@require_safe
def project_wall(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """All who have supported a project on display, the latest first."""
    shown = on_display(Project.objects.select_related("creator", "category"))
    found = get_object_or_404(shown, slug=project, creator__slug=creator)
    page = _page(request, walls.project_wall(found))
    context = {"project": found, "page": page, "supporters": walls.walled(page.items)}
    return render(request, "donations/wall.html", context)


@require_safe
def creator_wall(request: HttpRequest, creator: str) -> HttpResponse:
    """All who have supported projects of a creator, the latest first."""
    found = get_object_or_404(visible_creators(), slug=creator)
    page = _page(request, walls.creator_wall(found))
    context = {"creator": found, "page": page, "supporters": walls.walled(page.items, names_project=True)}
    return render(request, "donations/wall.html", context)


def _page(request: HttpRequest, rows: QuerySet[DonationPart]) -> Page[DonationPart]:
    return keyset_page(
        rows,
        field=_LATEST,
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
