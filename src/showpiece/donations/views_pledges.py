"""Monthly donations as those see them who give them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.donations import pledge_selectors as selectors
from showpiece.donations import services
from showpiece.donations.models import Pledge
from showpiece.donations.names import giver_name
from showpiece.donations.pledge_access import PledgeDoor, pledge_door_for, pledge_door_of
from showpiece.donations.states import badge_of, settled_state
from showpiece.paging import Order as Sorting
from showpiece.paging import keyset_page
from showpiece.payments.limits import may_start
from showpiece.payments.models import Subscription
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Refused, Unavailable
from showpiece.payments.selectors import subscription_of
from showpiece.payments.services import quietly_looked_monthly, subscription_start
from showpiece.payments.till import SeeOther

PAGE_SIZE = 12
_Status = Pledge.Status


@login_required
@never_cache
@require_safe
def pledges(request: HttpRequest) -> HttpResponse:
    """A member's own monthly donations, the newest first."""
    page = keyset_page(
        selectors.pledges_of(request.user),  # type: ignore[arg-type]  # signed in
        field=Sorting("newest", ()),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    rows = [(pledge, selectors.pledge_badge(pledge)) for pledge in page.items]
    return render(request, "donations/pledges.html", {"page": page, "rows": rows})


@never_cache
@require_safe
def pledge(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """One monthly donation, with its months."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door = pledge_door_for(request, number, secret)
    subscription = subscription_of(services.KIND, door.pledge.pk)
    page = keyset_page(
        selectors.months_of(door.pledge),
        field=Sorting("newest", ()),
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{door.url}?{urlencode(parameters)}",
    )
    provider = provider_named(subscription.provider) if subscription else None
    context = _about(door, subscription) | {
        "page": page,
        "months": [(month, badge_of(settled_state(month))) for month in page.items],
        "parts": selectors.pledge_parts(door.pledge),
        "provider": provider,
        "shown_name": giver_name(door.pledge),
    }
    response = _private(render(request, "donations/pledge.html", context))
    if provider:  # where its forms may end
        origins = [*provider.page_origins, *provider.card_page_origins]
        response._csp_update = {"form-action": origins}  # type: ignore[attr-defined]
    return response


def _about(door: PledgeDoor, subscription: Subscription | None) -> dict[str, Any]:
    given = door.pledge
    is_running = given.status in (_Status.ACTIVE, _Status.PAST_DUE)
    return {
        "door": door,
        "pledge": given,
        "badge": selectors.pledge_badge(given),
        "subscription": subscription,
        "can_go_on": door.is_giver and given.status == _Status.PENDING,
        "can_end": door.is_giver and given.status != _Status.ENDED,
        "can_change_card": door.is_giver and is_running and subscription is not None,
    }


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def send_to_agree(request: HttpRequest, pledge: Pledge, subscription: Subscription) -> HttpResponse:
    """On to the provider's page; or to the monthly donation, if nobody there answers."""
    door = pledge_door_of(pledge)
    back = request.build_absolute_uri(door.return_url)
    try:
        subscription = subscription_start(
            subscription=subscription, email=pledge.email, language=pledge.language, return_url=back, cancel_url=back
        )
    except (Unavailable, Refused):
        text = _("The monthly donation could not be started. Nothing was taken; please try again.")
        messages.error(request, text)
        return SeeOther(door.url)
    if subscription.status == Subscription.Status.PENDING and subscription.redirect_url:
        return SeeOther(subscription.redirect_url)
    return SeeOther(door.return_url)


@never_cache
@require_POST
def pledge_start(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """On to the provider once more: they came back without agreeing, or it did not answer."""
    door = pledge_door_for(request, number, secret, to_give=True)
    subscription = subscription_of(services.KIND, door.pledge.pk)
    if subscription is None or door.pledge.status != _Status.PENDING:
        return SeeOther(door.url)
    if not may_start(request, email=door.pledge.email, provider=subscription.provider, is_written_to=True):
        messages.error(request, _("You have tried to pay too often. Nothing was taken; please try again in an hour."))
        return SeeOther(door.url)
    return send_to_agree(request, door.pledge, subscription)


@never_cache
@require_safe
def pledge_return(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Back from the provider: ask there what has become of it, and show the monthly donation.

    A GET that may write: see docs/decisions/0021.
    """
    door = pledge_door_for(request, number, secret, to_give=True)
    subscription = subscription_of(services.KIND, door.pledge.pk)
    # What comes later, events and the poller tell: nobody has the provider asked by reloading a page.
    if subscription and subscription.status in (Subscription.Status.PENDING, Subscription.Status.PAST_DUE):
        subscription = quietly_looked_monthly(subscription.pk)
        if subscription.status == Subscription.Status.PENDING:
            text = _("No payment has arrived yet. If you have just paid, it shows here in a moment.")
            messages.warning(request, text)
    return SeeOther(door.url)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pledge_end(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """Ask once more, then end it."""
    door = pledge_door_for(request, number, secret, to_give=True)
    if door.pledge.status == _Status.ENDED:
        return SeeOther(door.url)
    if request.method == "POST":
        services.pledge_end(pledge_id=door.pledge.pk)
        messages.success(request, _("Your monthly donation has ended. Nothing more is taken."))
        return SeeOther(door.url)
    context = {"door": door, "pledge": door.pledge, "parts": selectors.pledge_parts(door.pledge)}
    return _private(render(request, "donations/pledge_end.html", context))


@never_cache
@require_POST
def pledge_card(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """On to the provider's page where one names another card."""
    door = pledge_door_for(request, number, secret, to_give=True)
    subscription = subscription_of(services.KIND, door.pledge.pk)
    if subscription is None or not subscription.external_id or door.pledge.status == _Status.ENDED:
        return SeeOther(door.url)
    # Stripe tries a card that is named there: a place for those who have many to try.
    if not may_start(request, email=door.pledge.email, provider=subscription.provider, is_written_to=True):
        messages.error(request, _("You have tried to pay too often. Nothing was taken; please try again in an hour."))
        return SeeOther(door.url)
    back = request.build_absolute_uri(door.return_url)
    try:
        return SeeOther(provider_named(subscription.provider).card_page(subscription, return_url=back))
    except Unavailable:
        messages.error(request, _("The card cannot be changed right now. Please try again in a moment."))
    except Refused:
        text = _("The card cannot be changed here. Please end this monthly donation and begin a new one.")
        messages.error(request, text)
    return SeeOther(door.url)
