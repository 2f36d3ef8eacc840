"""Who works on a project. Maintainers see it; owners say who it is."""

import uuid
from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import Contributor, Project
from showpiece.catalog.rules import displayed, may
from showpiece.catalog.studio import selectors
from showpiece.catalog.studio.access import project_context, studio_project
from showpiece.catalog.studio.forms import InviteForm, RoleForm

MANAGE = "catalog.manage_contributors"


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def studio_people(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everybody who is named; and a form with which an owner asks somebody else."""
    if request.method != "POST":
        return _people_page(request, studio_project(request, pk), InviteForm())
    project = studio_project(request, pk, to=MANAGE)
    form = InviteForm(request.POST)
    if form.is_valid():
        person, role = form.cleaned_data["username"], form.cleaned_data["role"]
        if not _may_write_to(request, person):
            form.add_error(None, _("You have invited a lot of people lately. Please try again tomorrow."))
            return _people_page(request, project, form, status=429)
        try:
            services.contributor_invite(
                project=project, user=person, role=role, actor=cast(User, request.user), language=get_language() or ""
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(person)s is invited by mail.") % {"person": person})
            return redirect("studio_people", project.pk)
    return _people_page(request, project, form)


def _may_write_to(request: HttpRequest, person: User) -> bool:
    """Not without end: whoever takes somebody off the list and invites them again sends one more mail each time."""
    pair = f"{request.user.pk}:{person.pk}"
    return bool(ratelimit.consume(request, action="invite_contributor", key=pair, user=request.user))


def _people_page(request: HttpRequest, project: Project, form: InviteForm, *, status: int = 200) -> HttpResponse:
    people = selectors.contributors_of(project)
    manages = may(MANAGE, request.user, project)
    context = {
        **project_context(request, project, "people"),
        "people": [(one, RoleForm(None, contributor=one) if manages else None) for one in people],
        "creator": User.objects.select_related("profile").get(pk=project.creator.user_id),
        "form": form if manages else None,
    }
    return render(request, "studio/people.html", context, status=status)


def _contributor(project: Project, contributor: uuid.UUID) -> Contributor:
    return get_object_or_404(project.contributors.select_related("user"), pk=contributor)


@login_required
@never_cache
@require_POST
def studio_person_role(request: HttpRequest, pk: uuid.UUID, contributor: uuid.UUID) -> HttpResponse:
    project = studio_project(request, pk, to=MANAGE)
    found = _contributor(project, contributor)
    form = RoleForm(request.POST, contributor=found)
    if form.is_valid():
        role, actor = form.cleaned_data["role"], cast(User, request.user)
        services.contributor_set_role(contributor=found, role=role, actor=actor)
        text = _("%(person)s: %(role)s")
        messages.success(request, text % {"person": found.user, "role": found.get_role_display()})
    else:
        messages.error(request, " ".join(map(str, form.errors["role"])))
    return _back(request, project)


@login_required
@never_cache
@require_POST
def studio_person_remove(request: HttpRequest, pk: uuid.UUID, contributor: uuid.UUID) -> HttpResponse:
    """Take somebody off the list. One's own row anybody may."""
    project = studio_project(request, pk, to=MANAGE)
    found = _contributor(project, contributor)
    services.contributor_remove(contributor=found, actor=cast(User, request.user))
    text = _("%(person)s no longer works on it.")
    if found.accepted_at and not displayed(request.user, project):
        text = _("%(person)s no longer works on it. The preview link is another one now.")
    messages.success(request, text % {"person": found.user})
    return _back(request, project)


def _back(request: HttpRequest, project: Project) -> HttpResponse:
    """An owner who has just taken themselves off the list, or down, cannot go back to it."""
    project.__dict__.pop("_roles", None)
    may_edit = may("catalog.edit_project", request.user, project)
    return redirect("studio_people", project.pk) if may_edit else redirect("studio")
