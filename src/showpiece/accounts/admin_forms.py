"""Forms of the pages for staff. A password is never typed or shown there: people set it themselves, by mail."""

from typing import Any

from django import forms

from showpiece.accounts.models import User


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # unknown to Django itself
    """A user as staff see them. E-mails are kept in small letters."""

    class Meta:
        model = User
        fields = ("username", "email", "name", "is_active", "is_staff", "is_superuser", "groups", "user_permissions")

    def clean_email(self) -> Any:
        return self.cleaned_data["email"].lower()


class UserAddForm(UserForm):
    """A new user, who sets a password by the mail that "Send a mail to set the password" sends."""

    class Meta(UserForm.Meta):
        fields = ("username", "email", "name")  # type: ignore[assignment]  # fewer of them
