"""The sandbox's page, and where providers send their events."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.payments import services
from showpiece.payments.models import SandboxSession
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import BadEvent
from showpiece.payments.providers.sandbox import session_act

log = structlog.get_logger(__name__)

_States = SandboxSession.State


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest, name: str) -> HttpResponse:
    """Where one pays without money: a real provider's page in a shop that is in earnest."""
    session = get_object_or_404(SandboxSession, name=name)
    # The same that `session_act` still listens to.
    is_open = session.state in (_States.OPEN, _States.CONFIRMING, _States.DECLINED)
    if request.method == "POST":
        try:
            session = session_act(name=name, action=request.POST.get("action", ""))
        except KeyError as error:
            raise Http404 from error
        if session.state in (_States.PAID, _States.PROCESSING):
            return redirect(session.return_url)
        return redirect("sandbox", name)
    # Bare: somebody who pays is at a provider's, where nothing of the shop stands around.
    return render(request, "payments/sandbox.html", {"session": session, "is_open": is_open, "bare": True})


@csrf_exempt
@require_POST
def events(request: HttpRequest, source: str) -> JsonResponse:
    """Keep what a provider tells us, if it is the provider. It is handled by a job."""
    try:  # one that is offered no more, too: there are still refunds
        provider = provider_named(source)
    except KeyError as error:
        raise Http404(source) from error
    try:
        event = provider.event(_body(request), request.headers)
    except BadEvent as error:
        log.warning("event refused", source=source, reason=str(error))
        return JsonResponse({"error": str(error)}, status=400)
    services.event_receive(source=source, event=event)
    return JsonResponse({"received": True})


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RawPostDataException as error:  # a form with files, which was read already
        raise BadEvent("It is no event.") from error
