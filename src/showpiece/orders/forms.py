"""Forms of the till. What may be ordered and paid is for the services to say."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import User
from showpiece.orders.countries import countries
from showpiece.orders.models import PROMO_CODE_MAX_LENGTH
from showpiece.payments.till import PayForm


class CheckoutForm(PayForm):
    """Who buys, where they live if a price depends on it, and how they pay."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Your receipt and the link to your order are sent there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    country = forms.ChoiceField(
        label=_("Country"),
        help_text=_("Tax depends on where you live."),
        error_messages={"required": _("Please choose your country.")},
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )
    # What the buyer has agreed to: the digest of a quote, and its total to tell them what has changed.
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    was = forms.IntegerField(required=False, min_value=0, max_value=10**13, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, member: User | None, asks_country: bool, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.about: dict[str, Any] = {"member": member, "asks_country": asks_country}
        if member is not None and member.email:
            del self.fields["email"]
        if asks_country:
            empty = ("", _("Choose your country"))
            self.fields["country"].choices = [empty, *countries()]  # type: ignore[attr-defined]
        else:
            del self.fields["country"]

    def unchecked(self) -> "CheckoutForm":
        """With what was typed, right or wrong, and without a word about it."""
        typed = {name: self[name].value() for name in self.fields} if self.is_bound else {}
        return CheckoutForm(initial=typed, **self.about)

    def typed(self, name: str) -> str:
        """What a field holds if it is right by itself, whatever is wrong with the others; else ""."""
        if name not in self.fields or not self.is_bound:
            return ""
        try:
            return str(self.fields[name].clean(self[name].value()) or "")
        except forms.ValidationError:
            return ""


class FindForm(forms.Form):
    """The address that somebody bought with."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The one that you gave when you paid."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PromoForm(forms.Form):
    """A promo code; none takes it out of the cart."""

    code = forms.CharField(
        label=_("Promo code"),
        max_length=PROMO_CODE_MAX_LENGTH,
        required=False,
        error_messages={"max_length": _("There is no such promo code.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class AmountForm(forms.Form):
    """What a buyer wants to pay for a project with an open price. The services say whether it is enough."""

    amount = forms.CharField(
        label=_("Your price"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
