"""Rows of this room that are changed by one at a time."""

from showpiece.accounts.models import Profile, User
from showpiece.accounts.privacy.models import AccountDeletion


def locked_deletion(user: User) -> AccountDeletion | None:
    """The user's wish to be deleted that still waits, for this transaction alone."""
    waiting = AccountDeletion.objects.filter(user=user, status=AccountDeletion.Status.WAITING)
    return waiting.select_for_update().first()


def locked_profile(user: User) -> Profile:
    """The user's profile, made if there is none, for this transaction alone."""
    Profile.objects.get_or_create(user_id=user.pk)
    return Profile.objects.select_for_update().get(user_id=user.pk)
