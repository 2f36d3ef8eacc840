"""What givers are called on pages that others read, what they say there, and where they are written to."""

import unicodedata

from django.core.exceptions import ValidationError

from showpiece.accounts.names import clean_display_name, validate_display_name, validate_not_official
from showpiece.donations.models import Donation, Pledge


def giver_name(given: Donation | Pledge) -> str:
    """The name they gave, or that of their account; "" for whoever is not to be named. Never their e-mail.

    An account that waits to be deleted, or was switched off, names nobody.
    """
    if given.is_anonymous or (given.user is not None and not given.user.is_active):
        return ""
    return given.name or (str(given.user) if given.user else "")


def name_checked(name: str) -> str:
    """A name to give under, as it is kept. `ValidationError` at "name" for one that no account may have: walls show it,
    and mails to creators begin with it."""
    cleaned = clean_display_name(name)
    try:
        validate_display_name(cleaned)
        validate_not_official(cleaned)
    except ValidationError as error:
        raise ValidationError({"name": error}) from error
    return cleaned


def giver_address(given: Donation | Pledge) -> str:
    """Where its giver is written to: a member at the address of their account now, as a monthly donation lasts for
    years; a guest at the one they gave. "" for whoever has left."""
    return (given.user.email if given.user else "") or given.email


# Letters and a sign that are drawn as nothing: Hangul fillers and the Braille pattern without dots.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def message_checked(message: str) -> str:
    """What somebody says, as they typed it; "" for what nobody would see: blanks, and characters of no width."""
    seen = (letter for letter in message if letter not in _BLANK and unicodedata.category(letter)[0] in "LNPS")
    return message if any(seen) else ""
