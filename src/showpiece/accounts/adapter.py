"""Where allauth asks this site: what may be a name, where a link may lead, and what is said when something is wrong."""

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from showpiece.accounts.models import User
from showpiece.accounts.names import (
    clean_display_name,
    validate_display_name,
    validate_not_reserved,
)
from showpiece.accounts.privacy.selectors import deletion_of
from showpiece.accounts.selectors import address_is_taken, device_name
from showpiece.accounts.services import name_check, username_claim
from showpiece.mail import services as mail

_WRONG = _("Wrong e-mail, username or password.")
# How often a username is made up that nobody has, for somebody else to take it before it is claimed.
_TRIES = 5


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Signing up and in, addresses and passwords."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is switched off."),
        "email_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "email_taken": _("There is an account with this e-mail. Sign in, or reset its password."),
        "duplicate_email": _("This is your e-mail already."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This did not work. Please try again."),
        "incorrect_password": _("Wrong password."),
        "invalid_password_reset": _("This link has expired or has been used."),
        "max_email_addresses": _("Confirm or cancel the change that waits before you begin another one."),
        "same_as_current": _("This is your e-mail already."),
        "too_many_login_attempts": _(
            "Too many wrong passwords. Please wait five minutes and try again, or reset your password."
        ),
        "rate_limited": _("Too many tries. Please wait five minutes and try again."),
        "username_taken": _("This username is taken."),
    }

    def validation_error(self, code: str, *args: object) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code)  # none of our texts has a number in it

    def clean_username(self, username: str, shallow: bool = False) -> str:
        validate_not_reserved(username)
        cleaned: str = super().clean_username(username, shallow=True)
        if not shallow and address_is_taken(cleaned):
            raise self.validation_error("username_taken")
        return cleaned

    def generate_unique_username(self, txts: Sequence[str], regex: str | None = None) -> str:
        """allauth looks for the very name only, and not for one that looks like it."""
        found: str = super().generate_unique_username(txts, regex)
        return f"{found[:31]}-{secrets.token_hex(4)}" if address_is_taken(found) else found

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """allauth takes over the username of another site as it stands; here it must be one that may be registered."""
        if user.username:
            try:
                self.clean_username(user.username)
            except ValidationError:
                user.username = ""
        super().populate_username(request, user)

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:
        user.name = form.cleaned_data.get("name", "") or user.name
        saved: User = super().save_user(request, user, form, commit=False)
        # What our own form for signing up brings along, and the one after signing in elsewhere does not.
        saved.pk = getattr(form, "user_id", None) or saved.pk
        saved.password = getattr(form, "password_hash", "") or saved.password
        if commit:
            saved.save()
        return saved

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Refused if the address is another account's by now: addresses are unique, confirmed or not."""
        if User.objects.filter(email__iexact=email_address.email).exclude(pk=email_address.user_id).exists():
            text = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, text, {"email": email_address.email})
            return False
        return bool(super().confirm_email(request, email_address))

    def is_safe_url(self, url: str) -> bool:
        """Only this very site: other names that it has may be other sites to the person who follows a link."""
        request = self.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def render_mail(self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None) -> Any:
        """With links to where the operator says that the site is, not to what a request called it."""
        own = {name: _own_address(value) for name, value in context.items() if name.endswith("_url") and value}
        message = super().render_mail(template_prefix, email, {**context, **own}, headers)
        reader = context.get("reader") or context.get("user")
        mail.written_for(message, reader.pk if isinstance(reader, User) else None)
        return message

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """These mails do not say to whom they go."""
        super().send_notification_mail(template_prefix, user, {**(context or {}), "reader": user}, email)

    def post_login(self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any) -> HttpResponse:
        """Whoever has asked to be deleted is shown that first, and how to stay."""
        if deletion_of(user):
            redirect_url = reverse("account_overview")
        response: HttpResponse = super().post_login(request, user, redirect_url=redirect_url, **kwargs)
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_overview")


def _own_address(url: str) -> str:
    return f"{settings.SITE_URL}{urlunsplit(('', '', *urlsplit(url)[2:]))}"


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Signing in with an account elsewhere."""

    error_messages = DefaultSocialAccountAdapter.error_messages | {
        "email_taken": _(
            "There is an account with this e-mail. Sign in to it first, then connect your {provider} account to it."
        ),
    }

    def validation_error(self, code: str, *args: object) -> ValidationError:
        text = str(self.error_messages[code])
        return ValidationError(text.format(provider=args[0]) if code == "email_taken" else text, code=code)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        user: User = super().populate_user(request, sociallogin, data)
        given = data.get("name") or f"{data.get('first_name') or ''} {data.get('last_name') or ''}"
        name = clean_display_name(given)[:100]
        try:
            validate_display_name(name)
            name_check(name)
        except ValidationError:
            name = ""
        user.name = name
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: BaseForm | None = None) -> User:
        """User, account elsewhere and addresses together or not at all, under a username that is nobody else's."""
        if form is not None:  # whose view has claimed the username
            saved: User = super().save_user(request, sociallogin, form)
            return saved
        try:
            return self._save_as_told(request, sociallogin)
        except IntegrityError as error:
            # Somebody was faster with this address. The form says so, and what to do.
            from allauth.socialaccount.internal.flows.signup import redirect_to_signup

            raise ImmediateHttpResponse(redirect_to_signup(request, sociallogin)) from error

    def _save_as_told(self, request: HttpRequest, sociallogin: Any) -> User:
        """Under the username that the other site told. One that somebody takes meanwhile is replaced."""
        for _again in range(_TRIES):
            AccountAdapter(request).populate_username(request, sociallogin.user)
            try:
                with transaction.atomic():
                    username_claim(sociallogin.user.username)
                    saved: User = super().save_user(request, sociallogin)
            except ValidationError:
                sociallogin.user.username = ""
            else:
                return saved
        raise RuntimeError("every username was taken")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": _("Switch two-factor sign-in off before you change your e-mail."),
        "cannot_generate_recovery_codes": _("Recovery codes need two-factor sign-in. Set it up first."),
        "incorrect_code": _("Wrong code. Please try again with a new one."),
        "unverified_email": _("Confirm your e-mail first: open the link that we have sent you."),
    }

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002  # allauth's name
        """The device on which a passkey is made, as a first guess at what to call it."""
        found = device_name(context.request.META.get("HTTP_USER_AGENT", ""))
        name: str = found or super().generate_authenticator_name(user, type)
        return name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Showpiece"}
