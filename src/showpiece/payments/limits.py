"""How often somebody may begin and fail to pay, whatever for.

Against those who try stolen cards, or have mails sent in the name of others. Counted by address, by the network around
it, as whoever rents one address has its neighbours too, and by e-mail; the numbers are in the settings.
"""

import ipaddress

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

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


def network(request: HttpRequest) -> str:
    """The network that a request comes from."""
    return network_of(get_adapter().get_client_ip(request))


def may_write(request: HttpRequest, *, email: str, provider: str) -> bool:
    """Whether somebody may be written to who has not paid: what costs nothing, or is paid by a transfer, is not held up
    by a card, and sends a mail to whoever was named. It counts."""
    if provider not in CLASSES or provider_named(provider).has_page or _is_their_own(request, email):
        return True
    return bool(ratelimit.consume(request, action="free_order", key=email.lower()))


def _is_their_own(request: HttpRequest, email: str) -> bool:
    """Whether a member has shown that the address is theirs: they may take one free thing after the other."""
    own = EmailAddress.objects.filter(user=request.user.pk, email__iexact=email, verified=True)
    return request.user.is_authenticated and own.exists()


def may_begin(request: HttpRequest, *, email: str, provider: str) -> bool:
    """Whether one more order or donation is all right: they count as one. It counts."""
    address = email.lower()
    if not may_write(request, email=address, provider=provider):
        return False
    if not ratelimit.consume(request, action="place_order", key=address):
        return False
    return bool(ratelimit.consume(request, action="place_order_network", key=network(request)))


def may_pay(request: HttpRequest) -> bool:
    """Whether they have not failed to pay too often. It does not count."""
    if not ratelimit.consume(request, action="payment_failed", dry_run=True):
        return False
    return bool(ratelimit.consume(request, action="payment_failed_network", key=network(request), dry_run=True))


def may_start(request: HttpRequest, *, email: str, provider: str, is_written_to: bool) -> bool:
    """Whether they may try to pay once more. It counts. `is_written_to`: a later attempt writes no more."""
    if not may_pay(request) or not ratelimit.consume(request, action="start_payment"):
        return False
    return is_written_to or may_write(request, email=email, provider=provider)


def payment_failed(request: HttpRequest, payment: Payment) -> None:
    """Somebody has failed to pay: counted once, however often they come back from it.

    Told by the return page, which is a GET and would not count otherwise.
    """
    if not cache.add(f"payment-failed:{payment.pk}", True, timeout=3600):
        return
    counted = _as_post(request)
    ratelimit.consume(counted, action="payment_failed")
    ratelimit.consume(counted, action="payment_failed_network", key=network(request))


def _as_post(request: HttpRequest) -> HttpRequest:
    counted = HttpRequest()
    counted.method, counted.META, counted.user = "POST", request.META, request.user
    return counted
