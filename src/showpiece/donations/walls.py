"""What the pages of projects and creators show of what was given. Reading only.

Each is one query, which reads sums that are kept up and the first rows of an index: a project with a hundred thousand
donations costs what one with ten costs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.utils import timezone

from showpiece.catalog.display import is_on_display
from showpiece.catalog.models import Creator, Project
from showpiece.donations.models import DonationPart, Goal, Support
from showpiece.donations.names import giver_name
from showpiece.json_rows import JsonObjects
from showpiece.prepared import Prepared, Slot

# The latest supporters beside a project, and on the page of a creator.
SHOWN = 5
# More empty lines than that say nothing.
_GAPS = re.compile(r"\n{3,}")

_SUMS = JsonObjects(Support, "id", "project_id", "currency", "given_minor", "donation_count")
_GOAL = JsonObjects(
    Goal, *("id", "project_id", "title", "about", "target_minor", "currency", "raised_minor", "ends_at", "reached_at")
)
_OF_GIVER = (
    *("id", "name", "is_anonymous", "message", "currency", "user_id"),
    *("user__id", "user__name", "user__username", "user__is_active"),
)
_WALL = JsonObjects(
    DonationPart, "id", "donation_id", "amount_minor", "given_at", *(f"donation__{name}" for name in _OF_GIVER)
)


@dataclass(frozen=True)
class Supporter:
    """One entry of a wall: what was given, by whom ("" for nobody to be named) and what they say."""

    part: DonationPart
    name: str
    message: str
    # Where a wall is of several: which one it was for; None for one that is not on display any more.
    project: Project | None = None

    @property
    def currency(self) -> str:
        return str(self.part.donation.currency)


@dataclass(frozen=True)
class ProjectSupport:
    """What the page of a project shows."""

    sums: list[Support]
    goal: Goal | None
    supporters: list[Supporter]
    # There are more of them than are shown.
    has_more: bool
    takes_donations: bool

    @property
    def donation_count(self) -> int:
        return sum(row.donation_count for row in self.sums)

    @property
    def given(self) -> list[Support]:
        """The sums of which something is left."""
        return [row for row in self.sums if row.given_minor]

    @property
    def is_empty(self) -> bool:
        return not (self.takes_donations or self.supporters)

    @property
    def goal_percent(self) -> int:
        """How much of the goal is there, at most 100, rounded down: all of it is not said before it is."""
        if self.goal is None:
            return 0
        return max(0, min(100, self.goal.raised_minor * 100 // self.goal.target_minor))


def _support_rows() -> QuerySet[Project]:
    of_it = {"project": OuterRef("pk")}
    wall = DonationPart.objects.filter(**of_it, on_wall=True).order_by("-given_at", "-id")
    return (
        Project.objects.filter(pk=Slot(0, Project._meta.pk))
        .annotate(
            sum_rows=_SUMS.of(Support.objects.filter(**of_it).order_by("currency")),
            goal_rows=_GOAL.of(Goal.objects.filter(**of_it, closed_at=None)),
            wall_rows=_WALL.of(wall[: SHOWN + 1]),
            takes_donations=F("donation_policy__is_on"),
        )
        .only("id")
    )


_support = Prepared(_support_rows)


def support_of(project: Project) -> ProjectSupport:
    """Sums, the open goal and the latest supporters of a project on display. One query."""
    (row,) = _support(project.pk)
    goals = _GOAL.read(row.goal_rows)  # type: ignore[attr-defined]  # annotated, as the others
    parts = _WALL.read(row.wall_rows)  # type: ignore[attr-defined]
    goal = goals[0] if goals and not _has_ended(goals[0]) else None
    return ProjectSupport(
        sums=_SUMS.read(row.sum_rows),  # type: ignore[attr-defined]
        goal=goal,
        supporters=[supporter_of(part) for part in parts[:SHOWN]],
        has_more=len(parts) > SHOWN,
        takes_donations=row.takes_donations is not False,  # type: ignore[attr-defined]
    )


def _has_ended(goal: Goal) -> bool:
    return goal.ends_at is not None and goal.ends_at <= timezone.now()


def supporter_of(part: DonationPart, *, names_project: bool = False) -> Supporter:
    """A part as a wall shows it. What was said to a project that is not on display any more is not shown elsewhere."""
    project = part.project if names_project and is_on_display(part.project) else None
    message = _GAPS.sub("\n\n", part.donation.message.strip())
    hides = names_project and project is None
    return Supporter(part, giver_name(part.donation), "" if hides else message, project)


@dataclass(frozen=True)
class CreatorSupport:
    """What the page of a creator shows."""

    supporters: list[Supporter]
    has_more: bool


def supporters_of(creator: Creator) -> CreatorSupport:
    """The latest supporters of a creator. One query."""
    parts = _latest_of_creator(creator.pk)
    return CreatorSupport(walled(parts[:SHOWN], names_project=True), len(parts) > SHOWN)


def _wall() -> QuerySet[DonationPart]:
    return DonationPart.objects.filter(on_wall=True).select_related("donation__user")


def project_wall(project: Project) -> QuerySet[DonationPart]:
    """Everything on the wall of a project."""
    return _wall().filter(project=project)


def creator_wall(creator: Creator) -> QuerySet[DonationPart]:
    """Everything on the walls of a creator's projects, with those."""
    return _of_creator(creator.pk)


def _of_creator(pk: Any) -> QuerySet[DonationPart]:
    return _wall().filter(creator=pk).select_related("project__creator", "project__category")


_latest_of_creator = Prepared(lambda: _of_creator(Slot(0, Creator._meta.pk)).order_by("-given_at", "-id")[: SHOWN + 1])


def walled(parts: Sequence[DonationPart], *, names_project: bool = False) -> list[Supporter]:
    """Parts as a wall shows them."""
    return [supporter_of(part, names_project=names_project) for part in parts]
