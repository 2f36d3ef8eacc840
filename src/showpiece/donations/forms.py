"""The form of giving. What may be given to whom is for the services to say."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from showpiece.accounts.models import User
from showpiece.donations.models import MESSAGE_MAX_LENGTH, NAME_MAX_LENGTH
from showpiece.money import amount_parse
from showpiece.payments.till import PayForm

# The choice beside the amounts that are offered.
OTHER = "other"
# How often. Whatever else is sent means once.
MONTH = "month"


class MessageField(forms.CharField):
    """A text with lines. A browser counts the end of one as one character, and sends two."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class DonateForm(PayForm):
    """How much, who gives and what they say, and how they pay.

    An e-mail is asked of guests and has to be given: the link in the receipt is all that they have in hand to see the
    donation again, to pay for one that failed, and to hear of money that goes back.
    """

    currency = forms.CharField(max_length=3, widget=forms.HiddenInput)
    interval = forms.CharField(max_length=10, required=False)
    preset = forms.CharField(max_length=20, required=False)
    amount = forms.CharField(
        label=gettext_lazy("Another amount"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    message = MessageField(
        label=gettext_lazy("Message"),
        required=False,
        max_length=MESSAGE_MAX_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "data-counts": MESSAGE_MAX_LENGTH}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        required=False,
        max_length=NAME_MAX_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    is_anonymous = forms.BooleanField(
        label=gettext_lazy("Do not show my name"),
        required=False,
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        help_text=gettext_lazy("Your receipt is sent there. Nobody else sees it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, data: Any = None, *, member: User | None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.member = member
        # Pasting more than fits is told, not cut off in silence.
        for name in ("message", "name"):
            self.fields[name].widget.attrs.pop("maxlength", None)
        self.fields["message"].help_text = _("The project's page shows it. At most %(count)s characters.") % {
            "count": MESSAGE_MAX_LENGTH
        }
        if member is not None:
            self.fields["name"].help_text = _("Left empty, it is the name of your account.")
        else:
            self.fields["name"].help_text = _("Left empty, you are shown as anonymous.")
        if member is not None and member.email:
            del self.fields["email"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "amount" not in self.errors and "currency" not in self.errors:
            try:
                given["amount_minor"] = self._amount_minor()
            except ValidationError as error:
                self.add_error("amount", error)
        return given

    def _amount_minor(self) -> int:
        preset, typed = self.cleaned_data.get("preset", ""), self.cleaned_data.get("amount", "")
        if preset.isascii() and preset.isdecimal():
            return int(preset)
        if not typed.strip():
            raise ValidationError(_("Please say how much you want to give."), code="required")
        try:
            return amount_parse(typed, self.cleaned_data["currency"])
        except ValidationError as error:
            if getattr(error, "code", "") == "negative":
                raise ValidationError(_("Please give more than nothing."), code="not_positive") from error
            raise

    def typed_amount(self) -> int | None:
        """What was chosen or typed, if it is an amount by itself; nobody is told of what is not."""
        self.cleaned_data = {
            "preset": str(self["preset"].value() or ""),
            "amount": str(self["amount"].value() or ""),
            "currency": str(self["currency"].value() or ""),
        }
        try:
            return self._amount_minor()
        except (ValidationError, ValueError, LookupError):
            return None

    def unchecked(self) -> "DonateForm":
        """With what was typed, right or wrong, and without a word about it."""
        typed = {name: self[name].value() for name in self.fields} if self.is_bound else {}
        return DonateForm(initial=typed, member=self.member)


def ids_in(texts: Sequence[str], most: int) -> list[uuid.UUID]:
    """The ids among these texts, each once, so many at most and one: who sends more is told, and nothing is read."""
    found: dict[uuid.UUID, None] = {}
    for text in texts:
        try:
            found[uuid.UUID(text)] = None
        except ValueError:
            continue
        if len(found) > most:
            break
    return list(found)
