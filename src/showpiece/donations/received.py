"""What a creator was given. Reading only; of a giver what they let everybody see, and no e-mail."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum

from showpiece.catalog.models import Creator, Project
from showpiece.donations.models import DonationPart, DonationPolicy, Goal, Support
from showpiece.donations.names import giver_name
from showpiece.money import decimal_price
from showpiece.payments.parts import part_of

CSV_HEAD = ["date", "project", "name", "message", "monthly", "amount", "fee", "refunded", "earned", "currency"]


@dataclass(frozen=True)
class Received:
    """What a creator's projects were given in one currency, less what went back; and how often."""

    currency: str
    given_minor: int
    count: int


def received_by(creator: Creator) -> list[Received]:
    """By currency, over all projects that are the creator's now. One query, however many donations there are."""
    rows = Support.objects.filter(project__creator=creator, donation_count__gt=0).order_by("currency")
    sums = rows.values_list("currency").annotate(given=Sum("given_minor"), count=Sum("donation_count"))
    return [Received(*row) for row in sums]


def parts_received(creator: Creator, project: Project | None = None) -> QuerySet[DonationPart]:
    """The parts of donations that were given, with `currency`, the project and the donation. Without an order.

    What staff have put away is not among them.
    """
    parts = DonationPart.objects.filter(creator=creator, given_at__isnull=False, donation__archived_at=None)
    if project is not None:
        parts = parts.filter(project=project)
    whole = parts.select_related("project", "donation__user").defer("project__description")
    return whole.annotate(currency=F("donation__currency"))


def kept_minor(part: DonationPart) -> int:
    """What a creator has of a part after refunds, as the ledger has it."""
    back = part.refunded_minor
    fee_back = part_of(back, part.fee_minor, part.amount_minor)
    return part.amount_minor - part.fee_minor - (back - fee_back)


def projects_with_goals(creator: Creator, text: str, most: int) -> list[Project]:
    """The creator's projects by name, each with `takes_donations` and `goal`, the open one or None.

    `text`: what their names have in them.
    """
    own = Project.objects.filter(creator=creator).exclude(status="archived")
    if text:
        own = own.filter(Q(name__icontains=text) | Q(slug__icontains=text))
    projects = list(own.select_related("creator", "category").defer("description").order_by("name", "pk")[:most])
    goals = {goal.project_id: goal for goal in Goal.objects.filter(project__in=projects, closed_at=None)}
    off = set(DonationPolicy.objects.filter(project__in=projects, is_on=False).values_list("project_id", flat=True))
    for project in projects:
        project.goal = goals.get(project.pk)  # type: ignore[attr-defined]  # for the template
        project.takes_donations = project.pk not in off  # type: ignore[attr-defined]
    return projects


def closed_goals(creator: Creator, most: int) -> list[Goal]:
    """Goals of the past, the newest first."""
    goals = Goal.objects.filter(project__creator=creator, closed_at__isnull=False).select_related("project")
    return list(goals.defer("project__description").order_by("-closed_at", "-pk")[:most])


def received_rows(creator: Creator, project: Project | None = None) -> Iterator[list[str]]:
    """For a spreadsheet, the newest first, however many there are."""
    for part in parts_received(creator, project).order_by("-given_at", "-pk").iterator(chunk_size=1000):
        currency: str = part.currency  # type: ignore[attr-defined]  # annotated above
        amounts = (part.amount_minor, part.fee_minor, part.refunded_minor, kept_minor(part))
        assert part.given_at is not None  # noqa: S101  # filtered above
        yield [
            part.given_at.isoformat(timespec="seconds"),
            part.project.name,
            giver_name(part.donation),
            part.donation.message,
            "yes" if part.donation.pledge_id else "",
            *(str(decimal_price(minor, currency)) for minor in amounts),
            currency,
        ]
