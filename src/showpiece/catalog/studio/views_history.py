"""Who changed what in a project, and when."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showpiece.catalog.changes import entries_of
from showpiece.catalog.models import Project
from showpiece.catalog.studio.access import project_context, studio_project
from showpiece.paging import keyset_page

PAGE_SIZE = 20


@login_required
@never_cache
@require_safe
def studio_history(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The saves of a project, the last one first."""
    project = studio_project(request, pk)
    rows = _rows(project)
    page = keyset_page(
        rows,
        field="history_date",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    entries = entries_of([*page.items, *_before(rows, page.items)])
    context = {**project_context(request, project, "history"), "page": page, "entries": entries}
    return render(request, "studio/history.html", context)


def _before(rows: Any, shown: list[Any]) -> list[Any]:
    """The save before those, to compare their last one with."""
    if not shown:
        return []
    oldest = shown[-1]
    earlier = Q(history_date__lt=oldest.history_date) | Q(history_date=oldest.history_date, pk__lt=oldest.pk)
    return list(rows.filter(earlier).order_by("-history_date", "-pk")[:1])


@login_required
@never_cache
@require_safe
def studio_change(request: HttpRequest, pk: uuid.UUID, change: uuid.UUID) -> HttpResponse:
    """One save, with its long texts before and after: a list of them would weigh megabytes."""
    project = studio_project(request, pk)
    rows = _rows(project)
    row = get_object_or_404(rows, pk=change)
    entries = entries_of([row, *_before(rows, [row])])
    context = {**project_context(request, project, "history"), "entry": entries[0]}
    return render(request, "studio/change.html", context)


def _rows(project: Project) -> Any:
    return Project.history.filter(id=project.pk).select_related("history_user")
