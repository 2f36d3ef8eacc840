"""Becoming a creator, and what a creator's page says."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from showpiece.accounts import services as accounts
from showpiece.accounts.models import User
from showpiece.accounts.names import validate_display_name, validate_not_reserved
from showpiece.catalog.models import Creator
from showpiece.catalog.selectors import is_creator_address
from showpiece.catalog.services.shelves import creator_change, creator_create


@transaction.atomic
def creator_join(*, user: User, links: Sequence[str] = (), **fields: Any) -> Creator:
    """A page for `user`, and their links on their profile: both or neither. `ValidationError` by field."""
    _check_name(fields["name"])
    accounts.links_save(user, links)  # locks the profile: of two clicks the second sees the page of the first
    _check_address(fields["slug"], user)
    return creator_create(user=user, **fields)


@transaction.atomic
def creator_page_save(*, creator: Creator, links: Sequence[str], **fields: Any) -> Creator:
    """What the page says, and its person's links: both or neither. `ValidationError` by field."""
    _check_name(fields["name"])
    accounts.links_save(creator.user, links)
    return creator_change(creator=creator, actor=creator.user, **fields)


def _check_name(name: str) -> None:
    """`ValidationError` for what a person may not be called either."""
    try:
        validate_display_name(name)
    except ValidationError as error:
        raise ValidationError({"name": error}) from error


def _check_address(slug: str, user: User) -> None:
    """`ValidationError` for an address of somebody else, or of the site itself."""
    if is_creator_address(slug):
        raise ValidationError({"slug": _("This address is taken.")})
    if slug.lower() != user.username.lower():
        try:
            validate_not_reserved(slug)
        except ValidationError as error:
            raise ValidationError({"slug": _("This address is reserved. Please choose another one.")}) from error
