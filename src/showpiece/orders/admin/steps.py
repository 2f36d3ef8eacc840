"""What staff can do with one order, a page each: it says what happens, and a form does it."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from showpiece.accounts.models import User
from showpiece.money import amount_with_currency
from showpiece.orders import services, staff
from showpiece.orders.admin.forms import DeliveryForm, EditForm, RefundForm
from showpiece.orders.delivery.granting import entitlement_restore, entitlement_revoke
from showpiece.orders.models import Order, OrderLine
from showpiece.payments.selectors import refund_with_key
from showpiece.payments.staff_steps import ConfirmStep, RefundStep
from showpiece.staff_steps import Step


def edit(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Change what an open order holds."""
    step = Step(page, request, object_id)
    order: Order = step.row
    if order.status != Order.Status.OPEN:
        return step.refuse(_("Only an open order can be changed. What is paid can be refunded."))
    lines = list(order.lines.order_by("position"))
    form = EditForm(step.posted, order=order, lines=lines)
    is_valid = request.method == "POST" and form.is_valid()
    if form.is_bound and form.cleaned_data.get("revision", order.revision) != order.revision:
        return _changed(request, order)
    if is_valid:
        out = {uuid.UUID(pk) for pk in form.cleaned_data["remove"]}
        into = list(form.cleaned_data["add"])
        try:
            after = services.order_edit(order_id=order.pk, revision=form.cleaned_data["revision"], remove=out, add=into)
        except services.OrderChanged as changed:
            return _changed(request, changed.current)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            if after.revision == order.revision:
                messages.info(request, _("Nothing was changed."))
                return step.back()
            gone = [f"\N{MINUS SIGN} {line.name}" for line in lines if line.pk in out]
            note = ", ".join([*gone, *(f"+ {project.name}" for project in into)])
            total = amount_with_currency(after.total_minor, after.currency)
            text = _("The order is changed, and its buyer is told. It is %(amount)s now.") % {"amount": total}
            return step.done(f"{note} = {total}", text)
    text = _("Lines that stay keep their price. The buyer gets a mail with the new total, and pays that.")
    return step.show(_("Change order %(number)s") % {"number": order.number}, text=text, form=form)


def _changed(request: HttpRequest, order: Order) -> HttpResponse:
    messages.warning(request, _("Somebody else has changed this order while you were at it. Nothing was saved."))
    return redirect("admin:orders_order_edit", order.pk)


def cancel(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Cancel an open order."""
    step = Step(page, request, object_id)
    order: Order = step.row
    if order.status != Order.Status.OPEN:
        return step.refuse(_("Only an open order can be cancelled."))
    if request.method == "POST":
        order = services.order_cancel(order_id=order.pk)
        if order.status != Order.Status.CANCELLED:  # paid meanwhile
            return step.refuse(_("Only an open order can be cancelled."))
        return step.done(_("Cancelled."), _("The order is cancelled."))
    text = _("Nobody can pay it then. Money that comes all the same goes back.")
    title = _("Cancel order %(number)s?") % {"number": order.number}
    return step.show(title, text=text, button=_("Cancel the order"), is_danger=True)


class Confirm(ConfirmStep):
    """Of an order."""

    kind = "order"
    text = gettext_lazy("Only what you have seen on the account, and all of it. The buyer and the creators are told.")
    paid = gettext_lazy("The order is paid.")
    not_needed = gettext_lazy("This order did not need the money any more: %(amount)s is to go back.")
    outdated = gettext_lazy("%(payment)s, of before the order was changed: it goes back")

    def due_minor(self) -> int:
        return int(self.row.total_minor)


class Refund(RefundStep):
    """Of an order."""

    kind = "order"
    form = RefundForm
    title = gettext_lazy("Refund order %(number)s")
    text = gettext_lazy("What was paid goes back the way it came, and the buyer gets a mail when it is confirmed.")

    def parts(self) -> list[OrderLine]:
        return list(self.row.lines.order_by("position"))

    def refund_with_key(self, key: uuid.UUID) -> Any:
        return refund_with_key(key)


def confirm(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Say that a bank transfer has come."""
    return Confirm(page, request, object_id).answer()


def refund(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Give back all or a part."""
    return Refund(page, request, object_id).answer()


def delivery(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take back what came with an order, or give it again."""
    step = Step(page, request, object_id)
    order: Order = step.row
    held = staff.entitlements_with_downloads(order)
    if not held:
        return step.refuse(_("Nothing has come with this order yet."))
    form = DeliveryForm(step.posted, entitlements=held)
    if request.method == "POST" and form.is_valid():
        by, names = cast(User, request.user), {one.pk: one.line.name for one in held}
        gone = [names[pk] for pk in form.chosen("revoke") if entitlement_revoke(pk, by)]
        back = [names[pk] for pk in form.chosen("restore") if entitlement_restore(pk, by)]
        if not gone and not back:
            messages.info(request, _("Nothing was changed."))
            return step.back()
        said = [_("Downloads taken back: %(names)s.") % {"names": ", ".join(gone)}] if gone else []
        said += [_("Downloads given again: %(names)s.") % {"names": ", ".join(back)}] if back else []
        return step.done(" ".join(said), " ".join(said))
    text = _("What is taken back cannot be downloaded any more, and license keys that came with it stop working.")
    title = _("Downloads of order %(number)s") % {"number": order.number}
    return step.show(title, text=text, form=form)


def archive(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Put an order away."""
    step = Step(page, request, object_id)
    order: Order = step.row
    if request.method == "POST":
        services.order_set_archived(order_id=order.pk, archived=True)
        return step.done(_("Archived."), _("The order is archived."))
    text = _("It goes out of the lists of the staff and of its buyer. Its money counts all the same.")
    title = _("Archive order %(number)s?") % {"number": order.number}
    return step.show(title, text=text, button=_("Archive"))


def take_back(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take an order out of the archive."""
    step = Step(page, request, object_id)
    order: Order = step.row
    if request.method == "POST":
        services.order_set_archived(order_id=order.pk, archived=False)
        return step.done(_("Taken out of the archive."), _("The order is back."))
    title = _("Take order %(number)s out of the archive?") % {"number": order.number}
    text = _("It stands in the lists of the staff and of its buyer again.")
    return step.show(title, text=text, button=_("Take back"))
