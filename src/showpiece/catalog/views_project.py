"""What people and staff do with a project on its own page. The page itself stands in `web.pages`."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.models import Project
from showpiece.catalog.project_selectors import project_for
from showpiece.catalog.rules import may


@never_cache
@require_POST
def project_rate(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """Give stars, change them or take them back."""
    found, _people = project_for(request.user, creator, project)
    if not request.user.is_authenticated:
        return redirect_to_login(found.get_absolute_url())
    if not may("catalog.rate_project", request.user, found):
        raise PermissionDenied
    if not ratelimit.consume(request, action="rate_project", user=request.user):
        refused: HttpResponse = ratelimit.respond_429(request)
        return refused
    if "withdraw" in request.POST:
        services.project_rating_withdraw(project=found, user=request.user)
        messages.success(request, _("Your rating is withdrawn."))
    else:
        stars = request.POST.get("stars", "")
        try:
            services.project_rate(project=found, user=request.user, stars=int(stars) if stars.isdecimal() else 0)
            messages.success(request, _("Thank you. Your rating counts in a moment."))
        except (ValidationError, ValueError):
            messages.error(request, _("Please choose one to five stars."))
    return redirect(f"{found.get_absolute_url()}#rating")


def _permitted(request: HttpRequest, creator: str, project: str, to: str) -> Project:
    found, _people = project_for(request.user, creator, project)
    if not may(to, request.user, found):
        raise PermissionDenied
    return found


def _back(request: HttpRequest, project: Project) -> HttpResponse:
    """To the project, for who may still see it."""
    fresh = Project.objects.select_related("creator", "category").get(pk=project.pk)
    return redirect(fresh if may("catalog.see_project", request.user, fresh) else "project_list")


def _acts_as_staff(request: HttpRequest, project: Project) -> bool:
    """Whether it is only as staff that they may archive: what staff archived, its owners do not restore."""
    return not may("catalog.publish_project", request.user, project)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_archive(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """Ask once more, then take a project off the display."""
    found = _permitted(request, creator, project, "catalog.archive_project")
    by_staff = _acts_as_staff(request, found)
    if request.method != "POST":
        return render(request, "catalog/project_archive.html", {"project": found, "by_staff": by_staff})
    services.project_archive(project=found, actor=cast(User, request.user), by_staff=by_staff)
    messages.success(request, _("“%(name)s” is archived.") % {"name": found.shown_name})
    return _back(request, found)


@never_cache
@login_required
@require_POST
def project_restore(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """Put an archived project back as it was."""
    found = _permitted(request, creator, project, "catalog.archive_project")
    by_staff = may("catalog.restore_any_project", request.user, found)
    try:
        services.project_restore(project=found, actor=cast(User, request.user), by_staff=by_staff)
        messages.success(request, _("“%(name)s” is as it was.") % {"name": found.shown_name})
    except services.NotPossible as reason:
        messages.error(request, str(reason))
    return _back(request, found)


@never_cache
@login_required
@require_POST
def project_feature(request: HttpRequest, creator: str, project: str) -> HttpResponse:
    """Show a project first on the front page, or no longer."""
    found = _permitted(request, creator, project, "catalog.feature_project")
    featured = "featured" in request.POST
    services.project_feature(project=found, actor=cast(User, request.user), featured=featured)
    text = _("“%(name)s” is featured now.") if featured else _("“%(name)s” is featured no longer.")
    messages.success(request, text % {"name": found.shown_name})
    return _back(request, found)
