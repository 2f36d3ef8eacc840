"""Error pages. The one for 500 asks nothing of the database, the session or the visitor's account."""

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from showpiece.connections import RETRY_SECONDS, is_database_busy
from showpiece.web.context import chosen_theme

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _bare(request, "errors/400.html", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "errors/404.html", status=404)


def content_too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _bare(request, "errors/413.html", 413)


def no_space(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _bare(request, "errors/507.html", 507)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    response = render(request, "errors/429.html", status=429)
    response["Retry-After"] = "60"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls it while it handles the error: where the database had no turn for us, programs are told to come
    again, as those that fetch files do."""
    busy = is_database_busy(sys.exc_info()[1])
    status = 503 if busy else 500
    try:
        response = _bare(request, f"errors/{status}.html", status)
    except Exception:  # a page about a fault must not be a second fault
        logger.exception("the error page could not be rendered")
        response = HttpResponse("Something went wrong on our side. Please try again.", "text/plain", status)
    if busy:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """For `CSRF_FAILURE_VIEW`: mostly a page left open too long or cookies switched off."""
    return _bare(request, "errors/csrf.html", 403)


def _bare(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """Without context processors: they read the session, which may be what is broken or not there yet."""
    page = render_to_string(template, {"theme": chosen_theme(request), "bare": True})
    response = HttpResponse(page, status=status)
    response["Vary"] = "Cookie, Accept-Language"
    return response
