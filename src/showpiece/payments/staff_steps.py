"""What staff do with the money of what is paid for: say that it has come, and give it back. The rooms say what that
means to them. Only modules named `admin` import it: it loads the admin."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.money import amount_with_currency
from showpiece.payments import services
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers import provider_named
from showpiece.payments.selectors import payments_of, refundable_minor, uuid_of
from showpiece.payments.staff_forms import ConfirmForm, RefundForm
from showpiece.staff_steps import Step


def to_confirm(found: Sequence[Payment]) -> list[Payment]:
    """Payments whose money staff have to see themselves, and have not seen."""
    return [one for one in found if one.status != Payment.Status.CONFIRMED and provider_named(one.provider).by_hand]


class ConfirmStep(Step):
    """Say that a bank transfer has come.

    Of the room: its `kind` of subject, what confirming does (`text`), that it is `paid`, that it did not need the
    `amount` (`not_needed`), and what is said of a `payment` of another amount (`outdated`).
    """

    kind: str
    text: Any
    paid: Any
    not_needed: Any
    outdated: Any

    def due_minor(self) -> int:
        """What is to be paid."""
        raise NotImplementedError

    def answer(self) -> HttpResponse:
        found = to_confirm(payments_of(self.kind, self.row.pk))
        if not found:
            return self.refuse(_("There is no transfer to wait for."))
        form = ConfirmForm(self.posted, found=found, due_minor=self.due_minor(), outdated=self.outdated)
        if self.posted is not None and form.is_valid():
            return self._confirmed(uuid.UUID(form.cleaned_data["payment"]))
        return self.show(_("The money has come"), text=self.text, form=form, button=_("The money has come"))

    def _confirmed(self, payment_id: uuid.UUID) -> HttpResponse:
        try:
            payment = services.payment_confirm_by_hand(payment_id=payment_id)
        except ValidationError as error:
            return self.refuse(" ".join(error.messages))
        amount = amount_with_currency(payment.amount_minor, payment.currency)
        note = _("Transfer of %(amount)s confirmed.") % {"amount": amount}
        if payment.surplus:
            text = str(self.not_needed % {"amount": amount})
            return self.done(f"{note} {text}", text)
        return self.done(note, str(self.paid))


class RefundStep(Step):
    """Give back all or a part.

    Of the room: its `kind` of subject, its `form`, the `title` with the row's `number`, and what happens (`text`).
    """

    kind: str
    form: type[RefundForm]
    title: Any
    text: Any

    def parts(self) -> list[Any]:
        """Those of the row, in their order (`payments.parts.Refundable`, with a name)."""
        raise NotImplementedError

    def refund_with_key(self, key: uuid.UUID) -> Refund | None:
        """The refund that a form with this key has asked for."""
        raise NotImplementedError

    def answer(self) -> HttpResponse:
        every = [one for one in payments_of(self.kind, self.row.pk) if one.status == Payment.Status.CONFIRMED]
        paid = [one for one in every if refundable_minor(one)]
        key = self.request.POST.get("key", "")
        if not paid and not key:
            return self.refuse(_("There is nothing to give back."))
        payments = paid if self.posted is None else every
        form = self.form(self.posted, currency=self.row.currency, payments=payments, parts=self.parts())
        if self.posted is not None:
            if known := self._before(key):
                return known
            if form.is_valid() and (made := self._made(form, key)):
                return made
        text = self.text
        if any(provider_named(one.provider).by_hand for one in paid):
            text = format_html("{} {}", text, _("A bank transfer you send yourself, before you press the button."))
        title = str(self.title % {"number": self.row.number})
        return self.show(title, text=text, form=form, button=_("Refund"), is_danger=True)

    def _made(self, form: RefundForm, key: str) -> HttpResponse | None:
        """The answer to what was asked for; None if it cannot be, which the form tells."""
        given = form.cleaned_data
        try:
            made = services.payment_refund(
                payment_id=uuid.UUID(given["payment"]),
                amount_minor=given["amount_minor"],
                key=given["key"],
                reason=given["reason"],
                parts=given["parts"],
                revokes=given.get("revokes"),
                by=cast(User, self.request.user),
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None
        except services.KeyReused:  # pressed twice: the other press was faster
            return self._before(key) or self.back()
        amount = amount_with_currency(made.amount_minor, self.row.currency)
        note = _("Refund of %(amount)s. %(reason)s") % {"amount": amount, "reason": made.reason}
        return self.done(note.strip(), _told(amount))

    def _before(self, key: str) -> HttpResponse | None:
        """The answer if the same form was sent before; None if it was not."""
        made = self.refund_with_key(found) if (found := uuid_of(key)) else None
        if made is None or made.payment.subject_id != self.row.pk:
            return None
        messages.info(self.request, _told(amount_with_currency(made.amount_minor, self.row.currency)))
        return self.back()


def _told(amount: str) -> str:
    return _("%(amount)s is on its way back. Its state stands below.") % {"amount": amount}
