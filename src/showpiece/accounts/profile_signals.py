"""What is heard of users: that there is a new one, and that one has signed in or out."""

from typing import Any

from showpiece.accounts import presence, services
from showpiece.accounts.models import User


def user_saved(sender: type[User], instance: User, created: bool, raw: bool = False, **more: Any) -> None:
    """A user has a profile, as a row has its columns: whoever makes one, by a form, a command or in the shell.

    Not `raw`: a dump that is loaded brings the profiles along.
    """
    if created and not raw:
        services.profile_ensure(instance)


def signed_in(sender: Any, user: User, **more: Any) -> None:
    presence.signed_in(user.pk)


def signed_out(sender: Any, user: User | None, **more: Any) -> None:
    if user is not None:  # a session that had ended already
        presence.signed_out(user.pk)
