"""Who is let in, and what the pages have in common."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from showpiece.catalog.models import Creator
from showpiece.orders.rules import may

FORM_METHODS = ["GET", "HEAD", "POST"]
PAGE_SIZE = 25


def is_looking(request: HttpRequest) -> bool:
    """Whether a form was sent to look for more projects to choose from, and not to be saved: by its button, or by the
    key Enter after something else was typed there than was looked for last."""
    sent = request.POST
    is_typed = "save" not in sent and sent.get("find", "").strip() != sent.get("found", "").strip()
    return request.method == "POST" and ("look" in sent or is_typed)


def own_creator(request: HttpRequest, to: str) -> Creator:
    """The creator who asks, if they may do `to`. 404 for who is none, 403 for one whose page is archived."""
    creator: Creator = get_object_or_404(Creator, user=request.user.pk)
    if not may(to, request.user, creator):
        raise PermissionDenied
    return creator
