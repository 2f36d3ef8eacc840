"""The pages for staff at `/admin/`: Django's admin as django-unfold draws it."""

import hashlib
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
from django.urls import get_script_prefix, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.sites import UnfoldAdminSite

PEOPLE = ("accounts", "account", "usersessions", "auth")
# Of our rooms, in the order of their use.
ROOM_ORDER = {
    "catalog": ("Project", "Category", "Creator", "Tag", "Release", "Rating", "BlockedFile"),
    "orders": ("Order", "PromoCode", "Bundle", "TaxRate"),
    "donations": ("Donation", "Pledge", "Goal", "Support", "DonationPolicy"),
    "payments": ("Payment", "Subscription", "Refund", "Dispute", "Payout", "Movement", "Entry", "InboundEvent"),
}
ORDER = ("User", "Profile", "EmailAddress", "UserSession", "AccountDeletion", "Group")
NAMES = {"UserSession": _("Sessions"), "EmailAddress": _("E-mail addresses")}
# See docs/decisions/0010-unfold-needs-eval.md.
POLICY = {"script-src": ["'unsafe-eval'"], "style-src-attr": ["'unsafe-inline'"]}


# Lists of rooms: one for each group of staff, language, and part of the back office.
MOST_KEPT = 200


def _seen_by(request: HttpRequest) -> tuple[str, ...]:
    """What the rooms that somebody sees depend on."""
    user = request.user
    # Theirs are all there are, and would be read from the database.
    may = ["*"] if user.is_superuser and user.is_active else sorted(user.get_all_permissions())
    known = hashlib.sha256("\n".join(may).encode()).hexdigest()
    return known, get_language() or "", get_script_prefix()


def _here(request: HttpRequest, apps: list[Any]) -> str:
    """The room, and the table of it, that the page belongs to."""
    urls = [app["app_url"] for app in apps] + [model["admin_url"] for app in apps for model in app["models"]]
    return "\n".join(url for url in urls if url and url in request.path)


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]  # no types
    """Who may do what, Django's permissions say. People sign in, and change passwords, on the site's own pages."""

    site_title = site_header = "Showpiece"
    index_title = _("Administration")
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._app_lists: dict[tuple[Any, ...], list[Any]] = {}

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:
        widened: Callable[..., Any] = csp_update(POLICY)(super().admin_view(view, cacheable))
        return widened

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().each_context(request)
        # unfold writes its colours into a <style>, which our policy forbids: they are in a file of ours.
        context |= {"colors": None, "styles": [static("web/css/back_office.css")]}
        context |= {"scripts": [static("web/js/back_office.js")], "site_url": reverse("front")}
        context |= {"site_title": self.site_title, "site_header": self.site_header}
        context["site_favicons"] = [{"rel": "icon", "href": static("web/icon.svg"), "type": "image/svg+xml"}]
        context["templates"] = {"navigation": "web/staff/navigation.html"}
        context["rooms_key"] = (*_seen_by(request), _here(request, context["available_apps"]))
        return context

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Made once for all who may do the same: it stands on every page, and asks forty times what they may."""
        key = (*_seen_by(request), app_label)
        found = self._app_lists.get(key)
        if found is None:
            found = self._app_list(request, app_label)
            if len(self._app_lists) >= MOST_KEPT:
                self._app_lists.clear()
            self._app_lists[key] = found
        return list(found)

    def _app_list(self, request: HttpRequest, app_label: str | None) -> list[Any]:
        """What other packages have of people stands with our own."""
        apps: list[Any] = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        for app in apps:
            if names := ROOM_ORDER.get(app["app_label"]):
                app["models"].sort(key=lambda model, names=names: names.index(model["object_name"]))
        about_people = [app for app in apps if app["app_label"] in PEOPLE]
        others = [app for app in apps if app["app_label"] not in PEOPLE]
        if not about_people:
            return others
        models = [model for app in about_people for model in app["models"]]
        for model in models:
            model["name"] = NAMES.get(model["object_name"], model["name"])
        models.sort(
            key=lambda model: ORDER.index(model["object_name"]) if model["object_name"] in ORDER else len(ORDER)
        )
        return [{**about_people[0], "name": _("People"), "models": models}, *others]

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
    gettext_noop("Select record"),
    gettext_noop("Summary"),
    gettext_noop("System"),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("Type to search"),
    gettext_noop("View"),
)
