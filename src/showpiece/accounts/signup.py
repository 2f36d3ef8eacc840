"""What this site asks beyond allauth's own fields. Apart from the other forms, because allauth's are built on it."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import User
from showpiece.accounts.names import clean_display_name, validate_display_name
from showpiece.accounts.services import name_check


class NameField(forms.CharField):
    """A name to show, checked before and after it is tidied up."""

    hint = _("Shown to others. You can use your own script.")

    def __init__(self) -> None:
        super().__init__(
            label=_("Name"),
            help_text=self.hint,
            max_length=100,
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )

    def clean(self, value: str) -> str:
        value = clean_display_name(super().clean(value))
        validate_display_name(value)
        return value


class NameForm(forms.Form):
    """Base of the forms for signing up."""

    name = NameField()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        name_check(name)
        return name

    def signup(self, request: HttpRequest, user: User) -> None:
        """Nothing to add: the adapter has saved the name with the user."""
