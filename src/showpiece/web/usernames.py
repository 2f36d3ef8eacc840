"""What may be a username beside the accounts' own rules. A person and a creator of one name would have one address."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from showpiece.accounts.names import validate_username
from showpiece.catalog.selectors import is_creator_address


def validate_not_a_creator(username: str) -> None:
    """Raises `ValidationError` for the address of a creator, whatever its case."""
    if is_creator_address(username):
        raise ValidationError(_("This username is taken."), code="username_taken")


# What allauth asks at sign-up.
validators = [validate_username, validate_not_a_creator]
