"""What changes people's accounts."""

import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.mail import services as mail

log = structlog.get_logger(__name__)

# Who signs up is welcomed at once, in their language; whoever was made in another way, after this.
WELCOME_PATIENCE = timedelta(seconds=5)
WELCOME_AT_ONCE = 100


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


@transaction.atomic
def user_welcome(*, user_id: uuid.UUID, language: str = "") -> bool:
    """Queue the welcome mail of a user who has not had it. False if they have, or may not sign in.

    The mark at the user and the mail are kept together or not at all, and a mark is set once: so nobody gets two.
    """
    user = User.objects.filter(pk=user_id, is_active=True, welcomed_at=None)
    if not user.update(welcomed_at=timezone.now()):
        return False
    welcomed = User.objects.get(pk=user_id)
    name = " ".join(welcomed.get_short_name().split())  # from a shell it might have several lines
    try:
        with transaction.atomic():
            mail.send("accounts/mail/welcome", welcomed.email, {"name": name}, language)
    except ValidationError:
        # From a shell it might be no address; trying again would not make it one.
        log.warning("not welcomed, has no address", user=str(user_id))
        return False
    return True


def users_welcome() -> int:
    """Welcome everybody who was made by whatever way and has not been. Returns how many."""
    waiting = User.objects.filter(
        welcomed_at=None, is_active=True, date_joined__lt=timezone.now() - WELCOME_PATIENCE
    ).order_by("date_joined")
    welcomed = 0
    for pk in list(waiting.values_list("pk", flat=True)[:WELCOME_AT_ONCE]):
        try:
            welcomed += user_welcome(user_id=pk)
        except Exception:
            log.exception("not welcomed, comes again", user=str(pk))
    return welcomed
