"""What staff can do with one donation, a page each: it says what happens, and a form does it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from showpiece.donations import services
from showpiece.donations.admin.forms import RefundForm
from showpiece.donations.models import Donation, DonationPart, Pledge
from showpiece.payments.selectors import refund_with_key
from showpiece.payments.staff_steps import ConfirmStep, RefundStep
from showpiece.staff_steps import Step


def cancel(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Cancel an open donation."""
    step = Step(page, request, object_id)
    donation: Donation = step.row
    if donation.status != Donation.Status.OPEN:
        return step.refuse(_("Only an open donation can be cancelled."))
    if request.method == "POST":
        after = services.donation_cancel(donation_id=donation.pk)
        if after.status != Donation.Status.CANCELLED:  # paid meanwhile
            return step.refuse(_("Only an open donation can be cancelled."))
        return step.done(_("Cancelled."), _("The donation is cancelled."))
    text = _("Nobody can pay it then. Money that comes all the same goes back.")
    title = _("Cancel donation %(number)s?") % {"number": donation.number}
    return step.show(title, text=text, button=_("Cancel the donation"), is_danger=True)


class Confirm(ConfirmStep):
    """Of a donation."""

    kind = "donation"
    text = gettext_lazy("Only what you have seen on the account, and all of it. The giver and the creators are told.")
    paid = gettext_lazy("The donation is given.")
    not_needed = gettext_lazy("This donation did not need the money any more: %(amount)s is to go back.")
    outdated = gettext_lazy("%(payment)s, of another amount: it goes back")

    def due_minor(self) -> int:
        return int(self.row.amount_minor)


class Refund(RefundStep):
    """Of a donation."""

    kind = "donation"
    form = RefundForm
    title = gettext_lazy("Refund donation %(number)s")
    text = gettext_lazy(
        "What was given goes back the way it came, and the giver gets a mail when it is confirmed. It counts no longer "
        "for the projects and what they ask for."
    )

    def parts(self) -> list[DonationPart]:
        return list(self.row.parts.order_by("position"))

    def refund_with_key(self, key: uuid.UUID) -> Any:
        return refund_with_key(key)


def confirm(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Say that a bank transfer has come."""
    return Confirm(page, request, object_id).answer()


def refund(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Give back all or a part."""
    return Refund(page, request, object_id).answer()


def archive(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Put a donation away."""
    step = Step(page, request, object_id)
    if request.method == "POST":
        if not services.donation_set_archived(donation_id=step.row.pk, archived=True):
            return step.refuse(_("The donation was archived before."))
        return step.done(_("Archived."), _("The donation is archived."))
    text = _(
        "It goes off the pages of the projects, and out of the lists of its giver and the staff. Its money counts."
    )
    title = _("Archive donation %(number)s?") % {"number": step.row.number}
    return step.show(title, text=text, button=_("Archive"))


def take_back(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take a donation out of the archive."""
    step = Step(page, request, object_id)
    if request.method == "POST":
        if not services.donation_set_archived(donation_id=step.row.pk, archived=False):
            return step.refuse(_("The donation was not archived."))
        return step.done(_("Taken out of the archive."), _("The donation is back."))
    text = _("It stands on the pages of the projects, and in the lists of its giver and the staff again.")
    title = _("Take donation %(number)s out of the archive?") % {"number": step.row.number}
    return step.show(title, text=text, button=_("Take back"))


def end(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """End a monthly donation."""
    step = Step(page, request, object_id)
    pledge: Pledge = step.row
    if pledge.status == Pledge.Status.ENDED:
        return step.refuse(_("This monthly donation has ended."))
    if request.method == "POST":
        services.pledge_end(pledge_id=pledge.pk)
        return step.done(_("Ended."), _("The monthly donation is ended."))
    text = _("Nothing is taken any more, and the giver gets a mail. What was given stays given.")
    title = _("End monthly donation %(number)s?") % {"number": pledge.number}
    return step.show(title, text=text, button=_("End it"), is_danger=True)
