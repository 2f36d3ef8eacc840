"""For who cannot find what they bought without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from showpiece.orders import limits, services
from showpiece.orders.forms import FindForm
from showpiece.payments.till import SeeOther

TOO_MANY = 429


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def orders_find(request: HttpRequest) -> HttpResponse:
    """Asks for an address, and writes there. The answer is the same whether or not there are orders."""
    if request.method != "POST":
        return render(request, "orders/find.html", {"form": FindForm(), "is_sent": "sent" in request.GET})
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "orders/find.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    if not limits.may_find(request, email=email):
        form.add_error(None, _("That was asked often in a short time. Please look into your mail, or try again later."))
        return render(request, "orders/find.html", {"form": form}, status=TOO_MANY)
    services.orders_find(email=email, language=get_language() or "")
    return SeeOther(f"{request.path}?sent")


@login_required
@never_cache
@require_POST
def orders_take_over(request: HttpRequest) -> HttpResponse:
    """A member's guest orders into their account."""
    count = services.orders_take_over(user=request.user)  # type: ignore[arg-type]  # signed in
    if count:
        text = ngettext("%(count)s order was added.", "%(count)s orders were added.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.info(request, _("There was nothing to add."))
    return redirect("orders")
