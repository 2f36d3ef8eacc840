"""What somebody has bought: the library of a member, and the versions that came with an order."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.orders.access import door_for, follows_order
from showpiece.orders.delivery import selectors
from showpiece.orders.delivery.versions import versions_want
from showpiece.orders.selectors import with_covers
from showpiece.paging import Order as Sorting
from showpiece.paging import keyset_page
from showpiece.payments.till import SeeOther

LIBRARY_PAGE_SIZE = VERSIONS_PAGE_SIZE = 10


@login_required
@never_cache
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """What a member has, the newest first."""
    page = keyset_page(
        selectors.library_of(request.user),  # type: ignore[arg-type]  # signed in
        field=Sorting("newest", ()),
        size=LIBRARY_PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    with_covers(entitlement.project for entitlement in page.items)
    return render(request, "orders/library.html", {"page": page, "goods": selectors.shelf_of(page.items)})


@never_cache
@require_safe
@follows_order
def order_versions(request: HttpRequest, number: str, entitlement: uuid.UUID, secret: str = "") -> HttpResponse:
    """Every version of a project that came with an order, with its files."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door = door_for(request, number, secret)
    held = get_object_or_404(
        selectors.entitlements_of(door.order).select_related("line", "project"), pk=entitlement, revoked_at=None
    )
    page = keyset_page(
        selectors.releases_of(held.project),
        field="released_at",
        size=VERSIONS_PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=lambda parameters: f"{request.path}?{urlencode(parameters)}",
    )
    versions = [(release, selectors.file_links(release, door)) for release in page.items]
    context = {"door": door, "line": held.line, "page": page, "versions": versions}
    response = render(request, "orders/versions.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@never_cache
@require_POST
@follows_order
def order_mails(request: HttpRequest, number: str, entitlement: uuid.UUID, secret: str = "") -> HttpResponse:
    """Mails about new versions of a project, or none any more: its buyer says."""
    door = door_for(request, number, secret, to_buy=True)
    rights = selectors.entitlements_of(door.order).select_related("line__order", "user")
    held = rights.filter(pk=entitlement, revoked_at=None).first()
    if held is None:
        raise Http404(entitlement)
    wanted = request.POST.get("wanted") == "1"
    versions_want(entitlement=held, wants=wanted)
    text = _("You get a mail when a version of %(name)s comes.") if wanted else _("No more mails about %(name)s.")
    messages.success(request, text % {"name": held.line.name})
    return SeeOther(reverse("library") if request.POST.get("from") == "library" else f"{door.url}#downloads")
