"""Mails about donations. Each is queued in the transaction that causes it, so that it is sent once or not at all."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.conf import settings

from showpiece.donations import pledge_mails
from showpiece.donations.models import Donation, DonationPart, Goal
from showpiece.donations.names import giver_address, giver_name
from showpiece.mail.services import send
from showpiece.payments.models import Payment, Refund


def send_thanks(donation: Donation, parts: Sequence[DonationPart], payment: Payment) -> None:
    """To the giver: it is given, to whom, and where they see it again."""
    if donation.pledge_id:
        pledge_mails.send_month(donation, parts, payment)
    else:
        _to_giver("donations/mail/thanks", donation, {"parts": parts, "payment": payment})


def send_begun(donation: Donation, parts: Sequence[DonationPart], payment: Payment) -> None:
    """To the giver: how to pay where that is still to be done, or that the money is on its way."""
    details = settings.BANK_DETAILS if payment.provider == "transfer" else ""
    _to_giver("donations/mail/begun", donation, {"parts": parts, "payment": payment, "bank_details": details})


def send_refund(donation: Donation, parts: Sequence[tuple[DonationPart, int]], refund: Refund) -> None:
    """To the giver: money goes back, and from whom."""
    _to_giver("donations/mail/refund", donation, {"parts": parts, "refund": refund})


def send_unneeded(donation: Donation, payment: Payment) -> None:
    """To the giver: money has come that reaches nobody, and goes back by itself."""
    _to_giver("donations/mail/unneeded", donation, {"payment": payment})


def send_received(donation: Donation, parts: Sequence[DonationPart]) -> None:
    """To each creator, what they got: with what the giver says, and their name if they gave it; never their address."""
    by_creator = sorted(parts, key=lambda part: (part.creator_id, part.position))
    for _pk, group in groupby(by_creator, key=lambda part: part.creator_id):
        theirs = list(group)
        creator = theirs[0].creator
        if not creator.user.is_active or not creator.user.email:
            continue
        context = {
            "donation": donation,
            "giver": giver_name(donation),
            "parts": theirs,
            "creator": creator,
            "received_minor": sum(part.amount_minor - part.fee_minor for part in theirs),
            "amount_minor": sum(part.amount_minor for part in theirs),
        }
        send("donations/mail/received", creator.user.email, context, theirs[0].project.language, reader=creator.user_id)


def send_reached(goals: Sequence[Goal]) -> None:
    """To the creator of each: what they asked for is there."""
    for goal in Goal.objects.filter(pk__in=[goal.pk for goal in goals]).select_related("project__creator__user"):
        creator = goal.project.creator
        if creator.user.is_active and creator.user.email:
            context = {"goal": goal, "project": goal.project, "creator": creator}
            language = goal.project.language
            send("donations/mail/reached", creator.user.email, context, language, reader=creator.user_id)


def _to_giver(template: str, donation: Donation, context: dict[str, Any]) -> None:
    if address := giver_address(donation):
        about = {"donation": donation, "url": f"{settings.SITE_URL}{donation.shown_url}"}
        send(template, address, context | about, donation.language, reader=donation.user_id)
