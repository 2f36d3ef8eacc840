"""What staff change: categories, pages of creators, tags, files that nobody may offer."""

from typing import Any

from django.db import transaction

from showpiece.accounts.models import User
from showpiece.accounts.privacy import services as privacy
from showpiece.catalog.locks import locked_shelf
from showpiece.catalog.models import BlockedFile, Category, Creator, Status, Tag
from showpiece.catalog.services.history import saved_by
from showpiece.catalog.services.reindexing import creator_renamed, tag_renamed


class ChangedMeanwhile(Exception):  # noqa: N818
    """Somebody else has saved the row since it was read. `current`: as it is now. Nothing was changed."""

    def __init__(self, current: Category | Creator) -> None:
        super().__init__("the row was changed in between")
        self.current = current


def shelf_version(shelf: Category | Creator) -> str:
    """Another text after every change: the id of the latest row of the history, "" for none."""
    latest = shelf.history.order_by("-history_date", "-history_id").values_list("history_id", flat=True).first()
    return str(latest or "")


@transaction.atomic
def shelf_change(*, shelf: Category | Creator, actor: User | None, version: str, **fields: Any) -> Category | Creator:
    """Change the fields named. `ChangedMeanwhile` if it is not `version` any more; `ValidationError` on a bad field."""
    current: Category | Creator = locked_shelf(shelf)
    if shelf_version(current) != version:
        raise ChangedMeanwhile(current)
    name_before = current.name
    for name, value in fields.items():
        setattr(current, name, value)
    current.full_clean()
    saved_by(actor, current)
    if isinstance(current, Creator) and current.name != name_before:
        creator_renamed(current)
    return current


@transaction.atomic
def shelf_set_archived(*, shelf: Category | Creator, actor: User | None, archived: bool) -> bool:
    """Take a category, or the page of a creator, off the display with all that stands there, or put it back.

    Returns whether anything was to be done.
    """
    if archived and isinstance(shelf, Creator):
        privacy.stay_hidden(user=shelf.user, room="catalog")  # also if they are leaving, and come back
    current = locked_shelf(shelf)
    if (current.status == Status.ARCHIVED) == archived:
        return False
    current.status = Status.ARCHIVED if archived else Status.PUBLISHED
    saved_by(actor, current)
    return True


@transaction.atomic
def category_delete(*, category: Category, actor: User | None) -> None:
    """Delete a category that no project has ever stood in; Django's `ProtectedError` for others."""
    row: Any = category
    row._history_user = actor
    row.delete()


@transaction.atomic
def tag_rename(*, tag: Tag, name: str) -> None:
    """`ValidationError` for a name that is taken, too long or empty. Its address stays."""
    tag.name = " ".join(name.split())
    tag.full_clean()
    tag.save()
    tag_renamed(tag)


def file_block(*, sha256: str, reason: str) -> BlockedFile:
    """Let nobody offer that file from now on. `ValidationError` for what is no SHA-256, or is blocked already."""
    blocked = BlockedFile(sha256=sha256, reason=reason)
    blocked.full_clean()
    blocked.save()
    return blocked
