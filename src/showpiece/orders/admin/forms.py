"""Forms on the page of an order: what is given back, and what an open one is to hold."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldBooleanSwitchWidget

from showpiece.catalog.models import Project
from showpiece.money import amount_with_currency
from showpiece.orders.models import Entitlement, Order, OrderLine
from showpiece.orders.quotes import orderable
from showpiece.payments.staff_forms import RefundForm as OfMoney
from showpiece.staff_widgets import SomeOfMany

ONLY_ON_SALE = gettext_lazy("Projects on sale in the currency of the order, at their price of today.")


class RefundForm(OfMoney):
    """What of an order is given back, and whether what came with it is taken back, too."""

    by_proportion = gettext_lazy("An amount, out of the lines in proportion")
    by_part = gettext_lazy("By line")
    which_part = gettext_lazy("Please say how much of which line.")
    not_read = gettext_lazy("For the staff; the buyer does not read it.")
    last = ("revokes", "reason")

    revokes = forms.BooleanField(
        label=gettext_lazy("Take the downloads back, too"),
        required=False,
        initial=True,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=gettext_lazy("Of what is given back whole. What keeps a part of its price keeps its downloads."),
    )


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
