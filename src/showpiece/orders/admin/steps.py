"""What staff can do with one order, a page each: it says what happens, and a form does it."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from showpiece.accounts.models import User
from showpiece.money import amount_with_currency
from showpiece.orders import services, staff
from showpiece.orders.admin.forms import DeliveryForm, EditForm, RefundForm
from showpiece.orders.delivery.granting import entitlement_restore, entitlement_revoke
from showpiece.orders.models import Order
from showpiece.payments import services as payments
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.selectors import payments_of, refund_with_key, refundable_minor, uuid_of


def to_confirm(found: Sequence[Payment]) -> list[Payment]:
    """Payments whose money staff have to see themselves, and have not seen."""
    return [one for one in found if one.status != Payment.Status.CONFIRMED and provider_named(one.provider).by_hand]


class ConfirmForm(forms.Form):
    """Which transfer has come."""

    payment = forms.ChoiceField(label="", widget=UnfoldAdminRadioSelectWidget())

    def __init__(self, data: Any, *, order: Order, found: Sequence[Payment]) -> None:
        super().__init__(data, initial={"payment": str(found[-1].pk) if found else ""})
        self.total_minor = order.total_minor
        field: Any = self.fields["payment"]
        field.label = _("Which transfer has come, in full?")
        field.choices = [(str(one.pk), self._named(one)) for one in found]

    def _named(self, payment: Payment) -> str:
        amount = amount_with_currency(payment.amount_minor, payment.currency)
        told = f"{amount}, {payment.get_status_display()}"
        if payment.amount_minor == self.total_minor:
            return told
        return _("%(payment)s, of before the order was changed: it goes back") % {"payment": told}


def _order(page: Any, request: HttpRequest, object_id: str) -> Order:
    order: Order | None = page.get_object(request, object_id)
    if order is None:
        raise Http404(object_id)
    return order


def _back(order: Order) -> HttpResponse:
    return redirect("admin:orders_order_change", order.pk)


def _form_page(page: Any, request: HttpRequest, order: Order, title: str, **more: Any) -> HttpResponse:
    form = more.get("form")
    context = {
        **page.admin_site.each_context(request),
        "opts": page.model._meta,
        "original": order,
        "order": order,
        "title": title,
        "media": page.media + form.media if form else page.media,
        **more,
    }
    status = 422 if form is not None and form.is_bound else 200
    return TemplateResponse(request, "orders/admin/step.html", context, status=status)


def _done(page: Any, request: HttpRequest, order: Order, note: str, text: str) -> HttpResponse:
    page.log_change(request, order, note)
    messages.success(request, text)
    return _back(order)


def edit(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Change what an open order holds."""
    order = _order(page, request, object_id)
    if order.status != Order.Status.OPEN:
        messages.warning(request, _("Only an open order can be changed. What is paid can be refunded."))
        return _back(order)
    lines = list(order.lines.order_by("position"))
    form = EditForm(request.POST if request.method == "POST" else None, order=order, lines=lines)
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
                return _back(order)
            gone = [f"\N{MINUS SIGN} {line.name}" for line in lines if line.pk in out]
            note = ", ".join([*gone, *(f"+ {project.name}" for project in into)])
            total = amount_with_currency(after.total_minor, after.currency)
            text = _("The order is changed, and its buyer is told. It is %(amount)s now.") % {"amount": total}
            return _done(page, request, order, f"{note} = {total}", text)
    text = _("Lines that stay keep their price. The buyer gets a mail with the new total, and pays that.")
    return _form_page(
        page, request, order, _("Change order %(number)s") % {"number": order.number}, text=text, form=form
    )


def _changed(request: HttpRequest, order: Order) -> HttpResponse:
    messages.warning(request, _("Somebody else has changed this order while you were at it. Nothing was saved."))
    return redirect("admin:orders_order_edit", order.pk)


def cancel(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Cancel an open order."""
    order = _order(page, request, object_id)
    if order.status != Order.Status.OPEN:
        messages.warning(request, _("Only an open order can be cancelled."))
        return _back(order)
    if request.method == "POST":
        order = services.order_cancel(order_id=order.pk)
        if order.status != Order.Status.CANCELLED:  # paid meanwhile
            messages.warning(request, _("Only an open order can be cancelled."))
            return _back(order)
        return _done(page, request, order, _("Cancelled."), _("The order is cancelled."))
    text = _("Nobody can pay it then. Money that comes all the same goes back.")
    title = _("Cancel order %(number)s?") % {"number": order.number}
    return _form_page(page, request, order, title, text=text, button=_("Cancel the order"), is_danger=True)


def confirm(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Say that a bank transfer has come."""
    order = _order(page, request, object_id)
    found = to_confirm(payments_of("order", order.pk))
    if not found:
        messages.warning(request, _("There is no transfer to wait for."))
        return _back(order)
    form = ConfirmForm(request.POST if request.method == "POST" else None, order=order, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            payment = payments.payment_confirm_by_hand(payment_id=uuid.UUID(form.cleaned_data["payment"]))
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
            return _back(order)
        amount = amount_with_currency(payment.amount_minor, payment.currency)
        note = _("Transfer of %(amount)s confirmed.") % {"amount": amount}
        if payment.surplus:
            text = _("This order did not need the money any more: %(amount)s is to go back.") % {"amount": amount}
            return _done(page, request, order, f"{note} {text}", text)
        return _done(page, request, order, note, _("The order is paid."))
    text = _("Only what you have seen on the account, and all of it. The buyer and the creators are told.")
    return _form_page(
        page, request, order, _("The money has come"), text=text, form=form, button=_("The money has come")
    )


def refund(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Give back all or a part."""
    order = _order(page, request, object_id)
    paid = [one for one in payments_of("order", order.pk) if refundable_minor(one)]
    key = request.POST.get("key", "")
    if not paid and not key:
        messages.warning(request, _("There is nothing to give back."))
        return _back(order)
    every = [one for one in payments_of("order", order.pk) if one.status == Payment.Status.CONFIRMED]
    lines = list(order.lines.order_by("position"))
    form = RefundForm(
        request.POST if request.method == "POST" else None,
        order=order,
        payments=every if request.method == "POST" else paid,
        lines=lines,
    )
    if request.method == "POST":
        if known := _refunded_before(request, order, key):
            return known
        if form.is_valid():
            given = form.cleaned_data
            try:
                made = payments.payment_refund(
                    payment_id=uuid.UUID(given["payment"]),
                    amount_minor=given["amount_minor"],
                    key=given["key"],
                    reason=given["reason"],
                    parts=given["parts"],
                    revokes=given["revokes"],
                    by=cast(User, request.user),
                )
            except ValidationError as error:
                form.add_error(None, error.messages)
            except payments.KeyReused:  # pressed twice: the other press was faster
                return _refunded_before(request, order, key) or _back(order)
            else:
                amount = amount_with_currency(made.amount_minor, order.currency)
                note = _("Refund of %(amount)s. %(reason)s") % {"amount": amount, "reason": made.reason}
                return _done(page, request, order, note.strip(), _told(amount))
    by_hand = any(provider_named(one.provider).by_hand for one in paid)
    text = _("What was paid goes back the way it came, and the buyer gets a mail when it is confirmed.")
    if by_hand:
        text = format_html("{} {}", text, _("A bank transfer you send yourself, before you press the button."))
    title = _("Refund order %(number)s") % {"number": order.number}
    return _form_page(page, request, order, title, text=text, form=form, button=_("Refund"), is_danger=True)


def _told(amount: str) -> str:
    return _("%(amount)s is on its way back. Its state stands below.") % {"amount": amount}


def _refunded_before(request: HttpRequest, order: Order, key: str) -> HttpResponse | None:
    """The answer if the same form was sent before; None if it was not."""
    made = refund_with_key(found) if (found := uuid_of(key)) else None
    if made is None or made.payment.subject_id != order.pk:
        return None
    messages.info(request, _told(amount_with_currency(made.amount_minor, order.currency)))
    return _back(order)


def delivery(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take back what came with an order, or give it again."""
    order = _order(page, request, object_id)
    held = staff.entitlements_with_downloads(order)
    if not held:
        messages.warning(request, _("Nothing has come with this order yet."))
        return _back(order)
    form = DeliveryForm(request.POST if request.method == "POST" else None, entitlements=held)
    if request.method == "POST" and form.is_valid():
        by, names = cast(User, request.user), {one.pk: one.line.name for one in held}
        gone = [names[pk] for pk in form.chosen("revoke") if entitlement_revoke(pk, by)]
        back = [names[pk] for pk in form.chosen("restore") if entitlement_restore(pk, by)]
        if not gone and not back:
            messages.info(request, _("Nothing was changed."))
            return _back(order)
        said = [_("Downloads taken back: %(names)s.") % {"names": ", ".join(gone)}] if gone else []
        said += [_("Downloads given again: %(names)s.") % {"names": ", ".join(back)}] if back else []
        return _done(page, request, order, " ".join(said), " ".join(said))
    text = _("What is taken back cannot be downloaded any more, and license keys that came with it stop working.")
    title = _("Downloads of order %(number)s") % {"number": order.number}
    return _form_page(page, request, order, title, text=text, form=form)


def archive(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Put an order away."""
    order = _order(page, request, object_id)
    if request.method == "POST":
        services.order_set_archived(order_id=order.pk, archived=True)
        return _done(page, request, order, _("Archived."), _("The order is archived."))
    text = _("It goes out of the lists of the staff and of its buyer. Its money counts all the same.")
    title = _("Archive order %(number)s?") % {"number": order.number}
    return _form_page(page, request, order, title, text=text, button=_("Archive"))


def take_back(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take an order out of the archive."""
    order = _order(page, request, object_id)
    if request.method == "POST":
        services.order_set_archived(order_id=order.pk, archived=False)
        return _done(page, request, order, _("Taken out of the archive."), _("The order is back."))
    title = _("Take order %(number)s out of the archive?") % {"number": order.number}
    text = _("It stands in the lists of the staff and of its buyer again.")
    return _form_page(page, request, order, title, text=text, button=_("Take back"))
