"""Pages of an account that allauth does not have."""

from typing import cast

from allauth.account.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from showpiece.accounts import selectors, services
from showpiece.accounts.models import User


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


class SignUp(SignupView):  # type: ignore[misc]  # no types
    """Sign-up whose user, address and mail are saved together or not at all."""

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            with transaction.atomic():
                response: HttpResponse = super().form_valid(form)
        except IntegrityError:
            form.full_clean()  # sent twice, or somebody was faster: by now the form itself knows what is taken
            if form.is_valid():
                raise
            response = self.form_invalid(form)
        return response
