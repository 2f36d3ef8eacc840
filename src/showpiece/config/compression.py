"""Smaller pages on the wire."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PageCompression(GZipMiddleware):
    """Django's gzip, with its random padding against BREACH, for texts alone.

    An event stream would wait in the compressor's buffer, and pictures are compressed already.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        content_type = response.headers.get("Content-Type", "")
        if response.streaming or not content_type.startswith(("text/", "application/json")):
            return response
        return super().process_response(request, response)
