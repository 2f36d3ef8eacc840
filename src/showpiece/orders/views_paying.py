"""To the provider and back, and what else a buyer may do with an order that is not paid."""

import uuid
from collections.abc import Iterable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.orders import limits, selectors, services
from showpiece.orders.access import Door, door_for, door_of, follows_order
from showpiece.orders.baskets import cart_to_fill, note_count
from showpiece.orders.forms import PayForm
from showpiece.orders.models import Order
from showpiece.orders.states import is_for
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Provider, Refused, Unavailable
from showpiece.payments.selectors import payments_of
from showpiece.payments.services import KeyReused, payment_start, quietly_looked

MOST_NAMED = 5


class SeeOther(HttpResponseRedirect):
    """Where to go on with a GET, after a POST."""

    status_code = 303


def leads_to(ways: Iterable[Provider], response: HttpResponse) -> HttpResponse:
    """A page whose form may end at a provider's: browsers ask the policy of the page for that too."""
    origins = [origin for way in ways for origin in way.page_origins]
    if origins:
        response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response


def send_to_pay(request: HttpRequest, order: Order, payment: Payment) -> HttpResponse:
    """On to the provider's page; or to the order, if there is no such page or nobody there answers."""
    door = door_of(order)
    back = request.build_absolute_uri(door.return_url(payment.pk))
    try:
        payment = payment_start(
            payment=payment, email=order.email, language=order.language, return_url=back, cancel_url=back
        )
    except (Unavailable, Refused):
        text = _("The payment could not be started. Nothing was taken; please try again, or choose another way.")
        messages.error(request, text)
        return SeeOther(door.url)
    if payment.status == Payment.Status.PENDING and payment.redirect_url:
        return SeeOther(payment.redirect_url)
    return SeeOther(door.return_url(payment.pk))


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
    if not limits.may_start(request, order=door.order, provider=form.cleaned_data["provider"]):
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
    return send_to_pay(request, door.order, payment)


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
    found = next((one for one in payments_of("order", door.order.pk) if one.pk == payment), None)
    if found is None:
        raise Http404(payment)
    # What comes after it is paid, events and the poller tell: nobody has the provider asked by reloading a page.
    now = found if found.status == Payment.Status.CONFIRMED else quietly_looked(payment)
    has_failed = now.status == Payment.Status.FAILED or (now.status == Payment.Status.PENDING and now.note)
    if has_failed and door.order.status == Order.Status.OPEN:  # not by a cancelled order, which needs no money
        limits.payment_failed(request, now)
    _tell(request, door, now)
    return SeeOther(door.url)


def _tell(request: HttpRequest, door: Door, payment: Payment) -> None:
    """What the order's page does not say by itself."""
    if payment.status != Payment.Status.PENDING or payment.note:
        return
    door.order.refresh_from_db(fields=["confirmed_at"])
    if door.order.confirmed_at is None:
        text = _("No payment has arrived yet. If you have just paid, it shows here in a moment.")
        messages.warning(request, text)


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
