"""The receipt of an order, for whoever may see the order: as a page to print, and as PDF."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from showpiece.orders.access import Door, door_for, follows_order
from showpiece.orders.receipts.contents import receipt_of
from showpiece.receipts.pdf import sheet_pdf
from showpiece.receipts.sheet import Sheet


@never_cache
@require_safe
@follows_order
def receipt(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """In the buyer's language, or in the one that `?language=` names; the rest of the page is in the reader's."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door, sheet = _found(request, number, secret)
    others = [get_language_info(code) for code, _name in settings.LANGUAGES if code != sheet.language]
    context = {
        "door": door,
        "sheet": sheet,
        "others": others,
        "pdf_url": f"{door.receipt_pdf_url}?language={sheet.language}",
        "is_foreign": sheet.language != get_language(),
    }
    return _unlisted(render(request, "orders/receipt.html", context))


@never_cache
@require_safe
@follows_order
def receipt_pdf(request: HttpRequest, number: str, secret: str = "") -> HttpResponse:
    """The same as a file."""
    if not secret and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    door, sheet = _found(request, number, secret)
    name = f"receipt-{door.order.number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return _unlisted(HttpResponse(sheet_pdf(sheet), content_type="application/pdf", headers=headers))


def _found(request: HttpRequest, number: str, secret: str) -> tuple[Door, Sheet]:
    door = door_for(request, number, secret)
    wanted = request.GET.get("language", "")
    sheet = receipt_of(door.order, wanted if wanted in dict(settings.LANGUAGES) else "")
    if sheet is None:
        raise Http404(number)
    return door, sheet


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
