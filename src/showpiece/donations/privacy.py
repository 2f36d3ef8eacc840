"""What this room knows of a person: what they gave, and what their projects were given."""

from collections.abc import Iterator
from typing import Any

from showpiece.accounts import erasure, export
from showpiece.accounts.erasure import Kept
from showpiece.accounts.export import Package, Record
from showpiece.accounts.models import User
from showpiece.donations import services
from showpiece.donations.models import Donation, DonationPart, Goal, Pledge
from showpiece.donations.names import giver_name
from showpiece.payments.selectors import payments_of

AT_ONCE = 100


def register() -> None:
    """Tell the accounts about this room."""
    export.register("donations", export_donations)
    erasure.register("donations", Donations())


def export_donations(user: User, package: Package) -> None:
    """What was given, once and monthly; of a creator what was received, with what everybody may read, and the goals."""
    package.records("donations", _given(user))
    package.records("monthly-donations", _pledges(user))
    package.records("donations-received", _received(user))
    package.records("goals", _goals(user))


def _said(row: Donation | Pledge) -> Record:
    return {
        "number": row.number,
        "email": row.email,
        "name": row.name,
        "anonymous": row.is_anonymous,
        "message": row.message,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "state": row.status,
        "parts": [
            {"project": part.name, "creator": part.creator_name, "amount_minor": part.amount_minor}
            for part in sorted(row.parts.all(), key=lambda part: part.position)
        ],
    }


def _given(user: User) -> Iterator[Record]:
    donations = Donation.objects.filter(user=user).select_related("pledge").prefetch_related("parts").order_by("pk")
    for donation in donations.iterator(chunk_size=AT_ONCE):
        yield {
            **_said(donation),
            "monthly": donation.pledge.number if donation.pledge else None,
            "refunded_minor": donation.refunded_minor,
            "begun": donation.placed_at,
            "given": donation.paid_at,
            "payments": [
                {
                    "provider": payment.provider,
                    "state": payment.status,
                    "amount_minor": payment.amount_minor,
                    "refunded_minor": payment.refunded_minor,
                    "card_ends_with": payment.card_ends_with,
                    "paid": payment.paid_at,
                }
                for payment in payments_of("donation", donation.pk)
            ],
        }


def _pledges(user: User) -> Iterator[Record]:
    pledges = Pledge.objects.filter(user=user).prefetch_related("parts").order_by("pk")
    for pledge in pledges.iterator(chunk_size=AT_ONCE):
        times: Record = {"begun": pledge.created_at, "started": pledge.started_at, "ended": pledge.ended_at}
        yield {**_said(pledge), **times}


def _received(user: User) -> Iterator[Record]:
    parts = DonationPart.objects.filter(creator__user=user, given_at__isnull=False, donation__archived_at=None)
    for part in parts.select_related("donation__user").order_by("pk").iterator(chunk_size=AT_ONCE):
        yield {
            "project": part.name,
            "given": part.given_at,
            "name": giver_name(part.donation),
            "message": part.donation.message,
            "amount_minor": part.amount_minor,
            "fee_minor": part.fee_minor,
            "refunded_minor": part.refunded_minor,
            "currency": part.donation.currency,
        }


def _goals(user: User) -> Iterator[Record]:
    for goal in Goal.objects.filter(project__creator__user=user).select_related("project").order_by("pk"):
        yield {
            "project": goal.project.slug,
            "title": goal.title,
            "about": goal.about,
            "target_minor": goal.target_minor,
            "raised_minor": goal.raised_minor,
            "currency": goal.currency,
            "set": goal.created_at,
            "until": goal.ends_at,
            "closed": goal.closed_at,
        }


class Donations:
    """What was given has to stay in the books, without who gave it and what they said."""

    def hide(self, user: User) -> None:
        """The walls name nobody who is leaving (`names.giver_name`)."""

    def show(self, user: User, hidden: Any) -> None:
        """And name them again."""

    def erase(self, user: User) -> Kept:
        services.donations_forget(user=user)
        services.goals_forget(user=user)
        return Kept.NOTHING
