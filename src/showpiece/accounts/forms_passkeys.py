"""Forms of passkeys in this site's words. Importing them loads the library for passkeys, so nothing does before it is
needed."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.forms import Plain


class _Checked:
    """Refuses what no browser sends. allauth does too, but for an answer that lacks a part: that would be a fault."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]  # of a form
        except (KeyError, TypeError, AttributeError):
            error = get_adapter().validation_error("incorrect_code")
            self.add_error("credential", error)  # type: ignore[attr-defined]  # of a form


class SignInPasskeyForm(_Checked, forms.LoginWebAuthnForm):  # type: ignore[misc]  # no types
    pass


class CodePasskeyForm(_Checked, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]  # no types
    pass


class ConfirmPasskeyForm(_Checked, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # no types
    pass


class AddPasskeyForm(_Checked, Plain, forms.AddWebAuthnForm):  # type: ignore[misc]  # no types
    labels = {"name": _("Name of the passkey"), "passwordless": _("Sign in with it alone, without a password")}
    hints = {
        "name": _("Where it lives, such as the name of the phone or of the key."),
        "passwordless": _("Without this it is only asked for after the password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].max_length = 60
        self.fields["name"].widget.attrs["maxlength"] = 60
        self.fields["passwordless"].initial = True


class RenamePasskeyForm(Plain, forms.EditWebAuthnForm):  # type: ignore[misc]  # no types
    labels = {"name": _("Name of the passkey")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = 60


class SignUpPasskeyForm(_Checked, forms.SignupWebAuthnForm):  # type: ignore[misc]  # no types
    """The passkey of somebody who has no account yet. It is called after the device; that can be changed later."""
