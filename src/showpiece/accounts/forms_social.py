"""The form after signing in elsewhere for the first time, in this site's words."""

from allauth.socialaccount.forms import SignupForm
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.forms import EMAIL, Plain, SignUpForm


class SocialSignUpForm(Plain, SignupForm):  # type: ignore[misc]  # no types
    labels = {"email": EMAIL, "username": _("Username")}
    hints = SignUpForm.hints
    field_order = ["name", "email", "username"]
