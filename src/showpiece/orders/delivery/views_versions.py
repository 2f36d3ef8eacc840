"""Ending the mails about the versions of a project, with the link in each of them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from showpiece.orders.delivery.version_mails import entitlement_of
from showpiece.orders.delivery.versions import versions_want
from showpiece.orders.models import Entitlement


@csrf_exempt  # a mail program sends it without having seen the page (RFC 8058); the link itself is the permission
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def version_mails(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, and POST does: programs open links in mails only to look at them."""
    pk = entitlement_of(token)
    if pk is None:
        raise Http404
    found = get_object_or_404(Entitlement.objects.select_related("project__creator", "line__order", "user"), pk=pk)
    if request.method == "POST":
        wants = request.POST.get("to") == "on"
        versions_want(entitlement=found, wants=wants)
        found.wants_versions = wants
    context = {"entitlement": found, "project": found.project, "is_done": request.method == "POST"}
    response = render(request, "orders/version_mails.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
