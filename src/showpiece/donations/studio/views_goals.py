"""What a creator's projects ask for."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.catalog.models import Project, Status
from showpiece.donations import received as given
from showpiece.donations import services
from showpiece.donations.models import Goal
from showpiece.donations.studio.access import FORM_METHODS, own_creator
from showpiece.donations.studio.forms import GOAL_TYPED_AS, GoalForm
from showpiece.form_errors import add_errors

SET = "donations.set_goals"
SHOWN, PAST = 20, 20


def _own_project(request: HttpRequest, pk: uuid.UUID) -> Project:
    creator = own_creator(request, SET)
    own = Project.objects.select_related("creator", "category").filter(creator=creator)
    return get_object_or_404(own.exclude(status=Status.ARCHIVED), pk=pk)


@login_required
@never_cache
@require_safe
def goals(request: HttpRequest) -> HttpResponse:
    """One's projects with what each asks for. A search finds the others where there are many."""
    creator = own_creator(request, SET)
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = given.projects_with_goals(creator, text, SHOWN + 1)
    context = {
        "creator": creator,
        "text": text,
        "projects": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "past": given.closed_goals(creator, PAST),
    }
    return render(request, "donations/studio/goals.html", context)


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def goal(request: HttpRequest, project: uuid.UUID) -> HttpResponse:
    """Set the goal of a project, or change the one it has."""
    found = _own_project(request, project)
    current = Goal.objects.filter(project=found, closed_at=None).first()
    form = GoalForm(request.POST if request.method == "POST" else None, project=found, goal=current)
    if request.method == "POST" and form.is_valid():
        try:
            if current:
                services.goal_change(goal=current, **form.cleaned_data)
            else:
                services.goal_set(project=found, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, GOAL_TYPED_AS)
        else:
            messages.success(request, _("Saved.") if current else _("The goal stands on the page of the project."))
            return redirect("studio_goals")
    status = 422 if form.is_bound else 200
    return render(
        request, "donations/studio/goal.html", {"form": form, "project": found, "goal": current}, status=status
    )


@login_required
@never_cache
@require_POST
def goal_close(request: HttpRequest, project: uuid.UUID) -> HttpResponse:
    """Ask no longer."""
    found = _own_project(request, project)
    if current := Goal.objects.filter(project=found, closed_at=None).first():
        services.goal_close(goal=current)
    messages.success(request, _("The goal is closed."))
    return redirect("studio_goals")


@login_required
@never_cache
@require_POST
def switch(request: HttpRequest, project: uuid.UUID) -> HttpResponse:
    """Take donations for a project, or take none any more."""
    found = _own_project(request, project)
    is_on = request.POST.get("to") == "on"
    services.donations_switch(project=found, is_on=is_on)
    name = {"name": found.shown_name}
    text = _("“%(name)s” takes donations.") if is_on else _("“%(name)s” takes no donations any more.")
    messages.success(request, text % name)
    return redirect("studio_goals")
