"""The API itself: its description, how bodies are read, how faults are told. Loads django-ninja."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLResolver
from django.urls.resolvers import RegexPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from showpiece.api.errors import ApiError, error_response
from showpiece.api.licenses import router

DESCRIPTION = """Programs ask here what people see on the pages of the shop.

Bodies are JSON or forms, answers are JSON. Where something cannot be done, the answer has the status of the fault and
`{"error": {"code", "message", "fields"}}`."""


class JsonOrForm(Parser):
    """A body as JSON, or as a form sends it."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type == "application/x-www-form-urlencoded":
            return request.POST.dict()
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise ValueError("not an object")  # what the API calls a body that cannot be read
        return body


api = NinjaAPI(
    title="Showpiece", version="1.0", description=DESCRIPTION, docs_url=None, openapi_url=None, parser=JsonOrForm()
)
api.add_router("/licenses", router)


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API, for programs that make clients of it."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/v1/"))


@api.exception_handler(ApiError)
def _told(request: HttpRequest, error: ApiError) -> HttpResponse:
    return error.response()


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, list[str]] = {}
    for one in error.errors:
        # Where it stands: ("body", name of the parameter, name of the field).
        name = ".".join(str(part) for part in one["loc"][2:]) or "body"
        fields.setdefault(name, []).append(one["msg"])
    return error_response(422, "invalid", "The request is not complete, or a value in it is no such value.", fields)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 400:
        return error_response(400, "bad_body", "The body of the request can be read neither as JSON nor as a form.")
    return error_response(error.status_code, "refused", error.message)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    raise error  # `showpiece.api.views` answers, and writes it down


addresses = URLResolver(RegexPattern(r"^"), api.urls[0])
