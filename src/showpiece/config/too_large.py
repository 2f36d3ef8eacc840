"""Answering a request whose body was refused by `BodyLimit`, or cannot be written down."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from showpiece.config.body_limit import DISK, DISK_IS_FULL, MARK
from showpiece.web.errors import content_too_large, no_space


class TooLargeMiddleware(MiddlewareMixin):
    """Stands before the CSRF check, whose token went with the body; no view ever runs.

    A view may carry a function `too_large(request, ...)` that answers in its place, for a message on its form.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        why = getattr(request, "scope", {}).get(MARK)
        if not why:
            # What takes no files refuses a form with some unread, in its own way also where it is broken.
            unread = getattr(view, "takes_no_files", False)
            return None if unread or _is_written_down(request) else no_space(request)
        if why == DISK:
            return no_space(request)
        answer = getattr(view, "too_large", None)
        if answer is None:
            return content_too_large(request)
        response: HttpResponse = answer(request, *args, **kwargs)
        return response


def _is_written_down(request: HttpRequest) -> bool:
    """Whether there was room for the files of a form. The CSRF check would read them a moment later."""
    if request.content_type != "multipart/form-data":
        return True
    try:
        request.POST  # noqa: B018 - reading it is what may fail
    except OSError as error:
        if error.errno not in DISK_IS_FULL:
            raise
        return False
    return True
