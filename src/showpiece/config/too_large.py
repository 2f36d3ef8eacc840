"""Answering a request whose body was refused by `BodyLimit`."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from showpiece.config.body_limit import MARK
from showpiece.web.errors import content_too_large


class TooLargeMiddleware(MiddlewareMixin):
    """Stands before the CSRF check, whose token went with the body; no view ever runs.

    A view may carry a function `too_large(request, ...)` that answers in its place, for a message on its form.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not getattr(request, "scope", {}).get(MARK):
            return None
        answer = getattr(view, "too_large", None)
        if answer is None:
            return content_too_large(request)
        response: HttpResponse = answer(request, *args, **kwargs)
        return response
