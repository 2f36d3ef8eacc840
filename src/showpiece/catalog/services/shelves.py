"""Categories, and the pages of creators."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from showpiece.accounts import selectors as accounts
from showpiece.accounts.locks import lock_address
from showpiece.accounts.models import User
from showpiece.accounts.privacy import services as privacy
from showpiece.catalog.locks import locked_shelf
from showpiece.catalog.models import Category, Creator, Status
from showpiece.catalog.selectors import is_creator_address
from showpiece.catalog.services.history import saved_by
from showpiece.catalog.services.reindexing import creator_renamed


def category_create(*, actor: User | None = None, **fields: Any) -> Category:
    """A new category. `ValidationError` on a bad field."""
    category = Category(**fields)
    _save(category, actor)
    return category


@transaction.atomic
def creator_create(**fields: Any) -> Creator:
    """A new creator page of `user`. `ValidationError` on a bad field, as a second page of one user.

    A page and a person of one name would have one address, so it may not be the username of somebody else.
    """
    lock_address(fields["slug"])
    if accounts.username_is_taken(fields["slug"], but=fields["user"]):
        raise ValidationError({"slug": _("This is the username of somebody else.")})
    if is_creator_address(fields["slug"], but=fields["user"]):
        raise ValidationError({"slug": _("This address is taken.")})
    creator = Creator(**fields)
    _save(creator, fields["user"])
    return creator


@transaction.atomic
def creator_change(*, creator: Creator, actor: User | None, **fields: Any) -> Creator:
    """Change what the page says. Its address stays. `ValidationError` on a bad field, and once it is archived."""
    current: Creator = locked_shelf(creator)  # its state and its stars may have changed since it was read
    if current.status == Status.ARCHIVED:
        raise ValidationError(_("This page has been archived."))
    name_before = current.name
    for name, value in fields.items():
        setattr(current, name, value)
    _save(current, actor)
    if current.name != name_before:
        creator_renamed(current)
    return current


@transaction.atomic
def creator_archive(*, creator: Creator) -> None:
    """Take the page and all projects on it off the display, for good: also if its owner is leaving and comes back."""
    creator_set_status(creator=creator, status=Status.ARCHIVED)
    privacy.stay_hidden(user=creator.user, room="catalog")


def creator_set_status(*, creator: Creator, status: str) -> None:
    """Put the page into that state; its projects are on display only while it is."""
    Creator.objects.filter(pk=creator.pk).update(status=status)


def _save(row: Category | Creator, actor: User | None) -> None:
    row.full_clean()
    saved_by(actor, row)
