"""Trying a demo: send a form, watch the run, fetch what came out."""

import json
import mimetypes
import uuid
from pathlib import PurePosixPath
from typing import Any

import structlog
from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.demos import selectors, services
from showpiece.demos.forms import RunForm, form_class, refused_form
from showpiece.demos.media_messages import too_large_text
from showpiece.demos.models import Demo, Run
from showpiece.demos.results import RunView
from showpiece.demos.run_files import Storable, accepted
from showpiece.demos.runners import is_runnable, local_runner
from showpiece.demos.viewers import known_viewer_of, remember, viewer_of
from showpiece.files import stored_file_response
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_client import ServiceUnavailable

log = structlog.get_logger(__name__)


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _form_answer(request: HttpRequest, demo: Demo, form: RunForm, status: int) -> HttpResponse:
    """The form again, with its messages: alone for htmx, else on a page of its own."""
    template = "demos/_form.html" if _is_htmx(request) else "demos/form.html"
    return render(request, template, {"demo": demo, "project": demo.project, "form": form}, status=status)


def _runnable(creator: str, project: str) -> Demo:
    demo = selectors.visible_demo(creator, project)
    if not is_runnable(demo):
        raise Http404("This demo cannot be run here.")
    return demo


@require_http_methods(["GET", "HEAD", "POST"])
def demo_run(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """Start a run from the form, with the visitor's file or with the sample."""
    demo = _runnable(creator, project)
    if request.method != "POST":
        return redirect(demo)  # the address of a refused form, opened again
    with_sample = "use_sample" in request.POST and bool(demo.sample)
    form = form_class(demo)(request.POST, request.FILES, sample=with_sample)
    if not form.is_valid():
        return _form_answer(request, demo, form, 422)
    try:
        run = services.run_create(
            demo=demo,
            viewer=known_viewer_of(request),
            key=form.cleaned_data["key"],
            values=form.values(),
            files=_sample_files(demo, form) if with_sample else form.sent(),
        )
    except services.TooManyRuns:
        form.add_error(None, _("There are too many unfinished runs. Please let them finish first."))
        return _form_answer(request, demo, form, 429)
    except (OSError, MediaError, ServiceUnavailable):
        # Of a file of the visitor's the form would have told; what remains is the sample or our own disk.
        log.exception("run not started", demo=str(demo.pk))
        form.add_error(None, _("This did not work on our side. Please try later."))
        return _form_answer(request, demo, form, 503)
    if run.user_id is None:
        remember(request, run.visitor)
    if not _is_htmx(request):
        return redirect(run, permanent=False)
    response = _panel(request, run)
    response["HX-Push-Url"] = run.get_absolute_url()
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def demo_run_film(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """The same for demos that take a film: at an address of its own, where larger files are let in."""
    if not local_runner(_runnable(creator, project).predictor).takes_film:
        raise Http404("This demo takes no film.")
    response: HttpResponse = demo_run(request, creator, project)
    return response


def _sample_files(demo: Demo, form: RunForm) -> dict[str, Storable]:
    with demo.sample.open() as file:
        content = ContentFile(file.read())
    return {name: accepted(content, kind) for name, kind in list(form.kinds().items())[:1]}


def _too_large(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    demo = _runnable(creator, project)
    kind = "video" if local_runner(demo.predictor).takes_film else "image"
    return _form_answer(request, demo, refused_form(demo, too_large_text(kind)), 413)


for view in (demo_run, demo_run_film):
    view.too_large = _too_large  # type: ignore[attr-defined]


@require_safe
def demo_sample(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """The demo's sample file, to download."""
    demo = selectors.visible_demo(creator, project)
    if not demo.sample:
        raise Http404("This demo has no sample.")
    name = str(demo.sample.name)
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    download_as = f"{project}-sample{PurePosixPath(name).suffix}"
    return stored_file_response(request, demo.sample.storage, name, content_type, download_as=download_as)


def _run(request: HttpRequest, run_id: uuid.UUID) -> Run:
    return selectors.run_for(viewer_of(request), run_id)


def panel_context(run: Run) -> dict[str, Any]:
    """What the panel of a run is rendered from."""
    return {"run": RunView(run), "demo": run.demo, "project": run.demo.project}


def _panel(request: HttpRequest, run: Run) -> HttpResponse:
    """The panel of a run that has just been made or changed."""
    return render(request, "demos/_run.html", panel_context(_run(request, run.pk)))


@require_safe
@never_cache
def run_page(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """A run of the visitor's own: how far it is, or what came out."""
    return render(request, "demos/run.html", panel_context(_run(request, run_id)))


@require_safe
@never_cache
def run_panel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The panel alone, for polling."""
    return render(request, "demos/_run.html", panel_context(_run(request, run_id)))


@require_safe
@never_cache
def run_file(request: HttpRequest, run_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A file of a run of the visitor's own."""
    file = selectors.run_file_for(viewer_of(request), run_id, file_id)
    if file.is_original:
        raise Http404("A film as it was sent is shown to nobody.")
    name = str(file.file.name)
    download_as = f"{file.field}-{file.role}{PurePosixPath(name).suffix}" if "download" in request.GET else ""
    return stored_file_response(request, file.file.storage, name, file.content_type, download_as=download_as)


@require_safe
@never_cache
def run_poster(request: HttpRequest, run_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    """A picture of a film of a run of the visitor's own."""
    file = selectors.run_file_for(viewer_of(request), run_id, file_id)
    return stored_file_response(request, file.poster.storage, str(file.poster.name or ""), "image/jpeg")


@require_safe
@never_cache
def run_table(request: HttpRequest, run_id: uuid.UUID, name: str) -> HttpResponse:
    """A table of the result as CSV."""
    text = RunView(_run(request, run_id)).table_csv(name)
    if text is None:
        raise Http404("No such table.")
    return _attachment(text, "text/csv; charset=utf-8", f"{name}.csv")


@require_safe
@never_cache
def run_json(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The whole output as JSON."""
    run = _run(request, run_id)
    if run.output is None:
        raise Http404("No output yet.")
    return _attachment(json.dumps(run.output, indent=2, ensure_ascii=False), "application/json", "output.json")


def _attachment(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type=content_type, headers=headers)


@require_POST
def run_cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Stop a run of the visitor's own."""
    run = _run(request, run_id)
    services.run_cancel(run=run)
    return _panel(request, run) if _is_htmx(request) else redirect(run)


@require_POST
def run_delete(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Delete a run of the visitor's own with all its files, at once."""
    run = _run(request, run_id)
    back = run.demo.get_absolute_url()
    services.run_delete(run=run)
    messages.success(request, _("The result was deleted."))
    if _is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": back})
    return HttpResponseRedirect(back)
