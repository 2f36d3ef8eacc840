"""What a creator was given."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.catalog.models import Creator, Project
from showpiece.csv_files import csv_response
from showpiece.donations import received as given
from showpiece.donations import services
from showpiece.donations.models import DonationPart
from showpiece.donations.names import giver_name
from showpiece.donations.studio.access import PAGE_SIZE, own_creator
from showpiece.paging import keyset_page, page_url

MOST_NAMED = 200
SEE = "donations.see_received"


def _project(request: HttpRequest, creator: Creator) -> Project | None:
    """The one that was asked for. `Http404` for none of theirs."""
    text = request.GET.get("project", "")
    if not text:
        return None
    try:
        found = Project.objects.filter(creator=creator, pk=uuid.UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404(text)
    return found


@login_required
@never_cache
@require_safe
def received(request: HttpRequest) -> HttpResponse:
    """Donations to one's projects, the newest first, with what was said."""
    creator = own_creator(request, SEE)
    project = _project(request, creator)
    page = keyset_page(
        given.parts_received(creator, project),
        field="given_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=page_url(request),
    )
    for part in page.items:
        part.kept_minor = given.kept_minor(part)  # type: ignore[attr-defined]  # for the template
        part.giver = giver_name(part.donation)  # type: ignore[attr-defined]
    context = {
        "creator": creator,
        "page": page,
        "project": project,
        "projects": Project.objects.filter(creator=creator).only("pk", "name").order_by("name", "pk")[:MOST_NAMED],
        "sums": given.received_by(creator),
    }
    return render(request, "donations/studio/received.html", context)


@login_required
@never_cache
@require_safe
def received_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All of them, for a spreadsheet."""
    creator = own_creator(request, SEE)
    rows = given.received_rows(creator, _project(request, creator))
    return csv_response(request, "donations.csv", given.CSV_HEAD, rows)


@login_required
@never_cache
@require_POST
def on_wall(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a donation off the wall of supporters, or put it back. The money stays."""
    creator = own_creator(request, SEE)
    part = get_object_or_404(DonationPart, pk=pk, creator=creator, given_at__isnull=False, donation__archived_at=None)
    hidden = request.POST.get("to") == "hide"
    services.part_set_hidden(part_id=part.pk, hidden=hidden)
    messages.success(request, _("It is off the wall.") if hidden else _("It is on the wall again."))
    query = request.GET.urlencode()
    return redirect(f"{reverse('studio_donations')}{'?' if query else ''}{query}")
