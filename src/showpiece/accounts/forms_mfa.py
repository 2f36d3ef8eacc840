"""Forms of the second factor in this site's words."""

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.forms import Plain


class _Code(Plain):
    labels = {"code": _("Code")}
    hints = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 16}


class CodeForm(_Code, base.AuthenticateForm):  # type: ignore[misc]  # no types
    pass


class CodeConfirmForm(_Code, base.ReauthenticateForm):  # type: ignore[misc]  # no types
    pass


class ActivateForm(_Code, totp.ActivateTOTPForm):  # type: ignore[misc]  # no types
    hints = {"code": _("The six digits that the app shows now.")}
