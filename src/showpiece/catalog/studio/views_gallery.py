"""The gallery of a project: adding pictures and films, their texts, their order."""

import errno
import uuid
from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.catalog import media_selectors, services
from showpiece.catalog.models import Project, ProjectPicture
from showpiece.catalog.services.videos import is_film
from showpiece.catalog.studio.access import project_context, studio_project
from showpiece.catalog.studio.forms_gallery import (
    GalleryForms,
    GalleryItemForm,
    PictureForm,
    add_errors,
    gallery_message,
)
from showpiece.catalog.studio.limits import gallery_limits
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_client import ServiceUnavailable

log = structlog.get_logger(__name__)


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks, which shows the answer itself."""
    return request.headers.get("Accept") == "application/json"


def disk_is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def _page(
    request: HttpRequest, project: Project, forms: Any = None, *, rows: Any = None, status: int = 200, problem: str = ""
) -> HttpResponse:
    forms = GalleryForms(prefix="item") if forms is None else forms
    items = media_selectors.whole_gallery(project)
    context = {
        **project_context(request, project, "gallery"),
        "items": items,
        "forms": forms,
        "rows": list(forms) if rows is None else rows,
        "problem": problem,
        "limits": gallery_limits(),
        "most": services.MAX_PICTURES,
        "left": services.MAX_PICTURES - len(items),
    }
    return render(request, "studio/gallery.html", context, status=status)


@login_required
@never_cache
@require_safe
def gallery(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What is in the gallery, and a form to add to it."""
    return _page(request, studio_project(request, pk))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def gallery_add(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take pictures and films. Those that are refused are told one by one; the others are kept."""
    project = studio_project(request, pk)
    if request.method != "POST":
        return redirect("studio_gallery", pk)  # the address of a refused form, opened again
    forms = GalleryForms(request.POST, request.FILES, prefix="item")
    if not forms.management_form.is_valid():
        return _page(request, project, status=422, problem=_("The form came incomplete. Please send it again."))
    sent = [form for form in forms if form.has_changed()]
    kept = [form for form in sent if form.is_valid() and _added(project, form)]
    if wants_json(request):
        errors = {name: texts for form in sent for name, texts in form.errors.items()}
        return JsonResponse({"errors": errors}, status=201 if kept and not errors else 422)
    if kept:
        text = ngettext("%(count)s is added.", "%(count)s are added.", len(kept))
        messages.success(request, text % {"count": len(kept)})
    if sent and len(kept) == len(sent):
        return redirect("studio_gallery", pk)
    problem = "" if sent else _("Please choose a file first.")
    rows = [form for form in forms if form not in kept]
    return _page(request, project, forms, rows=rows, status=422, problem=problem)


def _added(project: Project, form: GalleryItemForm) -> bool:
    """Whether it is in the gallery now; if not, its form says why."""
    content = form.cleaned_data["file"]
    try:
        services.gallery_add(project=project, content=content, alt=form.cleaned_data["alt"], translations={})
    except MediaError as error:
        form.add_error("file", str(gallery_message(error, film=is_film(content))))
    except ValidationError as error:
        add_errors(form, error)
    except (OSError, ServiceUnavailable) as error:
        form.add_error("file", fault_text(error))
    return not form.errors


def fault_text(error: Exception) -> str:
    """What is said when it is no fault of the file's."""
    log.error("upload not kept", exc_info=error)
    if disk_is_full(error):
        return _("There is no room for this file on the disk of this site at the moment. Nothing of it was kept.")
    return _("This did not work on our side. Please try later.")


@login_required
def _too_large(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    project = studio_project(request, pk)
    limit = filesizeformat(max(gallery_limits().values()))
    text = _("Nothing was added: what was sent at once may have %(limit)s at most.") % {"limit": limit}
    if wants_json(request):
        return JsonResponse({"errors": {"file": [text]}}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _page(request, project, status=413, problem=text)


gallery_add.too_large = _too_large  # type: ignore[attr-defined]


def _picture(request: HttpRequest, pk: uuid.UUID, picture: uuid.UUID) -> ProjectPicture:
    project = studio_project(request, pk)
    return get_object_or_404(ProjectPicture.objects.select_related("project", "video"), pk=picture, project=project)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def picture_edit(request: HttpRequest, pk: uuid.UUID, picture: uuid.UUID) -> HttpResponse:
    """The texts of a picture, and another one in its place."""
    found = _picture(request, pk, picture)
    film = hasattr(found, "video")
    form = PictureForm(request.POST or None, request.FILES or None, picture=found, is_film=film)
    if request.method == "POST" and form.is_valid() and _changed(form):
        messages.success(request, _("Saved."))
        return _back(pk, picture)
    context = {**project_context(request, found.project, "gallery"), "picture": found, "form": form}
    return render(request, "studio/picture.html", context, status=422 if form.errors else 200)


def _changed(form: PictureForm) -> bool:
    """Whether it is saved; if not, the form says why."""
    file = form.cleaned_data.get("file")
    try:
        services.picture_change(
            picture=form.picture,
            alt=form.cleaned_data["alt"],
            translations=form.translations(),
            source=services.source_of(file) if file else None,
        )
    except MediaError as error:
        form.add_error("file", str(gallery_message(error, film=False)))
    except ValidationError as error:
        add_errors(form, error)
    except ProjectPicture.DoesNotExist:
        form.add_error(None, _("Somebody has removed this picture meanwhile."))
    except (OSError, ServiceUnavailable) as error:
        form.add_error("file" if file else None, fault_text(error))
    return not form.errors


@login_required
@require_POST
def picture_move(request: HttpRequest, pk: uuid.UUID, picture: uuid.UUID) -> HttpResponse:
    """One place earlier or later, or to the front."""
    found = _picture(request, pk, picture)
    by = {"earlier": -1, "later": 1, "first": -services.MAX_PICTURES}.get(request.POST.get("to", ""), 0)
    services.picture_move(picture=found, by=by)
    return _back(pk, picture)


@login_required
@require_POST
def picture_remove(request: HttpRequest, pk: uuid.UUID, picture: uuid.UUID) -> HttpResponse:
    """Out of the gallery, with its files."""
    services.picture_remove(picture=_picture(request, pk, picture))
    messages.success(request, _("Removed."))
    return redirect("studio_gallery", pk)


@login_required
@require_POST
def gallery_order(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The whole order at once, as it is after dragging."""
    project = studio_project(request, pk)
    order = []
    for text in request.POST.getlist("order")[: 2 * services.MAX_PICTURES]:
        try:
            order.append(uuid.UUID(text))
        except ValueError:
            continue  # nothing of ours
    services.pictures_arrange(project=project, order=order)
    return HttpResponse(status=204) if wants_json(request) else redirect("studio_gallery", pk)


def _back(pk: uuid.UUID, picture: uuid.UUID) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('studio_gallery', args=[pk])}#item-{picture}")
