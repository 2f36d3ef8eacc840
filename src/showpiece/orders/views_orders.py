"""Orders as their buyers see them."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showpiece.orders import selectors
from showpiece.orders.access import Door, door_for, follows_order
from showpiece.orders.countries import country_name
from showpiece.orders.delivery.selectors import goods_of
from showpiece.orders.models import Order
from showpiece.orders.states import badge_of, is_for, settled_state, state_of
from showpiece.paging import Order as Sorting
from showpiece.paging import keyset_page
from showpiece.payments.models import Payment
from showpiece.payments.providers import offered, provider_named
from showpiece.payments.selectors import payments_of, refund_facts
from showpiece.payments.states import State
from showpiece.payments.till import WATCHED_SECONDS, leads_to

PAGE_SIZE = 15
# So many guest orders of a member are counted, the rest is "more".
GUESTS_COUNTED = 100


@login_required
@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """A member's own orders, the newest first."""
    page = keyset_page(
        selectors.orders_of(request.user),  # type: ignore[arg-type]  # signed in
        field=Sorting("newest", ()),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    refunded = selectors.refunded_sums(page.items)
    rows = [(order, badge_of(settled_state(order, refunded.get(order.pk, 0)))) for order in page.items]
    # Only on the first page: one look, which counts no further than that there are many.
    guests = 0 if page.previous_url else selectors.guest_orders_of(request.user)[:GUESTS_COUNTED].count()  # type: ignore[arg-type]
    context = {"page": page, "rows": rows, "guests": guests, "has_more_guests": guests == GUESTS_COUNTED}
    return render(request, "orders/orders.html", context)


@never_cache
@require_safe
@follows_order
def order(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """One order. htmx asks with `seen`, the state it has shown, and gets nothing new as long as that holds."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door = door_for(request, number, secret)
    payments = payments_of("order", door.order.pk)
    state = state_of(door.order, payments)
    version = f"{state}-{len(payments)}"
    if request.headers.get("HX-Request") and request.GET.get("seen") == version:
        return HttpResponse(status=204)
    context = _context(door, payments, state) | {"version": version}
    part = request.headers.get("HX-Request") and "seen" in request.GET
    response = render(request, "orders/_order.html" if part else "orders/order.html", context)
    # Never to another site, as everywhere here; "no-referrer" would take the origin from the forms, which are refused
    # without one.
    response["X-Robots-Tag"] = "noindex, nofollow"
    return leads_to(context["ways"], response)


def _context(door: Door, payments: list[Payment], state: State) -> dict[str, Any]:
    order, last = door.order, payments[-1] if payments else None
    lines = selectors.lines_of(order)
    paid = [payment for payment in payments if payment.status == Payment.Status.CONFIRMED]
    shown = paid[0] if paid else last
    is_open = order.status == Order.Status.OPEN
    pending = [payment for payment in payments if payment.status == Payment.Status.PENDING]
    watched = [payment for payment in pending if provider_named(payment.provider).has_page]
    started = timezone.now() - last.created_at if last else None
    return {
        "door": door,
        "order": order,
        "lines": lines,
        "goods": goods_of(lines, door),
        "taxes": selectors.tax_parts(lines),
        "state": state,
        "badge": badge_of(state),
        "payment": shown,
        "provider": provider_named(shown.provider) if shown else None,
        **refund_facts(payments),
        "surplus": [payment for payment in paid if payment.surplus],
        "country": country_name(order.country) if order.country else "",
        "bank_details": settings.BANK_DETAILS if state == State.TRANSFER else "",
        # The page of the provider that was left, to go on there.
        "go_on_url": last.redirect_url if last and last in pending and is_open and is_for(order, last) else "",
        "ways": offered(order.total_minor, order.currency) if is_open and door.is_buyer else [],
        "chosen": last.provider if last else "",
        "key": uuid.uuid4(),
        "watches": bool(watched and started and started.total_seconds() < WATCHED_SECONDS and is_open),
    }
