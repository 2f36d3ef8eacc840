"""An edge: Django tells that somebody has signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.accounts.privacy import services


def came_back(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    """Who signs in while their account waits to be deleted wants to keep it."""
    if services.deletion_cancel(user=user) and request is not None and hasattr(request, "_messages"):
        messages.success(request, _("Welcome back. Your account is not deleted; everything is as it was."))
