"""Versions of a project: making drafts, adding files, releasing, withdrawing."""

import uuid
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.accounts.models import User
from showpiece.catalog import media_selectors, services
from showpiece.catalog.filenames import safe_name
from showpiece.catalog.models import Release, ReleaseFile
from showpiece.catalog.studio.access import project_context, studio_project
from showpiece.catalog.studio.forms_gallery import add_errors
from showpiece.catalog.studio.forms_versions import FilesForm, ReleaseForm
from showpiece.catalog.studio.views_gallery import fault_text, wants_json
from showpiece.paging import keyset_page

PAGE_SIZE = 20


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """All versions, drafts first, and a form for a new one."""
    project = studio_project(request, pk)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            release = services.release_create(project=project, actor=cast(User, request.user), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return redirect("studio_version", pk, release.pk)
    releases = media_selectors.all_releases(project)
    context = {
        **project_context(request, project, "versions"),
        "form": form,
        "drafts": releases.filter(released_at=None).order_by("-pk")[: services.MAX_DRAFTS],
        "page": keyset_page(
            releases.filter(released_at__isnull=False),
            field="released_at",
            size=PAGE_SIZE,
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
            url=lambda parameters: f"{request.path}?{_encoded(parameters)}",
        ),
    }
    return render(request, "studio/versions.html", context, status=422 if form.errors else 200)


def _encoded(parameters: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(parameters)


def _release(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> Release:
    project = studio_project(request, pk)
    found = get_object_or_404(media_selectors.all_releases(project), pk=release)
    found.project = project
    return found


def _page(request: HttpRequest, release: Release, form: Any = None, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        **project_context(request, release.project, "versions"),
        "release": release,
        "form": form or ReleaseForm(release=release),
        "files_form": FilesForm(),
        "max_bytes": settings.RELEASE_FILE_MAX_BYTES,
        "max_files": settings.RELEASE_MAX_FILES,
        **more,
    }
    return render(request, "studio/version.html", context, status=status)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> HttpResponse:
    """A version: what is new in it, its files, and what can be done with it."""
    found = _release(request, pk, release)
    if request.method != "POST":
        return _page(request, found)
    form = ReleaseForm(request.POST, release=found)
    if form.is_valid():
        try:
            services.release_change(release=found, actor=cast(User, request.user), **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("studio_version", pk, release)
    return _page(request, found, form, status=422)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file_add(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> HttpResponse:
    """Take files. Those that are refused are told one by one; the others are kept."""
    found = _release(request, pk, release)
    if request.method != "POST":
        return redirect("studio_version", pk, release)  # the address of a refused form, opened again
    sent = request.FILES.getlist("file")
    refused = [(safe_name(file.name or ""), why) for file in sent for why in _refusals(found, file)]
    if not sent:
        refused = [("", _("Please choose a file first."))]
    if wants_json(request):
        errors = {"file": [why for _name, why in refused]} if refused else {}
        return JsonResponse({"errors": errors}, status=422 if refused else 201)
    if not refused:
        return redirect("studio_version", pk, release)
    return _page(request, _release(request, pk, release), status=422, refused=refused)


def _refusals(release: Release, file: Any) -> list[str]:
    try:
        services.release_file_add(release=release, content=file, name=file.name or "")
    except ValidationError as error:
        return [str(text) for text in error.messages]
    except Release.DoesNotExist:
        return [_("Somebody has deleted this version meanwhile.")]
    except OSError as error:
        return [fault_text(error)]
    return []


@login_required
def _too_large(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> HttpResponse:
    found = _release(request, pk, release)
    limit = filesizeformat(settings.RELEASE_FILE_MAX_BYTES)
    text = _("Nothing was added: what was sent at once may have %(limit)s at most.") % {"limit": limit}
    if wants_json(request):
        return JsonResponse({"errors": {"file": [text]}}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _page(request, found, status=413, refused=[("", text)])


file_add.too_large = _too_large  # type: ignore[attr-defined]


@login_required
@require_POST
def file_remove(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID, file: uuid.UUID) -> HttpResponse:
    """Take a file out of a draft."""
    found = _release(request, pk, release)
    row = get_object_or_404(ReleaseFile.objects.select_related("release"), pk=file, release=found)
    _tried(request, lambda: services.release_file_remove(file=row))
    return redirect("studio_version", pk, release)


@login_required
@require_POST
def publish(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> HttpResponse:
    """Release a draft, or offer again what was withdrawn."""
    found = _release(request, pk, release)
    if _tried(request, lambda: services.release_publish(release=found, actor=cast(User, request.user))):
        messages.success(request, _("Version %(version)s is out.") % {"version": found.version})
    return redirect("studio_version", pk, release)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> HttpResponse:
    """Offer a version no longer."""
    found = _release(request, pk, release)
    if _tried(request, lambda: services.release_withdraw(release=found, actor=cast(User, request.user))):
        messages.success(request, _("Version %(version)s is withdrawn.") % {"version": found.version})
    return redirect("studio_version", pk, release)


@login_required
@require_POST
def delete(request: HttpRequest, pk: uuid.UUID, release: uuid.UUID) -> HttpResponse:
    """Delete a draft."""
    found = _release(request, pk, release)
    if not _tried(request, lambda: services.release_delete(release=found)):
        return redirect("studio_version", pk, release)
    messages.success(request, _("The draft was deleted."))
    return redirect("studio_versions", pk)


def _tried(request: HttpRequest, step: Any) -> bool:
    """Whether the step was possible; if not, a message says why."""
    try:
        step()
    except services.NotPossible as error:
        messages.error(request, str(error))
        return False
    return True
