"""To the provider and back, and what else a buyer may do with an order that is not paid."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.orders import selectors, services
from showpiece.orders.access import door_for, follows_order
from showpiece.orders.baskets import cart_to_fill, note_count
from showpiece.orders.models import Order
from showpiece.orders.states import is_for
from showpiece.payments.limits import may_start
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.selectors import payments_of
from showpiece.payments.services import KeyReused
from showpiece.payments.till import PayForm, SeeOther, payment_returned, send_to_pay, tell_not_yet

MOST_NAMED = 5


@never_cache
@require_POST
@follows_order
def order_pay(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Try to pay once more, in the same way or in another."""
    door = door_for(request, number, secret, to_buy=True)
    form = PayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose a way to pay."))
        return SeeOther(door.url)
    if not may_start(
        request,
        email=door.email,
        provider=form.cleaned_data["provider"],
        is_written_to=door.order.confirmed_at is not None,
    ):
        messages.error(request, _("You have tried to pay too often. Nothing was taken; please try again in an hour."))
        return SeeOther(door.url)
    try:
        payment = _unfinished(door.order, form.cleaned_data["provider"]) or services.order_pay_again(
            order_id=door.order.pk, key=form.cleaned_data["key"], provider=form.cleaned_data["provider"]
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return SeeOther(door.url)
    except KeyReused:
        messages.error(request, _("This page was out of date. Please look at it once more."))
        return SeeOther(door.url)
    return send_to_pay(request, door, payment)


def _unfinished(order: Order, provider: str) -> Payment | None:
    """An attempt that goes on: its provider did not answer, and may have heard it all the same; or there is none to
    answer, and the buyer has the bank details already."""
    if order.status != Order.Status.OPEN:
        return None
    for payment in payments_of("order", order.pk):
        is_same = payment.status == Payment.Status.PENDING and payment.provider == provider and is_for(order, payment)
        if is_same and (not payment.external_id or provider_named(provider).by_hand):
            return payment
    return None


@never_cache
@require_safe
@follows_order
def order_return(request: HttpRequest, number: str, payment: uuid.UUID, secret: str = "") -> HttpResponse:
    """Where a provider sends the buyer back to, whatever became of it.

    A GET that may write: see docs/decisions/0021.
    """
    door = door_for(request, number, secret, to_buy=True)
    # A cancelled order needs no money.
    is_open = door.order.status == Order.Status.OPEN
    now = payment_returned(request, payments_of("order", door.order.pk), payment, is_open=is_open)
    door.order.refresh_from_db(fields=["confirmed_at"])
    if door.order.confirmed_at is None:
        tell_not_yet(request, now)
    return SeeOther(door.url)


@never_cache
@require_POST
@follows_order
def order_cancel(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Not wanted any more."""
    door = door_for(request, number, secret, to_buy=True)
    if services.order_cancel(order_id=door.order.pk).status == Order.Status.CANCELLED:
        messages.success(request, _("Your order is cancelled."))
    else:
        messages.error(request, _("This order is paid and cannot be cancelled any more."))
    return SeeOther(door.url)


@never_cache
@require_POST
@follows_order
def order_change(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Back into the cart with it, to change something or to buy it after all."""
    door = door_for(request, number, secret, to_buy=True)
    try:
        cart = cart_to_fill(request)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return SeeOther(door.url)
    if services.order_back_to_cart(order_id=door.order.pk, cart=cart).status != Order.Status.CANCELLED:
        messages.error(request, _("This order is paid and cannot be changed any more."))
        return SeeOther(door.url)
    note_count(request, cart)
    missing = selectors.missing_in(cart, door.order)
    if missing:
        names = ", ".join(missing[:MOST_NAMED])
        messages.warning(request, _("This could not be put into your cart again: %(names)s.") % {"names": names})
    else:
        messages.success(request, _("What you had ordered is in your cart again."))
    return redirect("cart")
