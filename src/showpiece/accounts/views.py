"""Pages of an account that allauth does not have."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from allauth.account.views import SignupByPasskeyView, SignupView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.accounts import passkey_signup, selectors, services
from showpiece.accounts.forms import SignUpForm
from showpiece.accounts.models import User
from showpiece.accounts.presence import heartbeats
from showpiece.accounts.redirects import with_next


@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponse:
    """Everything about signing in, and ways to change it."""
    summary = selectors.account_summary(cast(User, request.user))
    return render(request, "accounts/overview.html", {"summary": summary})


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs one other session of one's own out."""
    if services.sessions_end(cast(User, request.user), pk):
        messages.success(request, _("That session is signed out."))
    else:
        messages.info(request, _("That session had ended already."))
    return redirect("usersessions_list")


@never_cache
@require_safe
def still_here(request: HttpRequest) -> HttpResponse:
    """A page that stays open says that it is looked at: 204, or 205 where nobody is signed in: be silent."""
    if not request.user.is_authenticated:
        return HttpResponse(status=205)
    heartbeats.note_session(request.user.pk, request.COOKIES[settings.SESSION_COOKIE_NAME])
    return HttpResponse(status=204)


def signed_up(form: Any, sign_up: Callable[[], HttpResponse]) -> HttpResponse | None:
    """What `sign_up` answers, with all that it writes kept or nothing. None if the form has to be filled in again."""
    try:
        with transaction.atomic():
            services.username_claim(form.cleaned_data["username"])
            return sign_up()
    except (IntegrityError, ValidationError):
        form.full_clean()  # sent twice, or somebody was faster: by now the form itself knows what is taken
        if form.is_valid():
            raise
    return None


class SignUp(SignupView):  # type: ignore[misc]  # no types
    """Sign-up whose user, address and mail are saved together or not at all."""

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        form.hash_password()
        answer = signed_up(form, partial(super().form_valid, form))
        return self.form_invalid(form) if answer is None else answer


class SignUpByPasskey(SignupByPasskeyView):  # type: ignore[misc]  # no types
    """Sign-up without a password, the first of two pages: who it is. Nothing is kept but in the visitor's session."""

    def get_initial(self) -> dict[str, Any]:
        pending = passkey_signup.pending(self.request)
        return {**super().get_initial(), **(pending.fields if pending else {})}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        named = passkey_signup.is_under_a_name(self.request)
        return {**super().get_context_data(**kwargs), "named": named}

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        passkey_signup.begin(self.request, form.cleaned_data)
        return redirect(with_next(self.request, reverse("account_signup_passkey")))
