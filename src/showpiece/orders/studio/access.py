"""Who is let in, and what the pages have in common."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from showpiece.catalog.models import Creator
from showpiece.orders.rules import may

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 25


def own_creator(request: HttpRequest, to: str) -> Creator:
    """The creator who asks, if they may do `to`. 404 for who is none, 403 for one whose page is archived."""
    creator: Creator = get_object_or_404(Creator, user=request.user.pk)
    if not may(to, request.user, creator):
        raise PermissionDenied
    return creator


def page_url(request: HttpRequest) -> Callable[[dict[str, str]], str]:
    """Makes the address of another page of the same list."""

    def url(parameters: dict[str, str]) -> str:
        query = request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        query.update(parameters)
        return f"{request.path}?{query.urlencode()}"

    return url


def add_errors(form: forms.Form, error: ValidationError, typed_as: dict[str, str]) -> None:
    """What a service says of the fields of a row, at the fields of the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        field: Any = typed_as.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
