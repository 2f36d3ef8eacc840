"""Why somebody does not get a file, and what their page says of it."""

from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from showpiece.orders.models import Entitlement


class Problem(NamedTuple):
    """`help` may name `minutes`, in words."""

    status: int
    title: str | Promise
    help: str | Promise
    # In seconds; 0: it is no use.
    retry_after: int = 0


EXPIRED = Problem(
    410,
    _("This download link has expired"),
    _("A link works for {minutes}, and opens nothing after that. Press Download at your order for a fresh one."),
)
BROKEN = Problem(
    404,
    _("This is not a whole download link"),
    _("A part of the address is missing or was changed. Press Download at your order for a whole one."),
)
USED_UP = Problem(
    410,
    _("This download link is used up"),
    _("It has begun as many downloads as one link may. Press Download at your order for a fresh one."),
)
REVOKED = Problem(
    403,
    _("This is not yours to download any more"),
    _("Its downloads were taken back, as with a refund. If that is a mistake, please write to the shop."),
)
WITHDRAWN = Problem(
    410,
    _("This version is not on offer any more"),
    _("Its creator has withdrawn it. What else you have of the project is where you got this link."),
)
BLOCKED = Problem(
    410,
    _("This file is not handed out any more"),
    _("The shop has stopped it, whatever version it came with. Other files of the project stay where they were."),
)
GONE = Problem(
    410,
    _("This file is not there any more"),
    _("It was taken out of its version. What else you have of the project is where you got this link."),
)
MISSING = Problem(
    404,
    _("This file has gone missing"),
    _("It should be here, and is not. We have told its creator; please try again later. It was not counted."),
)
DOWN = Problem(
    503,
    _("The files cannot be reached at the moment"),
    _("That is on our side, and nothing is lost. Please try again in a few minutes. It was not counted."),
    retry_after=60,
)


class Refused(Exception):  # noqa: N818  # not every one is an error
    """They do not get the file. `entitlement`: by which they would, where that is known."""

    def __init__(self, problem: Problem, entitlement: Entitlement | None = None) -> None:
        super().__init__(str(problem.title))
        self.problem, self.entitlement = problem, entitlement


def help_of(problem: Problem) -> str:
    """What its page says below the title."""
    count = settings.DOWNLOAD_LINK_MINUTES
    minutes = ngettext("{count} minute", "{count} minutes", count).format(count=count)
    return str(problem.help).format(minutes=minutes)
