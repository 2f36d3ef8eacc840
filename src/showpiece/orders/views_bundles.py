"""The page of a bundle."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from showpiece.orders.bundles import bundle_at, cards_in


@require_safe
def bundle(request: HttpRequest, creator: str, slug: str) -> HttpResponse:
    """What is in it, and what it saves. 404 for one that cannot be bought now."""
    offer = bundle_at(creator, slug)
    if offer is None:
        raise Http404(slug)
    return render(request, "orders/bundle.html", {"offer": offer, "cards": cards_in(offer)})
