"""Reading monthly donations for the pages of those who give them."""

from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When
from django.utils.translation import pgettext

from showpiece.accounts.models import User
from showpiece.donations.models import Donation, Pledge, PledgePart
from showpiece.payments.states import Badge

RUNNING_SHOWN = 5


def pledges_of(user: User) -> QuerySet[Pledge]:
    """A member's monthly donations with who gets them. What staff have put away is not among them."""
    parts = PledgePart.objects.order_by("position").only("pledge_id", "name", "position")
    return Pledge.objects.filter(user=user, archived_at=None).prefetch_related(Prefetch("parts", queryset=parts))


def running_rows(user: User) -> list[tuple[Pledge, Badge]]:
    """A few of those that are not over with their state, those that need their giver first."""
    needs = Case(When(status=Pledge.Status.PAST_DUE, then=Value(0)), default=Value(1), output_field=IntegerField())
    running = pledges_of(user).exclude(status=Pledge.Status.ENDED)
    return [(pledge, pledge_badge(pledge)) for pledge in running.order_by(needs, "-pk")[:RUNNING_SHOWN]]


def pledge_parts(pledge: Pledge) -> list[PledgePart]:
    """The parts with what links to their projects need."""
    return list(pledge.parts.select_related("project__creator", "project__category").order_by("position"))


def months_of(pledge: Pledge) -> QuerySet[Donation]:
    """What was given, and what came and went back."""
    return Donation.objects.filter(pledge=pledge, archived_at=None)


def pledge_badge(pledge: Pledge) -> Badge:
    """Where it stands, in a word or two."""
    match pledge.status:
        case Pledge.Status.ACTIVE:
            return Badge("success", pgettext("monthly donation", "Active"))
        case Pledge.Status.PAST_DUE:
            return Badge("danger", pgettext("monthly donation", "Payment failed"))
        case Pledge.Status.ENDED:
            return Badge("neutral", pgettext("monthly donation", "Ended"))
        case _:
            return Badge("warning", pgettext("monthly donation", "Not begun yet"))
