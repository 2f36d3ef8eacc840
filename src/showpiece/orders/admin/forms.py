"""Forms on the page of an order: what is given back, and what an open one is to hold."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from showpiece.catalog.models import Project
from showpiece.money import amount_parse, amount_text, amount_with_currency
from showpiece.orders.models import Entitlement, Order, OrderLine
from showpiece.orders.quotes import orderable
from showpiece.payments.models import Payment
from showpiece.payments.providers import label_of
from showpiece.payments.selectors import pending_parts, refundable_minor
from showpiece.staff_widgets import SomeOfMany

ALL, AMOUNT, LINES = "all", "amount", "lines"
ONLY_ON_SALE = gettext_lazy("Projects on sale in the currency of the order, at their price of today.")


class AmountInput(UnfoldAdminTextInputWidget):  # type: ignore[misc]  # no types
    """An amount as people type it."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs={"inputmode": "decimal", "autocomplete": "off", **attrs})


def _amount(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=30, widget=AmountInput())


class RefundForm(forms.Form):
    """All that is left of a payment, a part in proportion, or so much of each line. `key`: one press, one refund."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    payment = forms.ChoiceField(label=gettext_lazy("Payment"), widget=UnfoldAdminSelectWidget())
    what = forms.ChoiceField(label=gettext_lazy("How much"), widget=UnfoldAdminRadioSelectWidget(), initial=ALL)
    amount = _amount(gettext_lazy("Amount"))
    revokes = forms.BooleanField(
        label=gettext_lazy("Take the downloads back, too"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=gettext_lazy("Of what is given back whole. What keeps a part of its price keeps its downloads."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(),
        help_text=gettext_lazy("For the staff; the buyer does not read it."),
    )

    def __init__(self, data: Any, *, order: Order, payments: Sequence[Payment], lines: Sequence[OrderLine]) -> None:
        super().__init__(data)
        self.currency = order.currency
        self.payments = {str(one.pk): one for one in payments}
        pending = pending_parts(payments)
        left = {line.pk: line.left_minor - pending[str(line.pk)] for line in lines}
        self.lines = {f"line_{line.pk}": line for line in lines if left[line.pk] > 0}
        self.left = {name: left[line.pk] for name, line in self.lines.items()}
        fields: dict[str, Any] = self.fields
        fields["payment"].choices = [(pk, self._named(one)) for pk, one in self.payments.items()]
        fields["what"].choices = [
            (ALL, _("All that is left of the payment")),
            (AMOUNT, _("An amount, out of the lines in proportion")),
            (LINES, _("By line")),
        ]
        for name, line in self.lines.items():
            most = amount_with_currency(self.left[name], self.currency)
            fields[name] = _amount(_("%(name)s, at most %(amount)s") % {"name": line.name, "amount": most})
        self.order_fields(["key", "payment", "what", "amount", *self.lines, "revokes", "reason"])

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
            for name, line in self.lines.items():
                minor = self._parsed(name)
                if minor > self.left[name]:
                    self.add_error(name, _("More than is left of it."))
                elif minor:
                    given["parts"][str(line.pk)] = minor
            given["amount_minor"] = sum(given["parts"].values())
            if not given["amount_minor"] and not self.errors:
                self.add_error("what", _("Please say how much of which line."))
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


class DeliveryForm(forms.Form):
    """What is taken back of what came with an order, and what is given again."""

    def __init__(self, data: Any, *, entitlements: Sequence[Entitlement]) -> None:
        super().__init__(data)
        for name, label, valid in (
            ("revoke", _("Take back"), True),
            ("restore", _("Give again"), False),
        ):
            choices = [(str(one.pk), one.line.name) for one in entitlements if one.is_valid is valid]
            if choices:
                self.fields[name] = forms.MultipleChoiceField(
                    label=label, required=False, choices=choices, widget=UnfoldAdminCheckboxSelectMultipleWidget()
                )

    def chosen(self, name: str) -> list[uuid.UUID]:
        """Ids of the entitlements."""
        return [uuid.UUID(pk) for pk in self.cleaned_data.get(name, ())]


class OnSaleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # cannot be given one
    """Projects with what they cost."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.price_text}"


class EditForm(forms.Form):
    """What goes out of an open order, and what comes in. `revision` is that of the order that was read."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    remove = forms.MultipleChoiceField(
        label=gettext_lazy("Take out"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget()
    )
    add = OnSaleField(Project.objects.none(), label=gettext_lazy("Put in"), required=False, help_text=ONLY_ON_SALE)

    def __init__(self, data: Any, *, order: Order, lines: Sequence[OrderLine]) -> None:
        super().__init__(data, initial={"revision": order.revision})
        fields: dict[str, Any] = self.fields
        fields["remove"].choices = [
            (str(line.pk), f"{line.name}, {amount_with_currency(line.total_minor, order.currency)}") for line in lines
        ]
        fields["add"].error_messages["invalid_choice"] = _("Not everything that you chose is on sale in this currency.")
        fields["add"].widget = SomeOfMany(OrderLine._meta.get_field("project"))
        on_sale = orderable(Project.objects.filter(currency=order.currency))
        fields["add"].queryset = on_sale.select_related("creator", "category")
        fields["add"].widget.choices = fields["add"].choices


def typed_amount(minor: int | None, currency: str) -> str:
    """What a form shows of an amount."""
    return amount_text(minor, currency) if minor else ""
