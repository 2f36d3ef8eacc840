"""Mails about monthly donations. Each is queued in the transaction that causes it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings

from showpiece.donations.models import Donation, DonationPart, Pledge
from showpiece.donations.names import giver_address
from showpiece.mail.services import send
from showpiece.payments.models import Payment, Subscription


def send_month(donation: Donation, parts: Sequence[DonationPart], payment: Payment) -> None:
    """A month was given: thanks for the first one, a short receipt for the others."""
    pledge: Pledge = donation.pledge  # type: ignore[assignment]  # the caller has asked
    is_first = not pledge.donations.filter(pk__lt=donation.pk, status=Donation.Status.PAID).exists()
    meant = pledge.parts.count()
    context = {"donation": donation, "parts": parts, "payment": payment, "is_first": is_first}
    _to_giver("month", pledge, context | {"left_out": meant - len(parts)})


def send_failed(pledge: Pledge, subscription: Subscription) -> None:
    """A month could not be taken; the provider tries again."""
    _to_giver("failed", pledge, {"card_ends_with": subscription.card_ends_with})


def send_ended(pledge: Pledge, *, has_failed: bool, nobody_left: bool) -> None:
    """Nothing is taken any more; and why, unless the giver has said so."""
    months = pledge.donations.filter(status=Donation.Status.PAID).count()
    _to_giver("ended", pledge, {"has_failed": has_failed, "nobody_left": nobody_left, "months": months})


def _to_giver(name: str, pledge: Pledge, context: dict[str, Any]) -> None:
    if address := giver_address(pledge):
        about = {"pledge": pledge, "url": f"{settings.SITE_URL}{pledge.shown_url}"}
        template = f"donations/mail/pledge_{name}"
        send(template, address, context | about, pledge.language, reader=pledge.user_id)
