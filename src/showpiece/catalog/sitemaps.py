"""What search engines are told: which pages there are, in parts that each start inside an index."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from showpiece.catalog import selectors
from showpiece.catalog.models import Creator, Project

# A sitemap may have 50,000 addresses; fewer are made quicker.
PART, KEEP_SECONDS = 10_000, 3600
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
FIRST = uuid.UUID(int=0)
TABLES: dict[str, type[Project | Creator]] = {"projects": Project, "creators": Creator}
hourly = cache_control(public=True, max_age=KEEP_SECONDS)


@require_safe
@hourly
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The parts. Where each starts is looked for once an hour, along the primary key."""
    starts = cache.get_or_set("sitemap-starts", _starts, KEEP_SECONDS)
    parts = [reverse("sitemap_pages"), *(reverse("sitemap_part", args=[kind, start]) for kind, start in starts or ())]
    lines = (f"<sitemap><loc>{escape(request.build_absolute_uri(part))}</loc></sitemap>" for part in parts)
    return _xml("sitemapindex", lines)


def _starts() -> list[tuple[str, uuid.UUID]]:
    found = []
    for kind, model in TABLES.items():
        start: uuid.UUID | None = FIRST
        while start is not None:
            found.append((kind, start))
            ids: QuerySet[Any, Any] = model._default_manager.filter(pk__gt=start).order_by("pk")
            start = ids.values_list("pk", flat=True)[PART - 1 : PART].first()
    return found


@require_safe
@hourly
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The pages that lead to the others."""
    pages = [reverse("front"), reverse("project_list")]
    pages += [category.get_absolute_url() for category in selectors.shelves()]
    return _urls(request, ((page, None) for page in pages))


@require_safe
@hourly
def sitemap_part(request: HttpRequest, kind: str, start: uuid.UUID) -> HttpResponse:
    """The pages of projects or creators whose ids follow `start`, as far as the next part."""
    if kind not in TABLES:
        raise Http404(kind)
    rows = TABLES[kind]._default_manager.filter(pk__gt=start).order_by("pk")[:PART]
    ids = list(rows.values_list("pk", flat=True))
    if not ids:
        return _urls(request, [])
    if kind == "projects":
        projects = selectors.on_display().filter(pk__gt=start, pk__lte=ids[-1])
        found = projects.values_list("creator__slug", "slug", "updated_at")
        return _urls(request, ((f"/@{creator}/{slug}/", changed) for creator, slug, changed in found.iterator()))
    creators = selectors.visible_creators().filter(pk__gt=start, pk__lte=ids[-1])
    return _urls(request, ((f"/@{slug}/", None) for slug in creators.values_list("slug", flat=True).iterator()))


@require_safe
@hourly
def robots(request: HttpRequest) -> HttpResponse:
    """Lists may be looked through once, and not in every order; what belongs to one person is nobody's to read."""
    closed = ("/accounts/", "/studio/", "/admin/", "/projects/?", "/categories/*?", "/runs/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _urls(request: HttpRequest, pages: Iterable[tuple[str, datetime | None]]) -> HttpResponse:
    root = request.build_absolute_uri("/").removesuffix("/")
    return _xml("urlset", (_url(root + path, changed) for path, changed in pages))


def _url(address: str, changed: datetime | None) -> str:
    when = f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""
    return f"<url><loc>{escape(address)}</loc>{when}</url>"


def _xml(kind: str, lines: Iterable[str]) -> HttpResponse:
    body = "\n".join([HEAD.format(kind), *lines, f"</{kind}>"])
    return HttpResponse(body, content_type="application/xml")
