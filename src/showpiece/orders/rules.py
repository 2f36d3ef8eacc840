"""Who may see sales and make offers. Pages ask here and nowhere else.

Money is its creator's alone: who only works on a project, as a maintainer or contributor, sees none of it. License keys
are a matter of the software, and of all who own the project; they say neither who bought it nor for how much.
"""

import rules
from django.contrib.auth.models import AnonymousUser

from showpiece.accounts.models import User
from showpiece.catalog.models import Creator, Project, Status
from showpiece.catalog.rules import owns

Viewer = User | AnonymousUser


def _own_page(viewer: Viewer, creator: Creator) -> bool:
    return viewer.is_authenticated and creator.user_id == viewer.pk


def _on_display(viewer: Viewer, creator: Creator) -> bool:
    return creator.status != Status.ARCHIVED


own_page, on_display = map(rules.predicate, (_own_page, _on_display))

# Their money stays theirs, whatever became of their page.
rules.add_perm("orders.see_sales", own_page)
rules.add_perm("orders.make_offers", own_page & on_display)
rules.add_perm("orders.manage_licenses", owns)


def may(what: str, viewer: Viewer, subject: Creator | Project) -> bool:
    """Whether `viewer` may do `what` on the page of a creator, or with a project."""
    return bool(rules.has_perm(what, viewer, subject))


def may_manage_licenses(viewer: Viewer, project: Project) -> bool:
    """Whether `viewer` may open the page of a project's license keys."""
    return may("orders.manage_licenses", viewer, project)
