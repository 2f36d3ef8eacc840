"""Mails about an account that ends."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from showpiece.accounts.models import User
from showpiece.mail import services as mail


def send(template: str, user: User, context: Mapping[str, Any], language: str) -> None:
    """Queue the mail `template` to the user, in the current transaction."""
    values = {"name": " ".join(user.get_short_name().split()), "days": settings.DELETION_GRACE_DAYS, **context}
    mail.send(template, user.email, values, language)


def forget(user: User) -> None:
    """Delete every mail to the user that is kept, at whatever address of theirs."""
    from allauth.account.models import EmailAddress

    others = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    for address in {user.email, *others}:
        mail.mails_forget(address)
