"""Rows of this room that are changed by one at a time. In this order: pledge, donation, its payments, the support of
projects and then their goals, both sorted by project."""

import uuid
from collections.abc import Iterable

from showpiece.donations.models import Donation, Goal, Pledge, Support


def locked_pledge(pk: uuid.UUID) -> Pledge:
    """The monthly donation, for this transaction alone."""
    return Pledge.objects.select_for_update(of=("self",)).get(pk=pk)


def locked_donation(pk: uuid.UUID) -> Donation:
    """The donation, for this transaction alone."""
    return Donation.objects.select_for_update(of=("self",)).get(pk=pk)


def locked_support(projects: Iterable[uuid.UUID], currency: str) -> dict[uuid.UUID, Support]:
    """What each project got in this currency, for this transaction alone; made where there was nothing.

    What is missing is made before anything is locked, so that whoever has locked something waits for locks only.
    """
    wanted = sorted(set(projects))
    rows = Support.objects.filter(project__in=wanted, currency=currency)
    there = set(rows.values_list("project_id", flat=True))
    missing = [Support(project_id=pk, currency=currency) for pk in wanted if pk not in there]
    if missing:
        Support.objects.bulk_create(missing, ignore_conflicts=True)
    return {row.project_id: row for row in rows.select_for_update(of=("self",)).order_by("project_id")}


def locked_goals(goals: Iterable[uuid.UUID]) -> dict[uuid.UUID, Goal]:
    """These goals by id, for this transaction alone. The support of their projects is locked before, if it is."""
    rows = Goal.objects.select_for_update(of=("self",)).filter(pk__in=set(goals))
    return {row.pk: row for row in rows.order_by("project_id", "pk")}


def locked_open_goals(projects: Iterable[uuid.UUID], currency: str) -> dict[uuid.UUID, Goal]:
    """What these projects ask for in this currency, by project, for this transaction alone."""
    rows = Goal.objects.select_for_update(of=("self",)).filter(
        project__in=set(projects), currency=currency, closed_at=None
    )
    return {row.project_id: row for row in rows.order_by("project_id", "pk")}
