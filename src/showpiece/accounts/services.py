"""What changes people's accounts."""

from typing import Any

from django.db import transaction

from showpiece.accounts.models import User


@transaction.atomic
def user_add(
    *, email: str, username: str, password: str | None, name: str = "", staff: bool = False, **fields: Any
) -> User:
    """A user whose address counts as confirmed, because the operator vouches for it.

    Without a password nobody can sign in as them before they have set one by mail. Raises `ValidationError` on a bad
    field.
    """
    create = User.objects.create_superuser if staff else User.objects.create_user
    user = create(email, username, password, name=name, **fields)
    address_confirm(user)
    return user


def address_confirm(user: User) -> None:
    """The user's address is their primary one, and confirmed."""
    from allauth.account.models import EmailAddress

    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def session_end(user: User, pk: int) -> bool:
    """Sign one session of the user out; False if there is none of that number, or none of theirs."""
    from allauth.usersessions.models import UserSession

    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session is None:
        return False
    session.end()
    return True
