"""Giving: beginning a donation, what becomes of it, and what the walls show of it."""

from showpiece.donations.services.erasure import donations_forget, goals_forget
from showpiece.donations.services.goals import donations_switch, goal_change, goal_close, goal_set
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
from showpiece.donations.services.pledges import (
    KIND,
    month_given,
    pledge_changed,
    pledge_end,
    pledge_place,
    pledges_end,
    pledges_forget,
)
from showpiece.donations.services.wall import donation_set_archived, part_set_hidden

__all__ = [
    "KIND",
    "MAX_OPEN",
    "MAX_PROJECTS",
    "donation_cancel",
    "donation_create",
    "donation_pay_again",
    "donation_place",
    "donation_set_archived",
    "donations_expire",
    "donations_forget",
    "donations_switch",
    "goal_change",
    "goal_close",
    "goal_set",
    "goals_forget",
    "month_given",
    "part_set_hidden",
    "pledge_changed",
    "pledge_end",
    "pledge_place",
    "pledges_end",
    "pledges_forget",
    "projects_checked",
]
