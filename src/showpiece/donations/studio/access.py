"""Who is let in."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from showpiece.catalog.models import Creator
from showpiece.donations.rules import may

FORM_METHODS = ["GET", "HEAD", "POST"]
# A row takes half a millisecond.
PAGE_SIZE = 15


def own_creator(request: HttpRequest, to: str) -> Creator:
    """The creator who asks, if they may do `to`. 404 for who is none, 403 for one whose page is archived."""
    creator: Creator = get_object_or_404(Creator, user=request.user.pk)
    if not may(to, request.user, creator):
        raise PermissionDenied
    return creator
