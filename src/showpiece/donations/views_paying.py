"""To the provider and back, and what else a giver may do with a donation that is not paid."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.donations import services
from showpiece.donations.access import door_for
from showpiece.donations.models import Donation
from showpiece.payments.limits import may_start
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.selectors import payments_of
from showpiece.payments.services import KeyReused
from showpiece.payments.till import PayForm, SeeOther, payment_returned, send_to_pay, tell_not_yet


@never_cache
@require_POST
def donation_pay(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Try to pay once more, in the same way or in another."""
    door = door_for(request, number, secret, to_give=True)
    form = PayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose a way to pay."))
        return SeeOther(door.url)
    provider, was_told = form.cleaned_data["provider"], door.donation.confirmed_at is not None
    if not may_start(request, email=door.email, provider=provider, is_written_to=was_told):
        messages.error(request, _("You have tried to pay too often. Nothing was taken; please try again in an hour."))
        return SeeOther(door.url)
    try:
        payment = _unfinished(door.donation, provider) or services.donation_pay_again(
            donation_id=door.donation.pk, key=form.cleaned_data["key"], provider=provider
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return SeeOther(door.url)
    except KeyReused:
        messages.error(request, _("This page was out of date. Please look at it once more."))
        return SeeOther(door.url)
    return send_to_pay(request, door, payment)


def _unfinished(donation: Donation, provider: str) -> Payment | None:
    """An attempt that goes on: its provider did not answer, and may have heard it all the same; or there is none to
    answer, and the giver has the bank details already."""
    if donation.status != Donation.Status.OPEN:
        return None
    for payment in payments_of("donation", donation.pk):
        is_same = payment.status == Payment.Status.PENDING and payment.provider == provider
        if is_same and (not payment.external_id or provider_named(provider).by_hand):
            return payment
    return None


@never_cache
@require_safe
def donation_return(request: HttpRequest, number: str, payment: uuid.UUID, secret: str = "") -> HttpResponse:
    """Back from the provider: ask there what has become of it, and show the donation."""
    door = door_for(request, number, secret, to_give=True)
    is_open = door.donation.status == Donation.Status.OPEN
    now = payment_returned(request, payments_of("donation", door.donation.pk), payment, is_open=is_open)
    door.donation.refresh_from_db(fields=["confirmed_at"])
    if door.donation.confirmed_at is None:
        tell_not_yet(request, now)
    return SeeOther(door.url)


@never_cache
@require_POST
def donation_cancel(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Not wanted any more."""
    door = door_for(request, number, secret, to_give=True)
    if services.donation_cancel(donation_id=door.donation.pk).status == Donation.Status.CANCELLED:
        messages.success(request, _("Your donation is cancelled."))
    else:
        messages.error(request, _("This donation is paid and cannot be cancelled any more."))
    return SeeOther(door.url)
