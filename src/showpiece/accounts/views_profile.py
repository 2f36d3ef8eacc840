"""A person's own profile, and the list of everybody."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from showpiece.accounts import selectors, services, sheet
from showpiece.accounts.forms_profile import ProfileForm
from showpiece.accounts.models import User
from showpiece.accounts.redirects import next_url
from showpiece.accounts.rules import may, profile_of
from showpiece.files import SANDBOX
from showpiece.paging import keyset_page
from showpiece.pictures import picture_message
from showpiece_predictors.media import MediaError

PAGE_SIZE = sheet.MOST


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def profile_edit(request: HttpRequest) -> HttpResponse:
    """One's own name and profile, saved together. Nobody else's has such a page."""
    user = cast(User, request.user)
    if not may("accounts.edit_profile", user, user):
        raise PermissionDenied
    following = next_url(request)
    form = ProfileForm(request.POST or None, request.FILES or None, user=user)
    if request.method == "POST" and form.is_valid() and _saved(user, form):
        messages.success(request, _("Your profile is saved."))
        return redirect(following or user)
    context = {"form": form, "next": following}
    return render(request, "accounts/profile_edit.html", context)


def _saved(user: User, form: ProfileForm) -> bool:
    """Whether it could be saved; if not, the form says why."""
    try:
        services.profile_save(user, form.changes())
    except ValidationError as error:
        form.add_error(None, error)
    except MediaError as error:
        form.add_error("photo", picture_message(error))
    return form.is_valid()


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, the newest first, with who is here."""

    def url(parameters: dict[str, str]) -> str:
        query = request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(parameters)
        return f"{request.path}?{query.urlencode()}"

    page = keyset_page(
        selectors.people(),
        field="date_joined",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=url,
    )
    photos = sheet.PhotoSheet(filter(None, map(profile_of, page.items)))
    return render(request, "accounts/people.html", {"page": page, "photos": photos})


@require_safe
def photo_sheet(request: HttpRequest, names: str) -> HttpResponse:
    """The photos of a page of people. They are public, each by itself as well."""
    drawn = sheet.drawn(names)
    if drawn is None:
        raise Http404(names)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = f"{SANDBOX}; img-src data:"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
