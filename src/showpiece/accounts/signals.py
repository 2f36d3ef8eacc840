"""Edges: what the sign-in library tells."""

from typing import Any

import structlog
from django.utils.translation import get_language

from showpiece.accounts import services
from showpiece.accounts.models import User

log = structlog.get_logger(__name__)


def welcome(sender: Any, user: User, **kwargs: Any) -> None:
    """Somebody signed up: only here their language is known. If it fails, the worker's next round welcomes them."""
    try:
        services.user_welcome(user_id=user.pk, language=get_language() or "")
    except Exception:
        log.exception("not welcomed, comes again", user=str(user.pk))


def reclaim(sender: Any, user: User, **kwargs: Any) -> None:
    """Somebody showed by a mail that the account's address is theirs, and has set a password."""
    services.account_reclaim(user)
