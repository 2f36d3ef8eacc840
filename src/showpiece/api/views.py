"""Every request under /v1, and every answer to it, which is JSON whatever happens.

django-ninja is loaded by the first request: a shop whose API nobody asks spares its memory and a longer start.
"""

from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from showpiece.api.errors import error_response
from showpiece.connections import RETRY_SECONDS, is_database_busy

log = structlog.get_logger(__name__)


@csrf_exempt  # programs ask it, and no cookie counts for anything here
@never_cache
def v1(request: HttpRequest, rest: str) -> HttpResponse:
    """What the API says to a request for `/v1/rest`."""
    if request.content_type == "multipart/form-data":  # which is for files
        text = "Send JSON, or a form as application/x-www-form-urlencoded."
        return error_response(415, "unsupported_media_type", text)
    try:
        from showpiece.api.application import addresses

        return _told(addresses.resolve(rest), request)
    except RequestDataTooBig:
        return _too_large(request, rest)
    except Http404:
        return error_response(404, "not_found", "There is nothing at this address.")
    except Exception as error:
        log.exception("api failed", path=request.path)
        if is_database_busy(error):
            busy = error_response(503, "busy", "The shop has too much to do at the moment. Please try again.")
            busy["Retry-After"] = str(RETRY_SECONDS)
            return busy
        return error_response(500, "server_error", "Something went wrong on our side. Please try again.")


def _told(match: Any, request: HttpRequest) -> HttpResponse:
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    if not isinstance(response, HttpResponseNotAllowed):
        return response
    allowed = response["Allow"]
    told = error_response(405, "method_not_allowed", f"Not with this method. Use {allowed}.")
    told["Allow"] = allowed
    return told


def _too_large(request: HttpRequest, rest: str) -> HttpResponse:
    return error_response(413, "too_large", "The body of the request is too large.")


v1.too_large = _too_large  # type: ignore[attr-defined]
v1.takes_no_files = True  # type: ignore[attr-defined]  # so that no middleware reads them, or fails to
