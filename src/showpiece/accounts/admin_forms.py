"""Forms of the pages for staff. A password is never typed or shown there: people set it themselves, by mail."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import User
from showpiece.accounts.names import validate_not_official
from showpiece.accounts.services import LastAdministratorError, administrator_release, username_claim

POWERS = ("is_active", "is_staff", "is_superuser")
LAST_ADMINISTRATOR = _("This is the only administrator left. Make somebody else one first.")


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # unknown to Django itself
    """A user as staff see them. E-mails are kept in small letters."""

    class Meta:
        model = User
        fields = ("username", "email", "name", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    def clean_email(self) -> Any:
        return self.cleaned_data["email"].lower()

    def clean(self) -> None:
        """The admin saves a valid form in the transaction in which it checks it."""
        super().clean()
        user, given = self.instance, self.cleaned_data
        if "username" in self.changed_data and "username" in given:
            self._told("username", partial(username_claim, given["username"], user=user))
        if "name" in self.changed_data and "name" in given and not given.get("is_staff", user.is_staff):
            self._told("name", partial(validate_not_official, given["name"]))
        # Whatever they were when the form was opened: another one may have made them an administrator since.
        if not user._state.adding and not all(given.get(power, getattr(user, power)) for power in POWERS):
            self._released(user)

    def _released(self, user: User) -> None:
        try:
            administrator_release(user)
        except LastAdministratorError:
            field = next((power for power in POWERS if power in self.changed_data), None)
            self.add_error(field, LAST_ADMINISTRATOR)

    def _told(self, field: str, check: Callable[[], None]) -> None:
        try:
            check()
        except ValidationError as error:
            self.add_error(field, error.messages)


class UserAddForm(UserForm):
    """A new user, who sets a password by the mail that "Send a mail to set the password" sends."""

    class Meta(UserForm.Meta):
        fields = ("username", "email", "name")  # type: ignore[assignment]  # fewer of them
