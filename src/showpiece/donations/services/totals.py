"""What projects got: kept up in the transaction in which money comes or goes, under locks in one order."""

from collections.abc import Sequence

from django.utils import timezone

from showpiece.donations.locks import locked_goals, locked_open_goals, locked_support
from showpiece.donations.models import DonationPart, Goal


def parts_added(parts: Sequence[DonationPart], currency: str) -> list[Goal]:
    """Money has come for these parts, which are on no sum yet: count it for their projects and what those ask for, and
    write down in each part what it counts for. Returns the goals that are reached by it, for the first time."""
    projects = [part.project_id for part in parts]
    support = locked_support(projects, currency)
    goals = locked_open_goals(projects, currency)
    now = timezone.now()
    reached = []
    for part in parts:
        row = support[part.project_id]
        row.given_minor += part.amount_minor
        row.donation_count += 1
        row.save(update_fields=["given_minor", "donation_count"])
        goal = goals.get(part.project_id)
        if goal is None or (goal.ends_at is not None and goal.ends_at <= now):
            continue
        part.goal = goal
        goal.raised_minor += part.amount_minor
        if goal.raised_minor >= goal.target_minor and goal.reached_at is None:
            goal.reached_at = now
            reached.append(goal)
        goal.save(update_fields=["raised_minor", "reached_at"])
    return reached


def parts_taken(parts: Sequence[tuple[DonationPart, int]], currency: str) -> None:
    """So much of each of these parts went back, which `refunded_minor` of them says already. What a goal had reached it
    has reached; what is raised for it goes down."""
    support = locked_support([part.project_id for part, _minor in parts], currency)
    goals = locked_goals([part.goal_id for part, _minor in parts if part.goal_id])
    for part, minor in parts:
        row = support[part.project_id]
        row.given_minor -= minor
        row.donation_count -= 1 if not part.left_minor else 0
        row.save(update_fields=["given_minor", "donation_count"])
        if part.goal_id and part.goal_id in goals:
            goal = goals[part.goal_id]
            goal.raised_minor -= minor
            goal.save(update_fields=["raised_minor"])
