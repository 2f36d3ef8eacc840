"""The form with which somebody ends their account."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import User


class DeletionForm(forms.Form):
    """The username, typed: nobody deletes an account by a click too many."""

    username = forms.CharField(
        label=_("Your username"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"].strip().removeprefix("@")
        if typed.casefold() != self._user.username.casefold():
            raise ValidationError(_("This is not your username. Nothing was deleted."), code="other_username")
        return typed
