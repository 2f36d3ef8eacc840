"""What a creator has sold."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showpiece.catalog.models import Creator, Project
from showpiece.csv_files import csv_response
from showpiece.orders import sales as sold
from showpiece.orders.studio.access import PAGE_SIZE, own_creator
from showpiece.paging import keyset_page, page_url

MOST_NAMED = 200


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
def sales(request: HttpRequest) -> HttpResponse:
    """One's sales, the newest first; what one has earned, was paid, and is owed."""
    creator = own_creator(request, "orders.see_sales")
    project = _project(request, creator)
    page = keyset_page(
        sold.sales_of(creator, project),
        field="sold_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=page_url(request),
    )
    for line in page.items:
        line.kept_minor = sold.kept_minor(line)  # type: ignore[attr-defined]  # for the template
    context = {
        "creator": creator,
        "page": page,
        "project": project,
        "projects": Project.objects.filter(creator=creator).only("pk", "name").order_by("name", "pk")[:MOST_NAMED],
        "incomes": sold.incomes_of(creator),
        "payouts": sold.payouts_of(creator),
    }
    return render(request, "orders/studio/sales.html", context)


@login_required
@never_cache
@require_safe
def sales_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All of them, for a spreadsheet."""
    creator = own_creator(request, "orders.see_sales")
    return csv_response(request, "sales.csv", sold.CSV_HEAD, sold.sale_rows(creator, _project(request, creator)))
