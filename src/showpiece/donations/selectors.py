"""Reading donations for the pages of those who gave them."""

from django.db.models import Prefetch, QuerySet

from showpiece.accounts.models import User
from showpiece.donations.models import Donation, DonationPart


def donations_of(user: User) -> QuerySet[Donation]:
    """A member's donations with who got them. What staff have put away is not among them."""
    parts = DonationPart.objects.order_by("position").only("donation_id", "name", "position")
    return Donation.objects.filter(user=user, archived_at=None).prefetch_related(Prefetch("parts", queryset=parts))


def parts_shown(donation: Donation) -> list[DonationPart]:
    """The parts with what links to their projects need."""
    return list(donation.parts.select_related("project__creator", "project__category").order_by("position"))
