"""Giving: beginning a donation, what becomes of it, and what the walls show of it."""

from showpiece.donations.services.placing import (
    MAX_OPEN,
    MAX_PROJECTS,
    donation_cancel,
    donation_create,
    donation_pay_again,
    donation_place,
    donations_expire,
    projects_checked,
)
from showpiece.donations.services.wall import donation_set_archived, part_set_hidden

__all__ = [
    "MAX_OPEN",
    "MAX_PROJECTS",
    "donation_cancel",
    "donation_create",
    "donation_pay_again",
    "donation_place",
    "donation_set_archived",
    "donations_expire",
    "part_set_hidden",
    "projects_checked",
]
