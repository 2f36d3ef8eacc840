"""What the pages of those who sell or receive have in common: to the provider and back."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Protocol

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from showpiece.payments import limits
from showpiece.payments.models import Payment
from showpiece.payments.providers.base import Provider, Refused, Unavailable
from showpiece.payments.services import payment_start, quietly_looked

# A page asks again by itself, for so long after the last attempt to pay.
WATCHED_SECONDS = 1800


class PayForm(forms.Form):
    """How to pay. `key` is made by the server once a page, so that a form that is sent twice pays once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    provider = forms.CharField(
        label=gettext_lazy("How to pay"),
        max_length=20,
        error_messages={"required": gettext_lazy("Please choose a way to pay.")},
    )


class Payer(Protocol):
    """Whoever pays: where they see what they pay for, and where they come back to."""

    @property
    def url(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> str: ...
    def return_url(self, payment: uuid.UUID) -> str: ...


class SeeOther(HttpResponseRedirect):
    """Where to go on with a GET, after a POST."""

    status_code = 303


def leads_to(ways: Iterable[Provider], response: HttpResponse) -> HttpResponse:
    """A page whose form may end at a provider's: browsers ask the policy of the page for that too."""
    origins = [origin for way in ways for origin in way.page_origins]
    if origins:
        response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response


def send_to_pay(request: HttpRequest, payer: Payer, payment: Payment) -> HttpResponse:
    """On to the provider's page; or to what is paid for, if there is no such page or nobody there answers."""
    back = request.build_absolute_uri(payer.return_url(payment.pk))
    try:
        payment = payment_start(
            payment=payment, email=payer.email, language=payer.language, return_url=back, cancel_url=back
        )
    except (Unavailable, Refused):
        text = _("The payment could not be started. Nothing was taken; please try again, or choose another way.")
        messages.error(request, text)
        return SeeOther(payer.url)
    if payment.status == Payment.Status.PENDING and payment.redirect_url:
        return SeeOther(payment.redirect_url)
    return SeeOther(payer.return_url(payment.pk))


def payment_returned(
    request: HttpRequest, payments: Sequence[Payment], payment: uuid.UUID, *, is_open: bool
) -> Payment:
    """Somebody comes back from paying, one of these payments: what has become of it. One that failed is counted, unless
    it was for something that needs no money any more. `Http404` if it is none of them."""
    found = next((one for one in payments if one.pk == payment), None)
    if found is None:
        raise Http404(payment)
    # What comes after it is paid, events and the poller tell: nobody has the provider asked by reloading a page.
    now = found if found.status == Payment.Status.CONFIRMED else quietly_looked(payment)
    has_failed = now.status == Payment.Status.FAILED or (now.status == Payment.Status.PENDING and now.note)
    if has_failed and is_open:
        limits.payment_failed(request, now)
    return now


def tell_not_yet(request: HttpRequest, payment: Payment) -> None:
    """What the page does not say by itself, of a payment whose payer has not done their part as far as is known."""
    if payment.status == Payment.Status.PENDING and not payment.note:
        text = _("No payment has arrived yet. If you have just paid, it shows here in a moment.")
        messages.warning(request, text)
