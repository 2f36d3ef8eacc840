"""How often somebody may fill carts and try promo codes. What holds for all who pay is in `payments/limits.py`."""

from allauth.core import ratelimit
from django.http import HttpRequest

from showpiece.payments.limits import network


def may_find(request: HttpRequest, *, email: str) -> bool:
    """Whether the orders of an address may be asked for once more: it may bring a mail to its owner. It counts."""
    if not ratelimit.consume(request, action="find_orders", key=email.lower()):
        return False
    return bool(ratelimit.consume(request, action="find_orders_network", key=network(request)))


def may_begin_cart(request: HttpRequest) -> bool:
    """Whether a visitor may have one more cart: each is a row, and who keeps no cookies has one a press. It counts."""
    return bool(ratelimit.consume(request, action="begin_cart"))


def may_try_code(request: HttpRequest, *, cart: str) -> bool:
    """Whether one more promo code may be tried. It does not count: many behind one address may use the same code."""
    return bool(ratelimit.consume(request, action="promo_code", key=cart, dry_run=True))


def may_name_code(request: HttpRequest) -> bool:
    """Whether a creator may give a code one more name: that it is taken tells them of another's. It counts."""
    return bool(ratelimit.consume(request, action="name_promo_code"))


def code_missed(request: HttpRequest, *, cart: str) -> None:
    """There is no such code: it may have been a guess."""
    ratelimit.consume(request, action="promo_code", key=cart)
