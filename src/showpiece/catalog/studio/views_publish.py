"""Putting a project on display, and taking it off."""

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import Project
from showpiece.catalog.rules import may
from showpiece.catalog.studio.access import project_context, studio_project
from showpiece.catalog.studio.forms_publish import ScheduleForm
from showpiece.catalog.studio.views_project import details_page

PUBLISH, ARCHIVE = "catalog.publish_project", "catalog.archive_project"


@login_required
@never_cache
@require_POST
def studio_publish(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Now, or from the moment that `published_at` names."""
    project = studio_project(request, pk, to=PUBLISH)
    later = "published_at" in request.POST
    form = ScheduleForm(request.POST if later else None)
    if later and not form.is_valid():
        return details_page(request, project, form)
    try:
        at = form.cleaned_data["published_at"] if later else None
        services.project_publish(project=project, actor=cast(User, request.user), at=at)
    except services.NotPossible as error:
        messages.error(request, str(error))
    except ValidationError as error:
        if "published_at" in error.error_dict:
            form.add_error("published_at", error.error_dict["published_at"])
            return details_page(request, project, form)
        messages.error(request, _("It cannot be published yet. What is missing is named below."))
    else:
        messages.success(request, _("It will be on display at that moment.") if later else _("It is on display."))
    return redirect("studio_project", project.pk)


@login_required
@never_cache
@require_POST
def studio_unschedule(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    project = studio_project(request, pk, to=PUBLISH)
    try:
        services.project_unschedule(project=project, actor=cast(User, request.user))
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is a draft again."))
    return redirect("studio_project", project.pk)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio_archive(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Asked first on a page of its own; with a script a dialog asks, and this page is not seen."""
    project = studio_project(request, pk, to=ARCHIVE)
    if request.method != "POST":
        return render(request, "studio/archive.html", project_context(request, project, "details"))
    user = cast(User, request.user)
    services.project_archive(project=project, actor=user, by_staff=not may(PUBLISH, user, project))
    messages.success(request, _("It is archived, and no longer on display."))
    return _back(request, project)


@login_required
@never_cache
@require_POST
def studio_restore(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    project = studio_project(request, pk, to=ARCHIVE)
    user = cast(User, request.user)
    by_staff = may("catalog.restore_any_project", user, project)
    try:
        services.project_restore(project=project, actor=user, by_staff=by_staff)
    except services.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is restored as it was."))
    return _back(request, project)


def _back(request: HttpRequest, project: Project) -> HttpResponse:
    """Staff who may archive a project see its page, and not the form of its people."""
    may_edit = may("catalog.edit_project", cast(User, request.user), project)
    return redirect("studio_project", project.pk) if may_edit else redirect(project)


@login_required
@never_cache
@require_POST
def studio_preview_renew(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Another secret link; whoever has the old one sees nothing more."""
    project = studio_project(request, pk)
    services.preview_link_renew(project=project)
    messages.success(request, _("There is a new preview link. The old one no longer works."))
    return redirect("studio_project", project.pk)
