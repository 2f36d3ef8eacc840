"""Versions of a project: the list of them, and their files to download."""

import mimetypes
import uuid
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from showpiece.catalog import media_selectors
from showpiece.catalog.models import Project
from showpiece.catalog.rules import may
from showpiece.files import stored_file_stream
from showpiece.paging import keyset_page

PAGE_SIZE = 10


def _project(request: HttpRequest, creator: str, project: str) -> Project:
    """The project, for who may see it. `Http404` for anybody else, as for one that is not there."""
    rows = Project.objects.select_related("creator", "category").filter(creator__slug=creator, slug=project)
    found = rows.first()
    if found is None or not may("catalog.see_project", request.user, found):
        raise Http404("No such project.")
    return found


@require_safe
def versions(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """Every version on offer with what was new in it, the newest first."""
    found = _project(request, creator, project)
    page = keyset_page(
        media_selectors.releases_on_offer(found),
        field="released_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    return render(request, "catalog/versions.html", {"project": found, "page": page})


@require_safe
def release_file(request: HttpRequest, creator: str, project: str, file: uuid.UUID) -> HttpResponseBase:
    """A file of a version. What is free anybody may have who sees the project; the rest, those who may change it."""
    found = _project(request, creator, project)
    row = media_selectors.files_not_blocked().filter(pk=file, release__project=found).first()
    if row is None or not (
        (row.release.is_on_offer and found.is_free) or may("catalog.edit_project", request.user, found)
    ):
        raise Http404("No such file.")
    content_type = mimetypes.guess_type(row.name)[0] or "application/octet-stream"
    return stored_file_stream(request, row.file.storage, str(row.file.name), content_type, download_as=row.name)
