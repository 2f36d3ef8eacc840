"""The details of a project: its form, what is typed into it and not saved, and what somebody else saves meanwhile."""

import uuid
from collections.abc import Mapping
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import Project
from showpiece.catalog.studio import selectors
from showpiece.catalog.studio.access import project_context, studio_project
from showpiece.catalog.studio.conflict import Conflict, base_of, conflict_of
from showpiece.catalog.studio.forms_project import ProjectForm, typed_values, values_of
from showpiece.catalog.studio.forms_publish import ScheduleForm

# A number that no project has, for a form whose own is missing: it is then asked what differs.
NO_REVISION = 0


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio_project_details(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    project = studio_project(request, pk)
    if request.method != "POST":
        return details_page(request, project)
    if "preview" in request.POST:
        typed = typed_values(request.POST)
        form = ProjectForm(None, project=project, typed=typed)
        base, text = request.POST.get("base", ""), typed.get("description", "")
        return _form_page(request, project, form, _revision(request), base, preview_text=text)
    return _save(request, project)


def details_page(request: HttpRequest, project: Project, schedule: ScheduleForm | None = None) -> HttpResponse:
    """The form as it was left: with what the person has typed and not saved, if there is anything."""
    saved = values_of(project)
    draft = selectors.draft_of(project, cast(User, request.user))
    if draft is None or not _differs(draft.data, saved):
        form = ProjectForm(None, project=project)
        return _form_page(request, project, form, project.revision, base_of(saved), schedule=schedule)
    form = ProjectForm(None, project=project, typed=draft.data)
    base = draft.data.get("base", "")
    return _form_page(request, project, form, draft.revision, base, schedule=schedule, draft=draft)


def _save(request: HttpRequest, project: Project) -> HttpResponse:
    revision, base = _revision(request), request.POST.get("base", "")
    data = _with_theirs(request, project)
    form = ProjectForm(data, project=project)
    if form.is_valid():
        try:
            services.project_change(project=project, actor=cast(User, request.user), revision=revision, **form.values())
        except services.EditConflict as error:
            current = error.current
            conflict = conflict_of(form, typed_values(data), base, current)
            base = base_of(values_of(current))
            return _form_page(request, current, form, current.revision, base, conflict=conflict)
        except ValidationError as error:
            form.add_service_errors(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("studio_project", project.pk)
    return _form_page(request, project, form, revision, base)


def _with_theirs(request: HttpRequest, project: Project) -> Any:
    """The data of the form, with what is saved where the person chose to keep that."""
    data = request.POST.copy()
    saved = values_of(project)
    for name in data.getlist("theirs"):
        if name in saved:
            data[name] = str(saved[name])
    return data


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_REVISION


def _differs(typed: Mapping[str, Any], saved: Mapping[str, Any]) -> bool:
    return any(str(typed[name]).strip() != str(saved[name]).strip() for name in saved if name in typed)


def _form_page(
    request: HttpRequest,
    project: Project,
    form: ProjectForm,
    revision: int,
    base: str,
    conflict: Conflict | None = None,
    schedule: ScheduleForm | None = None,
    **more: Any,
) -> HttpResponse:
    context = {
        **project_context(request, project, "details"),
        "form": form,
        "revision": revision,
        "base": base,
        "conflict": conflict,
        "schedule": schedule or ScheduleForm(),
        "missing": [(form[name], text) for name, text in services.project_missing(project).items()],
        "preview_url": request.build_absolute_uri(reverse("project_preview", args=[project.pk, project.preview_key]))
        if project.preview_key
        else "",
        **more,
    }
    return render(request, "studio/details.html", context)


@login_required
@never_cache
@require_POST
def studio_draft(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is typed. What is the same as what is saved needs no keeping."""
    project = studio_project(request, pk)
    user = cast(User, request.user)
    typed = typed_values(request.POST)
    if not _differs(typed, values_of(project)):
        services.draft_discard(project=project, user=user)
        return render(request, "studio/_draft_state.html", {})
    try:
        data = {**typed, "base": request.POST.get("base", "")}
        draft = services.draft_save(project=project, user=user, revision=_revision(request), data=data)
    except ValidationError as error:
        return render(request, "studio/_draft_state.html", {"error": " ".join(error.messages)}, status=422)
    return render(request, "studio/_draft_state.html", {"draft": draft})


@login_required
@never_cache
@require_POST
def studio_draft_discard(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Back to what is saved."""
    project = studio_project(request, pk)
    services.draft_discard(project=project, user=cast(User, request.user))
    messages.success(request, _("Your unsaved changes are discarded."))
    return redirect("studio_project", project.pk)


@login_required
@never_cache
@require_POST
def studio_markdown(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """How a description will look, for the form that is being filled in."""
    studio_project(request, pk)
    return render(request, "studio/_preview.html", {"preview_text": typed_values(request.POST).get("description", "")})
