"""What the payments tell this room: a donation is paid, or money goes back."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from showpiece.donations import mails
from showpiece.donations.locks import locked_donation
from showpiece.donations.models import Donation, DonationPart
from showpiece.donations.services.totals import parts_added, parts_taken
from showpiece.donations.services.wall import belongs_on_wall
from showpiece.payments.models import Account, Payment, Refund
from showpiece.payments.parts import part_of, refund_parts
from showpiece.payments.subjects import Share


class DonationSubject:
    """Donations as something that is paid for (see `payments/subjects.py`)."""

    def lock(self, subject_id: uuid.UUID) -> Donation:
        return locked_donation(subject_id)

    def is_due(self, subject: Donation, payment: Payment) -> bool:
        """An open one; and one that nobody paid in time, if it is paid yet."""
        if (payment.amount_minor, payment.currency) != (subject.amount_minor, subject.currency):
            return False
        return subject.status == Donation.Status.OPEN or (
            subject.status == Donation.Status.CANCELLED and subject.expired
        )

    def paid(self, subject: Donation, payment: Payment) -> list[Share]:
        donation = subject
        donation.status, donation.paid_at = Donation.Status.PAID, payment.paid_at
        donation.expires_at, donation.expired = None, False
        donation.confirmed_at = donation.confirmed_at or timezone.now()
        donation.save(update_fields=["status", "paid_at", "expires_at", "expired", "confirmed_at"])
        parts = parts_of(donation)
        reached = parts_added(parts, donation.currency)
        for part in parts:
            part.given_at = payment.paid_at
            part.on_wall = belongs_on_wall(donation, part)
            part.save(update_fields=["given_at", "on_wall", "goal"])
        mails.send_thanks(donation, parts, payment)
        mails.send_received(donation, parts)
        mails.send_reached(reached)
        return shares([(part, part.amount_minor, 0) for part in parts])

    def refunded(self, subject: Donation, refund: Refund) -> list[Share]:
        parts = parts_of(subject)
        given = []
        for part, minor in zip(parts, refund_parts(parts, refund), strict=True):
            if minor:
                given.append((part, minor, part.refunded_minor))
                part.refunded_minor += minor
                part.on_wall = belongs_on_wall(subject, part)
                part.save(update_fields=["refunded_minor", "on_wall"])
        subject.refunded_minor += refund.amount_minor
        subject.save(update_fields=["refunded_minor"])
        parts_taken([(part, minor) for part, minor, _before in given], subject.currency)
        mails.send_refund(subject, [(part, minor) for part, minor, _before in given], refund)
        return shares(given)

    def unneeded(self, subject: Donation, payment: Payment) -> None:
        """Unless they have read it already: with the end of the monthly donation that it was a month of."""
        if not (subject.pledge_id and subject.confirmed_at):
            mails.send_unneeded(subject, payment)

    def waits(self, subject: Donation, payment: Payment) -> None:
        """The giver has done their part: they hear what comes next now, and the donation waits longer."""
        if subject.status != Donation.Status.OPEN or subject.confirmed_at is not None:
            return
        subject.confirmed_at = timezone.now()
        subject.expires_at = timezone.now() + timedelta(days=settings.ORDER_WAIT_DAYS)
        subject.save(update_fields=["confirmed_at", "expires_at"])
        mails.send_begun(subject, parts_of(subject), payment)

    def title(self, subject_id: uuid.UUID) -> str:
        donation = Donation.objects.get(pk=subject_id)
        with translation.override(donation.language):
            return _("Donation %(number)s") % {"number": donation.number}

    def url(self, subject_id: uuid.UUID) -> str:
        return Donation.objects.get(pk=subject_id).shown_url


def parts_of(donation: Donation) -> list[DonationPart]:
    """The parts with all that mails about them say."""
    return list(donation.parts.select_related("creator__user", "project__creator").order_by("position"))


def shares(parts: Sequence[tuple[DonationPart, int, int]]) -> list[Share]:
    """Whose money it is: of each part `minor`, of which `before` was dealt with already. The fee is dealt with in
    proportion, so that after the whole part it is exactly what the part says."""
    found = []
    for part, minor, before in parts:
        fee = part_of(before + minor, part.fee_minor, part.amount_minor) - part_of(
            before, part.fee_minor, part.amount_minor
        )
        found += [Share(Account.CREATOR, str(part.creator_id), minor - fee), Share(Account.FEE, "", fee)]
    return found
