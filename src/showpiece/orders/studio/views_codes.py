"""A creator's promo codes."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.catalog.models import Creator
from showpiece.form_errors import add_errors
from showpiece.orders import limits, services
from showpiece.orders.models import PromoCode
from showpiece.orders.promo import off_text
from showpiece.orders.studio.access import FORM_METHODS, PAGE_SIZE, is_looking, own_creator
from showpiece.orders.studio.forms import CODE_TYPED_AS, CodeForm
from showpiece.paging import keyset_page, page_url

MAKE = "orders.make_offers"


def _own(creator: Creator) -> QuerySet[PromoCode]:
    return PromoCode.objects.filter(creator=creator)


@login_required
@never_cache
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """One's codes, the newest first, and how often they were used."""
    creator = own_creator(request, MAKE)
    page = keyset_page(
        _own(creator).annotate(use_count=Count("uses")).prefetch_related("projects"),
        field="created_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=page_url(request),
    )
    for promo in page.items:
        promo.off = off_text(promo)  # type: ignore[attr-defined]  # for the template
    context = {"creator": creator, "page": page, "now": timezone.now()}
    return render(request, "orders/studio/codes.html", context)


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def code_new(request: HttpRequest) -> HttpResponse:
    """Make a code."""
    creator = own_creator(request, MAKE)
    form = CodeForm(request.POST if request.method == "POST" else None, creator=creator)
    if is_looking(request):
        return _form_page(request, form.unchecked())
    if request.method == "POST" and form.is_valid() and _may_name(request, form):
        try:
            promo = services.promo_create(creator=creator, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, CODE_TYPED_AS)
        else:
            messages.success(request, _("The code %(code)s counts from now on.") % {"code": promo.code})
            return redirect("studio_codes")
    return _form_page(request, form)


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def code(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a code."""
    creator = own_creator(request, MAKE)
    promo = get_object_or_404(_own(creator), pk=pk)
    form = CodeForm(request.POST if request.method == "POST" else None, creator=creator, promo=promo)
    if is_looking(request):
        return _form_page(request, form.unchecked(), promo)
    if request.method == "POST" and form.is_valid() and _may_name(request, form, promo):
        try:
            services.promo_change(promo=promo, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, CODE_TYPED_AS)
        else:
            messages.success(request, _("Saved."))
            return redirect("studio_codes")
    return _form_page(request, form, promo)


def _may_name(request: HttpRequest, form: CodeForm, promo: PromoCode | None = None) -> bool:
    if (promo and promo.code == form.cleaned_data["code"]) or limits.may_name_code(request):
        return True
    form.add_error("code", _("You have tried a lot of codes. Please try again in an hour."))
    return False


def _form_page(request: HttpRequest, form: CodeForm, promo: PromoCode | None = None) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "orders/studio/code.html", {"form": form, "promo": promo}, status=status)


@login_required
@never_cache
@require_POST
def code_switch(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a code count no longer, or again."""
    creator = own_creator(request, MAKE)
    promo = get_object_or_404(_own(creator), pk=pk)
    is_active = request.POST.get("to") == "on"
    services.promo_change(promo=promo, is_active=is_active)
    name = {"code": promo.code}
    messages.success(
        request, _("%(code)s counts again.") % name if is_active else _("%(code)s is switched off.") % name
    )
    return redirect("studio_codes")
