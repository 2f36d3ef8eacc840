"""The studio's front room: one's projects, becoming a creator, the creator's page, and new projects."""

import uuid
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import Contributor, Creator, Status
from showpiece.catalog.rules import may
from showpiece.catalog.studio import selectors
from showpiece.catalog.studio.forms import CreatorForm, NewProjectForm
from showpiece.paging import keyset_page

PAGE_SIZE = 12
FORM_METHODS = ["GET", "HEAD", "POST"]


@login_required
@never_cache
@require_safe
def studio(request: HttpRequest) -> HttpResponse:
    """One's own projects and those one works on, the last changed first; and what one is asked to work on."""
    user = cast(User, request.user)
    creator = selectors.creator_of(user)
    parts = selectors.worked_on(user)
    text, state = request.GET.get("q", "").replace("\x00", "").strip()[:100], request.GET.get("state", "")
    projects = selectors.in_state(selectors.studio_projects(creator, parts), state if state in selectors.STATES else "")

    def url(parameters: dict[str, str]) -> str:
        query = request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(parameters)
        return f"{request.path}?{query.urlencode()}"

    page = keyset_page(
        selectors.named(projects, text) if text else projects,
        field="updated_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=url,
    )
    for project in page.items:
        project.part = parts.get(project.pk)  # type: ignore[attr-defined]  # for the template
    context = {
        "creator": creator,
        "page": page,
        "invitations": selectors.invitations(user),
        "states": selectors.STATES,
        "state": state,
        "q": text,
        "searchable": bool(text or page.next_url or page.previous_url),  # on one page all are seen at a glance
        "is_new": not page.items and not (text or state),
        "may_start": bool(creator and creator.status != Status.ARCHIVED),
    }
    return render(request, "studio/home.html", context)


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def studio_join(request: HttpRequest) -> HttpResponse:
    """Become a creator, in one step."""
    user = cast(User, request.user)
    if creator := selectors.creator_of(user):
        if creator.status == Status.ARCHIVED:
            return render(request, "studio/archived.html", {"creator": creator}, status=403)
        messages.info(request, _("You are a creator already."))
        return redirect("studio")
    form = CreatorForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.creator_join(user=user, **form.values())
        except ValidationError as error:
            if selectors.creator_of(user):  # a double click: the other one was faster
                return redirect("studio")
            _add_errors(form, error)
        else:
            messages.success(request, _("Welcome! Your page is there. Now show something on it."))
            return redirect("studio")
    return render(request, "studio/join.html", {"form": form})


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def studio_page(request: HttpRequest) -> HttpResponse:
    """What one's creator page says."""
    user = cast(User, request.user)
    creator = _own_page(user)
    form = CreatorForm(request.POST or None, user=user, creator=creator)
    if request.method == "POST" and form.is_valid():
        try:
            services.creator_page_save(creator=creator, **form.values())
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("Your page is saved."))
            return redirect(creator)
    return render(request, "studio/page.html", {"form": form, "creator": creator})


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def studio_project_new(request: HttpRequest) -> HttpResponse:
    """A new project: a name and a category make a draft, and the rest is filled in on its page."""
    user = cast(User, request.user)
    creator = selectors.creator_of(user)
    if creator is None:
        messages.info(request, _("First make a page for your projects. It takes a minute."))
        return redirect("studio_join")
    if not may("catalog.start_project", user):
        raise PermissionDenied
    form = NewProjectForm(request.POST or None, language=(get_language() or settings.LANGUAGE_CODE).partition("-")[0])
    if request.method == "POST" and form.is_valid():
        try:
            project = services.project_start(creator=creator, actor=user, **form.cleaned_data)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            return redirect("studio_project", project.pk)
    return render(request, "studio/new.html", {"form": form})


@login_required
@never_cache
@require_POST
def studio_invitation(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept or decline what one is asked to work on, or leave it later. Nobody else can."""
    found = get_object_or_404(Contributor.objects.select_related("project"), pk=pk, user=cast(User, request.user))
    name = {"project": found.project.shown_name}
    if request.POST.get("answer") == "accept":
        services.contributor_accept(contributor=found)
        messages.success(request, _("You are now named on “%(project)s”.") % name)
    else:
        services.contributor_remove(contributor=found, actor=cast(User, request.user))
        text = _("You no longer work on “%(project)s”.") if found.accepted_at else _("You have declined.")
        messages.success(request, text % name)
    return redirect("studio")


def _own_page(user: User) -> Creator:
    creator = get_object_or_404(Creator, user=user)
    if not may("catalog.edit_creator", user, creator):
        raise PermissionDenied
    return creator


def _add_errors(form: CreatorForm | NewProjectForm, error: ValidationError) -> None:
    """At the fields that the form has, else above it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
