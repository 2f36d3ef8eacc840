"""Mails about an account that ends."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import User
from showpiece.mail import services as mail
from showpiece.mail.models import MailState
from showpiece.mail.selectors import mails_to

# Who has been erased is told so, and then their address is forgotten: when the mail is sent, or after this.
LAST_MAIL_KEPT = timedelta(days=3)
_LINK_WITH_KEY = re.compile(r"\S*/accounts/(?:password/reset/key|confirm-email)/\S*")


def send(template: str, user: User, context: Mapping[str, Any], language: str, *, last: bool = False) -> None:
    """Queue the mail `template` to the user, in the current transaction. The `last` one to somebody is not kept."""
    values = {"name": " ".join(user.get_short_name().split()), "days": settings.DELETION_GRACE_DAYS, **context}
    expires_at = timezone.now() + LAST_MAIL_KEPT if last else None
    mail.send(template, user.email, values, language, reader=None if last else user.pk, expires_at=expires_at)


def forget(user: User) -> None:
    """Delete every mail to the user that is kept, at whatever address of theirs, those of before among them."""
    from allauth.account.models import EmailAddress

    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    mail.mails_forget(addresses, user.pk)


def export_mails(user: User, package: Package) -> None:
    """Mails to the user that are still kept, without the links with which one could sign in as them.

    Only those to confirmed addresses: any other may be somebody else's.
    """
    from allauth.account.models import EmailAddress

    confirmed = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    package.records("mails", map(_record, mails_to(confirmed).order_by("pk").iterator()))


def _record(kept: Any) -> Record:
    state = MailState.of(kept)
    return {
        "from": kept.from_email,
        "to": kept.to,
        "subject": kept.subject,
        "text": _LINK_WITH_KEY.sub("[…]", kept.message),
        "written": kept.created,
        "sent": kept.last_updated if state is MailState.SENT else None,
    }
