"""Who may see what was given, and ask for more. Pages ask here and nowhere else.

Money is its creator's alone: who only works on a project, as a maintainer or contributor, sees no more of it than
everybody does.
"""

import rules
from django.contrib.auth.models import AnonymousUser

from showpiece.accounts.models import User
from showpiece.catalog.models import Creator, Status

Viewer = User | AnonymousUser


def _own_page(viewer: Viewer, creator: Creator) -> bool:
    return viewer.is_authenticated and creator.user_id == viewer.pk


def _on_display(viewer: Viewer, creator: Creator) -> bool:
    return creator.status != Status.ARCHIVED


own_page, on_display = map(rules.predicate, (_own_page, _on_display))

# What was given stays theirs to see, whatever became of their page.
rules.add_perm("donations.see_received", own_page)
rules.add_perm("donations.set_goals", own_page & on_display)


def may(what: str, viewer: Viewer, creator: Creator) -> bool:
    """Whether `viewer` may do `what` on the page of `creator`."""
    return bool(rules.has_perm(what, viewer, creator))
