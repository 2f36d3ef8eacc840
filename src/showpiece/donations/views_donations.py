"""Donations as those see them who gave them."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showpiece.catalog.display import is_on_display
from showpiece.donations import selectors
from showpiece.donations.access import Door, door_for
from showpiece.donations.models import Donation, DonationPart
from showpiece.donations.names import giver_name
from showpiece.donations.pledge_selectors import running_rows
from showpiece.donations.states import badge_of, settled_state, state_of
from showpiece.paging import Order as Sorting
from showpiece.paging import keyset_page
from showpiece.payments.models import Payment
from showpiece.payments.providers import offered, provider_named
from showpiece.payments.selectors import payments_of, refund_facts
from showpiece.payments.states import State
from showpiece.payments.till import WATCHED_SECONDS, leads_to

PAGE_SIZE = 15


@login_required
@never_cache
@require_safe
def donations(request: HttpRequest) -> HttpResponse:
    """A member's own donations, the newest first."""
    page = keyset_page(
        selectors.donations_of(request.user),  # type: ignore[arg-type]  # signed in
        field=Sorting("newest", ()),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    rows = [(donation, badge_of(settled_state(donation))) for donation in page.items]
    context = {"page": page, "rows": rows, "pledges": running_rows(request.user)}  # type: ignore[arg-type]  # signed in
    return render(request, "donations/donations.html", context)


@never_cache
@require_safe
def donation(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """One donation. htmx asks with `seen`, the state it has shown, and gets nothing new as long as that holds."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door = door_for(request, number, secret)
    payments = payments_of("donation", door.donation.pk)
    state = state_of(door.donation, payments)
    version = f"{state}-{len(payments)}"
    if request.headers.get("HX-Request") and request.GET.get("seen") == version:
        return HttpResponse(status=204)
    context = _context(door, payments, state) | {"version": version}
    part = request.headers.get("HX-Request") and "seen" in request.GET
    response = render(request, "donations/_donation.html" if part else "donations/donation.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return leads_to(context["ways"], response)


def _context(door: Door, payments: list[Payment], state: State) -> dict[str, Any]:
    given, last = door.donation, payments[-1] if payments else None
    parts = selectors.parts_shown(given)
    paid = [payment for payment in payments if payment.status == Payment.Status.CONFIRMED]
    shown = paid[0] if paid else last
    # A month of a monthly donation is paid by its provider, not here.
    is_open = given.status == Donation.Status.OPEN and given.pledge_id is None
    pending = [payment for payment in payments if payment.status == Payment.Status.PENDING]
    watched = [payment for payment in pending if provider_named(payment.provider).has_page]
    started = timezone.now() - last.created_at if last else None
    return {
        "door": door,
        "donation": given,
        "parts": parts,
        "shown_name": giver_name(given),
        "again_url": _again_url(parts),
        "state": state,
        "badge": badge_of(state),
        "payment": shown,
        "provider": provider_named(shown.provider) if shown else None,
        **refund_facts(payments),
        "surplus": [payment for payment in paid if payment.surplus],
        "bank_details": settings.BANK_DETAILS if state == State.TRANSFER else "",
        # The page of the provider that was left, to go on there.
        "go_on_url": last.redirect_url if last and last in pending and is_open else "",
        "ways": offered(given.amount_minor, given.currency) if is_open and door.is_giver else [],
        "chosen": last.provider if last else "",
        "key": uuid.uuid4(),
        "watches": bool(watched and started and started.total_seconds() < WATCHED_SECONDS and is_open),
    }


def _again_url(parts: Sequence[DonationPart]) -> str:
    """Where to give to the same projects once more, as far as they are on display; "" if none is."""
    shown = [part.project_id for part in parts if is_on_display(part.project)]
    return f"{reverse('donate')}?{urlencode([('project', pk) for pk in shown])}" if shown else ""
