"""What is heard of users: that there is a new one, and that one has signed in or out."""

from typing import Any

from showpiece.accounts import services
from showpiece.accounts.models import User


def user_saved(sender: type[User], instance: User, created: bool, raw: bool = False, **more: Any) -> None:
    """A user has a profile, as a row has its columns: whoever makes one, by a form, a command or in the shell.

    Not `raw`: a dump that is loaded brings the profiles along.
    """
    if created and not raw:
        services.profile_ensure(instance)
