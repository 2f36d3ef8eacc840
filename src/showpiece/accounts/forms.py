"""allauth's forms in this site's words. The labels stay when a field is filled, so there are no placeholders."""

import uuid
from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.validators import MaxLengthValidator
from django.forms import EmailField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import User
from showpiece.accounts.signup import NameField
from showpiece.mail import services as mail

EMAIL = _("E-mail")
EMAIL_MAX_LENGTH = 254
PASSWORD_HINT = _("At least 8 characters, not only digits, and nothing that is easy to guess.")


class Plain:
    """Texts for the fields of a form, by name, and no placeholders."""

    fields: dict[str, Any]
    labels: dict[str, Any] = {}
    hints: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, EmailField):
                # allauth cuts off what does not fit into the database, which makes another address of it.
                field.validators.append(MaxLengthValidator(EMAIL_MAX_LENGTH))
                field.widget.attrs["maxlength"] = EMAIL_MAX_LENGTH
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


class SignInForm(Plain, allauth.LoginForm):  # type: ignore[misc]  # no types
    labels = {"login": _("E-mail or username"), "password": _("Password")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username",
            "autocapitalize": "none",
            "maxlength": EMAIL_MAX_LENGTH,
        }

    def user_credentials(self) -> dict[str, str]:
        """allauth tries an e-mail as a username as well, and so hashes the password twice for an e-mail that it knows.

        That would tell by the time of the answer who has an account. No username has an @ in it.
        """
        credentials: dict[str, str] = super().user_credentials()
        if "email" in credentials:
            credentials.pop("username", None)
        return credentials


class SignUpForm(Plain, allauth.SignupForm):  # type: ignore[misc]  # no types
    labels = {
        "email": EMAIL,
        "username": _("Username"),
        "password1": _("Password"),
        "password2": _("Password again"),
    }
    hints = {
        "name": NameField.hint,
        "email": _("Nobody sees it unless you choose so. We send a link there to confirm it."),
        "username": _("3 to 40 Latin letters, digits, hyphens and underscores. You can sign in with it, too."),
        "password1": PASSWORD_HINT,
    }
    field_order = ["name", "email", "username", "password1", "password2"]
    # What the adapter gives to the new user: a hash made beforehand, and the id that a passkey was made for.
    password_hash = ""
    user_id: uuid.UUID | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}

    def hash_password(self) -> None:
        """Hash it now. It takes long, and a transaction that has begun keeps other writers waiting."""
        self.password_hash = make_password(self.cleaned_data.pop("password1"))


class ChangeAddressForm(Plain, allauth.AddEmailForm):  # type: ignore[misc]  # no types
    labels = {"email": _("New e-mail")}
    hints = {"email": _("We send a link there. Your e-mail changes when you open it.")}


class PasswordChangeForm(Plain, allauth.ChangePasswordForm):  # type: ignore[misc]  # no types
    labels = {
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    hints = {"password1": PASSWORD_HINT}


class PasswordSetForm(Plain, allauth.SetPasswordForm):  # type: ignore[misc]  # no types
    labels = {"password1": _("New password"), "password2": _("New password again")}
    hints = {"password1": PASSWORD_HINT}


class PasswordResetKeyForm(Plain, allauth.ResetPasswordKeyForm):  # type: ignore[misc]  # no types
    labels = {"password1": _("New password"), "password2": _("New password again")}
    hints = {"password1": PASSWORD_HINT}


class PasswordConfirmForm(Plain, allauth.ReauthenticateForm):  # type: ignore[misc]  # no types
    labels = {"password": _("Password")}


class PasswordResetForm(Plain, allauth.ResetPasswordForm):  # type: ignore[misc]  # no types
    """Answers the same, and works as long, whether or not there is such an account."""

    labels = {"email": EMAIL}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email = self.cleaned_data["email"].lower()
        if EmailAddress.objects.filter(email=email, verified=True).exists():
            User.objects.filter(email=email).exists()  # what allauth has asked of all other addresses
        if not self.users:
            self._pretend(request, email)
        sent_to: str = super().save(request, **kwargs)
        return sent_to

    def _pretend(self, request: HttpRequest, email: str) -> None:
        """Write the mail that nobody gets, so that the time of the answer tells nothing."""
        nobody = User(email=email, username="nobody")
        own = EmailAddress.objects.filter(user_id=nobody.pk)  # what allauth asks to make a key
        own.filter(email=email).exists()
        list(own.values_list("email", flat=True))
        key = PasswordResetTokenGenerator().make_token(nobody)  # allauth's would keep the address
        adapter = get_adapter(request)
        url = adapter.get_reset_password_from_key_url(f"{nobody.pk.hex}-{key}")
        context = {"user": nobody, "username": "nobody", "request": request, "email": email, "password_reset_url": url}
        mail.pretend(adapter.render_mail("account/email/password_reset_key", email, context))
