"""Forms for staff about money that came or goes back. Only modules named `admin` import it: it loads the admin."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from showpiece.money import amount_parse, amount_text, amount_with_currency
from showpiece.payments.models import Payment
from showpiece.payments.providers import label_of
from showpiece.payments.selectors import pending_parts, refundable_minor

ALL, AMOUNT, LINES = "all", "amount", "lines"


class AmountInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # no types
    """An amount as people type it."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


def _amount(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=30, widget=AmountInput())


def typed_amount(minor: int | None, currency: str) -> str:
    """What a form shows of an amount."""
    return amount_text(minor, currency) if minor else ""


class ConfirmForm(forms.Form):
    """Which transfer has come. `outdated` is said of one that is not of what is due now."""

    payment = forms.ChoiceField(label="", widget=UnfoldAdminRadioSelectWidget())

    def __init__(self, data: Any, *, found: Sequence[Payment], due_minor: int, outdated: Any) -> None:
        super().__init__(data, initial={"payment": str(found[-1].pk) if found else ""})
        self.due_minor, self.outdated = due_minor, outdated
        field: Any = self.fields["payment"]
        field.label = _("Which transfer has come, in full?")
        field.choices = [(str(one.pk), self._named(one)) for one in found]

    def _named(self, payment: Payment) -> str:
        amount = amount_with_currency(payment.amount_minor, payment.currency)
        told = f"{amount}, {payment.get_status_display()}"
        return told if payment.amount_minor == self.due_minor else str(self.outdated % {"payment": told})


class RefundForm(forms.Form):
    """All that is left of a payment, a part in proportion, or so much of each part of what it paid for (`Refundable`,
    with a name). `key`: one press, one refund. The room says what it calls its parts."""

    by_proportion: Any
    by_part: Any
    which_part: Any
    not_read: Any
    last: tuple[str, ...] = ("reason",)

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    payment = forms.ChoiceField(label=gettext_lazy("Payment"), widget=UnfoldAdminSelectWidget())
    what = forms.ChoiceField(label=gettext_lazy("How much"), widget=UnfoldAdminRadioSelectWidget(), initial=ALL)
    amount = _amount(gettext_lazy("Amount"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, data: Any, *, currency: str, payments: Sequence[Payment], parts: Sequence[Any]) -> None:
        super().__init__(data)
        self.currency = currency
        self.payments = {str(one.pk): one for one in payments}
        pending = pending_parts(payments)
        left = {part.pk: part.left_minor - pending[str(part.pk)] for part in parts}
        self.parts = {f"line_{part.pk}": part for part in parts if left[part.pk] > 0}
        self.left = {name: left[part.pk] for name, part in self.parts.items()}
        fields: dict[str, Any] = self.fields
        fields["payment"].choices = [(pk, self._named(one)) for pk, one in self.payments.items()]
        fields["what"].choices = [
            (ALL, _("All that is left of the payment")),
            (AMOUNT, self.by_proportion),
            (LINES, self.by_part),
        ]
        fields["reason"].help_text = self.not_read
        for name, part in self.parts.items():
            most = amount_with_currency(self.left[name], self.currency)
            fields[name] = _amount(_("%(name)s, at most %(amount)s") % {"name": part.name, "amount": most})
        self.order_fields(["key", "payment", "what", "amount", *self.parts, *self.last])

    def _named(self, payment: Payment) -> str:
        left = amount_with_currency(refundable_minor(payment), payment.currency)
        card = f" •••• {payment.card_ends_with}" if payment.card_ends_with else ""
        return _("%(provider)s, %(amount)s left") % {"provider": label_of(payment.provider) + card, "amount": left}

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        payment = self.payments.get(given.get("payment", ""))
        if payment is None:
            return given
        given["parts"] = {}
        if given.get("what") == LINES:
            for name, part in self.parts.items():
                minor = self._parsed(name)
                if minor > self.left[name]:
                    self.add_error(name, _("More than is left of it."))
                elif minor:
                    given["parts"][str(part.pk)] = minor
            given["amount_minor"] = sum(given["parts"].values())
            if not given["amount_minor"] and not self.errors:
                self.add_error("what", self.which_part)
        elif given.get("what") == AMOUNT:
            given["amount_minor"] = self._parsed("amount")
            if not given["amount_minor"] and "amount" not in self.errors:
                self.add_error("amount", _("Please say how much."))
        else:
            given["amount_minor"] = refundable_minor(payment)
        return given

    def _parsed(self, name: str) -> int:
        text = self.cleaned_data.get(name, "").strip()
        if not text:
            return 0
        try:
            return amount_parse(text, self.currency)
        except ValidationError as error:
            self.add_error(name, error)
            return 0
