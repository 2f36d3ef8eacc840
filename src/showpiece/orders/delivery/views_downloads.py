"""From an order to a file: a fresh link, and what it opens."""

import mimetypes
import uuid
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.files.storage import FileSystemStorage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showpiece.catalog.models import ReleaseFile
from showpiece.files import (
    StoreDown,
    accelerated_response,
    first_byte,
    opened_file_stream,
    stored_file_open,
    stored_file_size,
)
from showpiece.orders.access import door_for, follows_order
from showpiece.orders.delivery import links, selectors
from showpiece.orders.delivery.missing import found_note, missing_note
from showpiece.orders.delivery.problems import DOWN, MISSING, USED_UP, Refused, help_of
from showpiece.payments.limits import network

log = structlog.get_logger(__name__)


@never_cache
@require_safe
@follows_order
def order_file(request: HttpRequest, number: str, file: uuid.UUID, secret: str = "") -> HttpResponse:
    """On to a fresh link, for the buyer alone."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door = door_for(request, number, secret, to_buy=True)
    entitlement = selectors.entitlement_for(door.order, file)
    if entitlement is None:
        raise Http404(file)
    try:
        selectors.file_of(entitlement, file)
    except Refused as refused:
        return problem_page(request, refused, back_url=door.url)
    response = redirect("download", links.link_make(entitlement.pk, file))
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@require_safe
def download(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file of a link, for whoever has it; see `links.py` for what counts. A GET that may write: see
    docs/decisions/0022.
    """
    try:
        return _handed_out(request, links.link_read(token))
    except Refused as refused:
        return problem_page(request, refused, back_url=_own_order(request, refused))


def _handed_out(request: HttpRequest, link: links.Link) -> HttpResponseBase:
    entitlement, row = selectors.opened_by(link)
    storage, name = row.file.storage, str(row.file.name)
    content_type = mimetypes.guess_type(row.name)[0] or "application/octet-stream"
    # nginx sends what lies on a disk of ours. What lies elsewhere goes through us: a link of that store's own would
    # neither be counted nor end with the entitlement.
    by_nginx = bool(settings.DOWNLOADS_ACCEL) and isinstance(storage, FileSystemStorage)
    try:
        file = None if by_nginx else stored_file_open(storage, name)
        size = stored_file_size(storage, name) if file is None else file.size
    except FileNotFoundError as error:
        missing_note(row)
        raise Refused(MISSING, entitlement) from error
    except StoreDown as error:
        log.exception("the store of the files does not answer", file=str(row.pk))
        raise Refused(DOWN, entitlement) from error
    found_note(row)
    if not _counted(request, link, row, size):
        if file is not None:
            file.close()
        raise Refused(USED_UP, entitlement)
    if file is None:
        return accelerated_response(settings.DOWNLOADS_ACCEL + name, content_type, download_as=row.name)
    response = opened_file_stream(request, file, content_type, download_as=row.name, etag=_etag(row))
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _etag(row: ReleaseFile) -> str:
    return f'"{row.sha256}"'


def _counted(request: HttpRequest, link: links.Link, row: ReleaseFile, size: int) -> bool:
    start = first_byte(request, size, _etag(row))
    if start is None:
        return True
    return links.use_counted(link, row, network=network(request), begins=start == 0)


def _own_order(request: HttpRequest, refused: Refused) -> str:
    """The address of the order, for the member whose it is: nobody else is told of it."""
    entitlement = refused.entitlement
    if entitlement is None or not request.user.is_authenticated or entitlement.user_id != request.user.pk:
        return ""
    return entitlement.line.order.get_absolute_url()


def problem_page(request: HttpRequest, refused: Refused, *, back_url: str = "") -> HttpResponse:
    """Why they do not get it, and how to go on."""
    problem = refused.problem
    context: dict[str, Any] = {
        "problem": problem,
        "help": help_of(problem),
        "back_url": back_url,
        "is_members": refused.entitlement is not None and refused.entitlement.user_id is not None,
    }
    response = render(request, "orders/download_problem.html", context, status=problem.status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    if problem.retry_after:
        response["Retry-After"] = str(problem.retry_after)
    return response
