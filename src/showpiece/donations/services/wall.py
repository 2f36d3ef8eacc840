"""What the walls show: `DonationPart.on_wall`, kept up here and nowhere else."""

import uuid

from django.db import transaction
from django.utils import timezone

from showpiece.donations.locks import locked_donation
from showpiece.donations.models import Donation, DonationPart


def belongs_on_wall(donation: Donation, part: DonationPart) -> bool:
    """Given, not given back whole, not put away by staff, and not hidden by its creator."""
    given = part.given_at is not None and part.left_minor > 0
    return given and donation.archived_at is None and part.hidden_at is None


def donation_set_archived(*, donation_id: uuid.UUID, archived: bool) -> bool:
    """Put a donation away, or take it out again: it is on no wall and in no list then. It stays where money is
    counted. False if it was so before."""
    with transaction.atomic():
        donation = locked_donation(donation_id)
        if archived == (donation.archived_at is not None):
            return False
        donation.archived_at = timezone.now() if archived else None
        donation.save(update_fields=["archived_at"])
        _kept_up(donation, list(donation.parts.order_by("position")))
    return True


def part_set_hidden(*, part_id: uuid.UUID, hidden: bool) -> DonationPart:
    """The creator takes a donation off the wall of their project, or puts it back there."""
    with transaction.atomic():
        donation = locked_donation(DonationPart.objects.values_list("donation_id", flat=True).get(pk=part_id))
        part = DonationPart.objects.get(pk=part_id)
        if hidden != (part.hidden_at is not None):
            part.hidden_at = timezone.now() if hidden else None
            part.save(update_fields=["hidden_at"])
            _kept_up(donation, [part])
    return part


def _kept_up(donation: Donation, parts: list[DonationPart]) -> None:
    for part in parts:
        part.on_wall = belongs_on_wall(donation, part)
        part.save(update_fields=["on_wall"])
