"""What the API says where it cannot do what it was asked: always in this one shape.

    {"error": {"code": "limit_reached", "message": "…", "fields": {"instance_name": ["…"]}}}

`code` is for programs and stays as it is; `message` is for developers, in English. `fields` has entries where the
request itself is wrong.
"""

from collections.abc import Mapping, Sequence

from django.http import JsonResponse

RETRY_SECONDS = 60


def error_response(
    status: int, code: str, message: str, fields: Mapping[str, Sequence[str]] | None = None
) -> JsonResponse:
    """An answer in that shape."""
    error = {"code": code, "message": message, "fields": {name: list(texts) for name, texts in (fields or {}).items()}}
    return JsonResponse({"error": error}, status=status)


class ApiError(Exception):
    """Raised by what answers a request: it is answered with this error."""

    def __init__(self, status: int, code: str, message: str, *, retry_after: int = 0) -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    def response(self) -> JsonResponse:
        response = error_response(self.status, self.code, self.message)
        if self.retry_after:
            response["Retry-After"] = str(self.retry_after)
        return response
