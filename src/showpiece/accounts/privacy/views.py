"""Pages: download my data, delete my account."""

from typing import TypedDict, cast

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from showpiece.accounts.models import User
from showpiece.accounts.privacy import selectors, services
from showpiece.accounts.privacy.forms import DeletionForm
from showpiece.accounts.privacy.models import DataExport
from showpiece.accounts.services import LastAdministratorError
from showpiece.files import stored_file_stream


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """What there is to download; a POST asks for it."""
    user = cast(User, request.user)
    if request.method == "POST":
        try:
            services.export_request(user=user, language=get_language() or "")
        except services.TooSoonError:
            messages.info(request, _("Your file was made a short while ago. Please wait before you make a new one."))
        return redirect("account_data")
    return render(request, "accounts/privacy/data.html", dict(_state(user)))


@login_required
@never_cache
@require_GET
def data_state(request: HttpRequest) -> HttpResponse:
    """The part of the page that changes, for as long as it is not what the browser shows (`seen`)."""
    state = _state(cast(User, request.user))
    if (state["export"].status if state["export"] else "") == request.GET.get("seen"):
        return HttpResponse(status=204)
    return render(request, "accounts/privacy/_export.html", dict(state))


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_GET
def data_download(request: HttpRequest) -> HttpResponseBase:
    """The ZIP, for its owner alone."""
    user = cast(User, request.user)
    export = selectors.export_to_download(user)
    name = f"showpiece-{user.username}-{export.created_at:%Y-%m-%d}.zip"
    return stored_file_stream(request, export.file.storage, str(export.file.name), "application/zip", download_as=name)


class State(TypedDict):
    export: DataExport | None
    days: int


def _state(user: User) -> State:
    return {"export": selectors.export_of(user), "days": settings.EXPORT_RETENTION_DAYS}


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    """Says what goes and what stays; a POST with the username begins."""
    user = cast(User, request.user)
    form = DeletionForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.deletion_request(user=user, language=get_language() or "")
        except LastAdministratorError:
            form.add_error(None, _("You are the only administrator here. Make somebody else one first."))
        else:
            logout(request)
            return redirect("account_delete_requested")
    context = {"form": form, "days": settings.DELETION_GRACE_DAYS}
    return render(request, "accounts/privacy/delete.html", context)


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Takes the wish to be deleted back."""
    if services.deletion_cancel(user=cast(User, request.user)):
        messages.success(request, _("Your account is not deleted; everything is as it was."))
    else:
        messages.info(request, _("Your account was not going to be deleted."))
    return redirect("account_overview")


@never_cache
@require_GET
def delete_requested(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "accounts/privacy/delete_requested.html", {"days": settings.DELETION_GRACE_DAYS})
