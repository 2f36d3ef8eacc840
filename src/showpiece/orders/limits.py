"""How often somebody may order, fail to pay and try promo codes.

Against those who try stolen cards, order free things in the name of others, or guess codes. Counted by address, by the
network around it, as whoever rents one address has its neighbours too, and by e-mail; the numbers are in the settings.
"""

import ipaddress

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from showpiece.orders.models import Order
from showpiece.payments.models import Payment
from showpiece.payments.providers import CLASSES, provider_named


def network_of(address: str) -> str:
    """The network that an address belongs to, as providers hand them out: /24, or /48 of IPv6."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def _network(request: HttpRequest) -> str:
    return network_of(get_adapter().get_client_ip(request))


def _may_write(request: HttpRequest, *, email: str, provider: str) -> bool:
    """What costs nothing, or is paid by a transfer, is not held up by a card, and sends a mail to whoever was named."""
    if provider not in CLASSES or provider_named(provider).has_page or _is_their_own(request, email):
        return True
    return bool(ratelimit.consume(request, action="free_order", key=email.lower()))


def _is_their_own(request: HttpRequest, email: str) -> bool:
    """Whether a member has shown that the address is theirs: they may take one free thing after the other."""
    own = EmailAddress.objects.filter(user=request.user.pk, email__iexact=email, verified=True)
    return request.user.is_authenticated and own.exists()


def may_order(request: HttpRequest, *, email: str, provider: str) -> bool:
    """Whether one more order is all right. It counts."""
    address = email.lower()
    if not _may_write(request, email=address, provider=provider):
        return False
    if not ratelimit.consume(request, action="place_order", key=address):
        return False
    return bool(ratelimit.consume(request, action="place_order_network", key=_network(request)))


def may_pay(request: HttpRequest) -> bool:
    """Whether they have not failed to pay too often. It does not count."""
    if not ratelimit.consume(request, action="payment_failed", dry_run=True):
        return False
    network = _network(request)
    return bool(ratelimit.consume(request, action="payment_failed_network", key=network, dry_run=True))


def may_start(request: HttpRequest, *, order: Order, provider: str) -> bool:
    """Whether they may try to pay once more for an order. It counts."""
    if not may_pay(request) or not ratelimit.consume(request, action="start_payment"):
        return False
    # Later attempts at the same order write no more.
    return order.confirmed_at is not None or _may_write(request, email=order.email, provider=provider)


def payment_failed(request: HttpRequest, payment: Payment) -> None:
    """Somebody has failed to pay: counted once, however often they come back from it.

    Told by the return page, which is a GET and would not count otherwise.
    """
    if not cache.add(f"payment-failed:{payment.pk}", True, timeout=3600):
        return
    counted = _as_post(request)
    ratelimit.consume(counted, action="payment_failed")
    ratelimit.consume(counted, action="payment_failed_network", key=_network(request))


def _as_post(request: HttpRequest) -> HttpRequest:
    counted = HttpRequest()
    counted.method, counted.META, counted.user = "POST", request.META, request.user
    return counted


def may_find(request: HttpRequest, *, email: str) -> bool:
    """Whether the orders of an address may be asked for once more: it may bring a mail to its owner. It counts."""
    if not ratelimit.consume(request, action="find_orders", key=email.lower()):
        return False
    return bool(ratelimit.consume(request, action="find_orders_network", key=_network(request)))


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
