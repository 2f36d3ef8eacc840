"""What the mail about a version says, and the link in it that ends such mails."""

import uuid

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.text import Truncator

from showpiece.catalog.models import Release
from showpiece.mail.services import written
from showpiece.orders.models import Entitlement

# Of what is new: a mail is no book, and all of it stands on the page.
NOTES_CHARACTERS = 3000

_signer = Signer(salt="showpiece.orders.version-mails")


def stop_token(entitlement: Entitlement) -> str:
    """What the link of a mail carries. It never expires, and changes no more than these mails."""
    return _signer.sign(str(entitlement.pk))


def entitlement_of(token: str) -> uuid.UUID | None:
    """Whose link it is; None for one that is not ours."""
    try:
        return uuid.UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None


def version_mail(release: Release, entitlement: Entitlement, address: str) -> EmailMessage:
    """What tells a buyer, in the language of their order. One press in the mail program ends such mails (RFC 8058)."""
    order = entitlement.line.order
    stop_url = f"{settings.SITE_URL}{reverse('version_mails', args=[stop_token(entitlement)])}"
    context = {
        "release": release,
        "project": release.project,
        "notes": Truncator(release.notes.strip()).chars(NOTES_CHARACTERS),
        "url": f"{settings.SITE_URL}{order.shown_url}",
        "stop_url": stop_url,
    }
    headers = {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return written("orders/mail/version", address, context, order.language, reader=entitlement.user_id, headers=headers)
