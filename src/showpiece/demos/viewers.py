"""Who looks at a run: an account, or the browser session of somebody who has none."""

import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

SESSION_KEY = "visitor"


@dataclass(frozen=True)
class Viewer:
    """An account (`user_id`), a browser session (`visitor`), or both; empty for somebody we never met."""

    user_id: Any = None
    visitor: str = ""

    @property
    def is_known(self) -> bool:
        return self.user_id is not None or bool(self.visitor)

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
    if not request.session.get(SESSION_KEY):
        request.session[SESSION_KEY] = secrets.token_urlsafe(24)
    return viewer_of(request)
