"""The checkout: who buys, where they live if that matters, how they pay, and once more what for."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from showpiece.money import amount_with_currency
from showpiece.orders import selectors, services
from showpiece.orders.access import door_of
from showpiece.orders.baskets import asks_country, known_cart, note_count
from showpiece.orders.forms import CheckoutForm
from showpiece.orders.models import Cart, Order
from showpiece.orders.views_cart import member_of
from showpiece.payments import limits
from showpiece.payments.providers import offered
from showpiece.payments.services import KeyReused
from showpiece.payments.till import leads_to, send_to_pay

TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest, currency: str) -> HttpResponse:
    """Everything in the cart that is in one currency. "update" only shows what it costs with what was typed."""
    cart = known_cart(request)
    form = CheckoutForm(
        request.POST if request.method == "POST" else None,
        member=member_of(request),
        asks_country=asks_country(cart),
    )
    page = partial(_page, request, currency, cart, form)
    if request.method == "POST" and "update" not in request.POST:
        return _order(request, currency, cart, form, page)
    return page(is_quiet=True)


def _order(
    request: HttpRequest, currency: str, cart: Cart | None, form: CheckoutForm, page: Callable[..., HttpResponse]
) -> HttpResponse:
    if not form.is_valid():
        if "key" in form.errors or "seen" in form.errors:
            form.add_error(None, _("This page was out of date. Please look at it once more."))
        return page(status=422)
    given, member = form.cleaned_data, member_of(request)
    email = given.get("email") or (member.email if member else "")
    known = Order.objects.filter(key=given["key"]).exists()
    if not known and (refusal := _refusal(request, form, email)):
        form.add_error(None, refusal)
        return page(status=TOO_MANY)
    cart = cart or Cart()  # gone, if this is sent for the second time
    try:
        order, payment = services.order_place(
            key=given["key"],
            cart=cart,
            currency=currency,
            seen=given["seen"],
            provider=given["provider"],
            email=email,
            user=member,
            country=given.get("country", ""),
            language=get_language() or "",
        )
    except services.PriceChanged as told:
        return page(changed=_what_changed(told.quote, given["was"]))
    except KeyReused:
        form.add_error(None, _("This page was used for another order. Please look at it once more."))
        return page(status=409, new_key=True)
    except ValidationError as error:
        if getattr(error, "code", "") == "empty":
            messages.error(request, _("Your cart is empty."))
            return redirect("cart")
        _note(form, error)
        return page(status=422)
    note_count(request, cart)
    return send_to_pay(request, door_of(order), payment)


def _note(form: CheckoutForm, error: ValidationError) -> None:
    """Put what the services say at its field, where the form has one."""
    for name, errors in getattr(error, "error_dict", {None: error}).items():
        form.add_error(name if name in form.fields else None, errors)


def _refusal(request: HttpRequest, form: CheckoutForm, email: str) -> str:
    """What is told to whoever has ordered or failed to pay too often lately, "" to all others."""
    if not limits.may_pay(request):
        return _("Too many payments have failed. Nothing was taken; please try again in an hour.")
    if not limits.may_begin(request, email=email, provider=form.cleaned_data["provider"]):
        return _("That was a lot of orders in a short time. Please try again later.")
    return ""


def _what_changed(quote: Any, was: int | None) -> list[str]:
    """What a buyer is told of a quote that is not the one they have seen."""
    told = []
    if quote.promo_problem:
        told.append(quote.promo_problem)
    if was is not None and was != quote.total_minor:
        before, now = (amount_with_currency(minor, quote.currency) for minor in (was, quote.total_minor))
        told.append(_("The total was %(before)s and is %(now)s now.") % {"before": before, "now": now})
    if not told:
        told.append(_("The prices or the tax are not the same as before."))
    return told


def _page(
    request: HttpRequest,
    currency: str,
    cart: Cart | None,
    form: CheckoutForm,
    *,
    status: int = 200,
    changed: list[str] | None = None,
    new_key: bool = False,
    is_quiet: bool = False,
) -> HttpResponse:
    member = member_of(request)
    email = member.email if member else ""
    if changed:  # they have tried to order; else one could ask without end who has used which code
        email = form.typed("email") or email
    country = form.typed("country")
    basket = selectors.basket_of(cart, user=member, currency=currency, country=country, email=email)
    group = basket.group(currency)
    if group is None or group.is_held_up or any(wish.currency == currency for wish in basket.gone):
        text = _("Something in your cart cannot be bought any more. Please take it out, then go on.")
        messages.error(request, text if basket.gone else _("There is nothing to pay for in your cart."))
        return redirect("cart")
    quote = group.quote
    ways = offered(quote.total_minor, currency)
    chosen = form.data.get("provider", "")
    context = {
        # Only looked at while it is filled in: nobody is told what they have not typed yet.
        "form": form.unchecked() if is_quiet else form,
        "group": group,
        "quote": quote,
        "taxes": selectors.tax_parts(quote.lines),
        "ways": ways,
        "chosen": chosen if chosen in [way.name for way in ways] else (ways[0].name if ways else ""),
        "key": (not new_key and form.typed("key")) or uuid.uuid4(),
        "code": basket.code,
        "changed": changed,
        "country": country,
        "member": member,
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
    }
    return leads_to(ways, render(request, "orders/checkout.html", context, status=status))
