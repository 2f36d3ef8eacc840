"""Where a page leads when it is done."""

from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, QueryDict


def next_url(request: HttpRequest) -> str:
    """The address that the request asks to go to next, if it is on this very site; else ""."""
    return get_next_redirect_url(request) or ""


def with_next(request: HttpRequest, url: str, **parameters: str) -> str:
    """`url` with these parameters, that leads on to where the request asks to go next."""
    query = QueryDict(mutable=True)
    query.update(parameters)
    if following := next_url(request):
        query["next"] = following
    return f"{url}?{query.urlencode(safe='/')}" if query else url
