"""When a giver or a creator goes for good."""

from django.db import transaction
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.donations.locks import locked_goals
from showpiece.donations.models import Donation, Goal
from showpiece.donations.services.placing import donation_cancel
from showpiece.numbering import new_secret

AT_ONCE = 100


def donations_forget(*, user: User) -> None:
    """Donations lose their giver and what they said, and links to them stop working; what is open is cancelled.

    May be cut off anywhere, and run again.
    """
    for pk in Donation.objects.filter(user=user, status=Donation.Status.OPEN).values_list("pk", flat=True):
        donation_cancel(donation_id=pk)
    while batch := list(Donation.objects.filter(user=user)[:AT_ONCE]):
        for donation in batch:
            donation.user, donation.email, donation.secret = None, "", new_secret()
            donation.name, donation.message, donation.is_anonymous = "", "", True
            donation.save(update_fields=["user", "email", "secret", "name", "message", "is_anonymous"])


def goals_forget(*, user: User) -> None:
    """A creator's projects ask for nothing any more, and what they asked for is not told. May run again."""
    with transaction.atomic():
        theirs = Goal.objects.filter(project__creator__user=user)
        # One after the other: whoever is giving to several of the projects locks them in the same order.
        for goal in locked_goals(theirs.values_list("pk", flat=True)).values():
            goal.closed_at = goal.closed_at or timezone.now()
            goal.title, goal.about = "—", ""
            goal.save(update_fields=["closed_at", "title", "about"])
