"""The pages for staff at `/admin/`: Django's admin as django-unfold draws it."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

# See docs/decisions/0007-unfold-needs-eval.md.
POLICY = {"script-src": ["'unsafe-eval'"], "style-src-attr": ["'unsafe-inline'"]}


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]  # no types
    """Who may do what, Django's permissions say. People sign in, and change passwords, on the site's own pages."""

    site_title = site_header = "Showpiece"
    index_title = _("Administration")
    enable_nav_sidebar = True

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        widened: Callable[..., Any] = csp_update(POLICY)(super().admin_view(view, cacheable))
        return widened

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        # unfold writes its colours into a <style>, which our policy forbids: they are in a file of ours.
        context |= {"colors": None, "styles": [static("web/css/back_office.css")]}
        context["site_url"] = reverse("front")
        return context

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Our own page, with its limits and its second factor; 403 for who is signed in and no member of the staff."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A POST signs out; anything else changes nothing."""
        if request.method == "POST":
            logout(request)
            return redirect("front")
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return redirect("account_overview")


# Words of unfold that neither it nor Django has in Russian: our catalogue brings them.
_WORDS = (
    gettext_noop("All applications"),
    gettext_noop("Apply Filters"),
    gettext_noop("Clear all filters"),
    gettext_noop("Dark"),
    gettext_noop("Filters"),
    gettext_noop("General"),
    gettext_noop("Light"),
    gettext_noop("More actions"),
    gettext_noop("No data"),
    gettext_noop("No results found"),
    gettext_noop("Objects"),
    gettext_noop("Reset filters"),
    gettext_noop("Select all rows"),
    gettext_noop("Summary"),
    gettext_noop("System"),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("Type to search"),
    gettext_noop("View"),
)
