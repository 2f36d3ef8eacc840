"""A creator's bundles."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from showpiece.catalog.models import Creator, Status
from showpiece.form_errors import add_errors
from showpiece.orders import services
from showpiece.orders.bundles import offers_of
from showpiece.orders.models import Bundle
from showpiece.orders.studio.access import FORM_METHODS, PAGE_SIZE, is_looking, own_creator
from showpiece.orders.studio.forms import BUNDLE_TYPED_AS, BundleForm
from showpiece.paging import keyset_page, page_url

MAKE = "orders.make_offers"
TO = {"publish": Status.PUBLISHED, "archive": Status.ARCHIVED, "draft": Status.DRAFT}


def _own(creator: Creator) -> QuerySet[Bundle]:
    return Bundle.objects.filter(creator=creator)


@login_required
@never_cache
@require_safe
def bundles(request: HttpRequest) -> HttpResponse:
    """One's bundles, the newest first."""
    creator = own_creator(request, MAKE)
    page = keyset_page(
        _own(creator),
        field="created_at",
        size=PAGE_SIZE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        url=page_url(request),
    )
    context = {"creator": creator, "page": page, "offers": offers_of(page.items)}
    return render(request, "orders/studio/bundles.html", context)


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def bundle_new(request: HttpRequest) -> HttpResponse:
    """Make a bundle, as a draft."""
    creator = own_creator(request, MAKE)
    form = BundleForm(request.POST if request.method == "POST" else None, creator=creator)
    if is_looking(request):
        return _form_page(request, form.unchecked())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.bundle_create(creator=creator, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, BUNDLE_TYPED_AS)
        else:
            messages.success(request, _("The bundle is a draft. Nobody sees it until you publish it."))
            return redirect("studio_bundle", made.pk)
    return _form_page(request, form)


@login_required
@never_cache
@require_http_methods(FORM_METHODS)
def bundle(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a bundle."""
    creator = own_creator(request, MAKE)
    found = get_object_or_404(_own(creator).select_related("creator"), pk=pk)
    form = BundleForm(request.POST if request.method == "POST" else None, creator=creator, bundle=found)
    if is_looking(request):
        return _form_page(request, form.unchecked(), found)
    if request.method == "POST" and form.is_valid():
        try:
            services.bundle_change(bundle=found, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error, BUNDLE_TYPED_AS)
        else:
            messages.success(request, _("Saved."))
            return redirect("studio_bundle", found.pk)
    return _form_page(request, form, found)


def _form_page(request: HttpRequest, form: BundleForm, found: Bundle | None = None) -> HttpResponse:
    (offer,) = offers_of([found]) if found else (None,)
    context = {"form": form, "bundle": found, "offer": offer}
    return render(request, "orders/studio/bundle.html", context, status=422 if form.is_bound else 200)


@login_required
@never_cache
@require_POST
def bundle_status(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a bundle on display, take it off, put it away."""
    creator = own_creator(request, MAKE)
    found = get_object_or_404(_own(creator), pk=pk)
    status = TO.get(request.POST.get("to", ""))
    if status is None:
        raise Http404("No such step.")
    try:
        services.bundle_set_status(bundle=found, status=status)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        texts = {
            Status.PUBLISHED: _("“%(name)s” is on display."),
            Status.DRAFT: _("“%(name)s” is a draft again."),
            Status.ARCHIVED: _("“%(name)s” is archived."),
        }
        messages.success(request, texts[status] % {"name": found.name})
    return redirect("studio_bundle", found.pk)
