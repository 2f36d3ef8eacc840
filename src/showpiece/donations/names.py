"""What givers are called on pages that others read."""

from showpiece.donations.models import Donation, Pledge


def giver_name(given: Donation | Pledge) -> str:
    """The name they gave, or that of their account; "" for whoever is not to be named. Never their e-mail.

    An account that waits to be deleted, or was switched off, names nobody.
    """
    if given.is_anonymous or (given.user is not None and not given.user.is_active):
        return ""
    return given.name or (str(given.user) if given.user else "")
