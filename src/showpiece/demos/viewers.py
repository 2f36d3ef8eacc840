"""Who looks at a run: an account, or the browser session of somebody who has none."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

SESSION_KEY = "visitor"


@dataclass(frozen=True)
class Viewer:
    """An account (`user_id`), a browser session (`visitor`), or both; empty for somebody we never met."""

    user_id: Any = None
    visitor: str = ""
    # Their browser session was made by this very request: perhaps one of two that a double click sent.
    is_new: bool = False

    def owns(self) -> Q:
        """The condition that a run is theirs. Never matches for somebody unknown."""
        mine = Q(pk__in=[])
        if self.user_id is not None:
            mine |= Q(user_id=self.user_id)
        if self.visitor:
            mine |= Q(visitor=self.visitor)
        return mine


def viewer_of(request: HttpRequest) -> Viewer:
    """The viewer behind a request; reads only."""
    user_id = request.user.pk if request.user.is_authenticated else None
    return Viewer(user_id=user_id, visitor=request.session.get(SESSION_KEY, ""))


def known_viewer_of(request: HttpRequest) -> Viewer:
    """The same for a request that is about to make something: a new visitor gets a secret in their session."""
    is_new = not request.session.get(SESSION_KEY)
    if is_new:
        request.session[SESSION_KEY] = secrets.token_urlsafe(24)
    return replace(viewer_of(request), is_new=is_new)


def remember(request: HttpRequest, visitor: str) -> None:
    """Go on as the visitor whose run a new session may see: the first of two that a double click made."""
    if visitor and request.session.get(SESSION_KEY) != visitor:
        request.session[SESSION_KEY] = visitor
