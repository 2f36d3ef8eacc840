"""Noting who is here, after their request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from showpiece.accounts.presence import heartbeats


class PresenceMiddleware:
    """Behind Django's middleware for authentication. Costs no query, not even that for the user.

    A request that never asked who its user is says nothing about them. A page that stays open and tells so more often
    than is written down is answered here, before anybody asks who it is.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.here = reverse("still_here")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == self.here and heartbeats.has_noted(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
        response = self.get_response(request)
        # Django keeps the user there once it has been read. Who has signed out meanwhile is `request.user` no more.
        if hasattr(request, "_cached_user") and request.user.is_authenticated:
            heartbeats.note(request.user.pk)
        return response
