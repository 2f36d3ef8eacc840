"""Signing up with a passkey, the second page. Importing this loads the library for passkeys, so only a request does."""

from functools import partial
from typing import Any

from allauth.account.internal.flows.signup import complete_signup
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.mixins import NextRedirectMixin, RedirectAuthenticatedUserMixin
from allauth.decorators import rate_limit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.signals import authenticator_added
from allauth.mfa.webauthn.internal.auth import WebAuthn, begin_registration
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic.edit import FormView

from showpiece.accounts import passkey_signup
from showpiece.accounts.forms import SignUpForm
from showpiece.accounts.forms_passkeys import SignUpPasskeyForm
from showpiece.accounts.models import User
from showpiece.accounts.redirects import with_next
from showpiece.accounts.views import signed_up


class CreatePasskey(RedirectAuthenticatedUserMixin, NextRedirectMixin, FormView):  # type: ignore[misc,type-arg]
    """Makes the passkey in the browser, then the account with it, all or nothing."""

    form_class = SignUpPasskeyForm
    template_name = "account/signup_passkey.html"
    pending: passkey_signup.Pending

    @method_decorator(rate_limit(action="signup"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        pending = passkey_signup.pending(request)
        if pending is None and not request.user.is_authenticated:
            return redirect(with_next(request, reverse("account_signup_by_passkey")))
        if pending is not None:
            self.pending = pending
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def _somebody(self) -> User:
        """Who it is going to be, as far as the passkey has to know."""
        return User(pk=self.pending.user_id, **self.pending.fields)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self._somebody()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options = {"creation_options": begin_registration(self._somebody(), passwordless=True)}
        back = with_next(self.request, reverse("account_signup_by_passkey"))
        more = {"js_data": options, "fields": self.pending.fields, "back": back}
        return {**super().get_context_data(**kwargs), **get_entrance_context_data(self.request), **more}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Whoever took the names meanwhile is told of before a passkey is made, which would stay on the device."""
        who = self._who()
        if not who.is_valid():
            return self._again(who)
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def form_valid(self, form: SignUpPasskeyForm) -> HttpResponse:
        who = self._who()
        if not who.is_valid():
            return self._again(who)
        answer = signed_up(who, partial(self._sign_up, who, form.cleaned_data))
        return self._again(who) if answer is None else answer

    def _who(self) -> SignUpForm:
        form = SignUpForm(self.pending.fields, by_passkey=True)
        form.user_id = self.pending.user_id
        return form

    def _sign_up(self, who: SignUpForm, passkey: dict[str, Any]) -> HttpResponse:
        user, _ = who.try_save(self.request)
        # As allauth's own flows, but without a message for each step: they would cover the codes on a phone.
        made = WebAuthn.add(user, passkey["name"], passkey["credential"]).instance
        codes = RecoveryCodes.activate(user).instance
        for one in (made, codes):
            authenticator_added.send(sender=Authenticator, request=self.request, user=user, authenticator=one)
        # Whoever made it has shown just now that it is theirs.
        post_authentication(self.request, made, reauthenticated=True, passwordless=True)
        following = with_next(self.request, reverse("mfa_view_recovery_codes"), new="1")
        answer: HttpResponse = complete_signup(self.request, user=user, redirect_url=following)
        passkey_signup.end(self.request)
        return answer

    def _again(self, who: SignUpForm) -> HttpResponse:
        """The first page, which says what is taken by now."""
        context = super().get_context_data() | get_entrance_context_data(self.request) | {"form": who, "named": True}
        return render(self.request, "account/signup_by_passkey.html", context)


create = CreatePasskey.as_view()
