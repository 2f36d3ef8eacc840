"""Who may see the page of something that is paid for, and how they got there."""

from typing import NamedTuple, Protocol

from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import constant_time_compare

from showpiece.accounts.models import User


class Paid(Protocol):
    """An order, a donation: somebody's, with a link for guests."""

    @property
    def secret(self) -> str: ...
    @property
    def user_id(self) -> object: ...
    @property
    def archived_at(self) -> object: ...


class WayIn(NamedTuple):
    """As its owner, who may pay and cancel, with a guest's secret or as a member; or as staff, who only look."""

    secret: str = ""
    is_owner: bool = True


def way_in(viewer: User | AnonymousUser, row: Paid, secret: str, *, permission: str) -> WayIn | None:
    """How `viewer`, who came with this secret, may see the row; None if they may not.

    A guest's link opens what a guest has made only; what staff have put away, only staff see.
    """
    shown = row.archived_at is None
    if secret:
        right = constant_time_compare(row.secret, secret)
        return WayIn(secret) if right and shown and row.user_id is None else None
    if not viewer.is_authenticated:
        return None
    if row.user_id == viewer.pk and shown:
        return WayIn()
    sees_all = viewer.is_active and viewer.is_staff and viewer.has_perm(permission)
    return WayIn(is_owner=False) if sees_all else None
