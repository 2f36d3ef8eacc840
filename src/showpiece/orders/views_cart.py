"""The cart: what is in it, and what it would cost now."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from showpiece.accounts.models import User
from showpiece.catalog.models import PriceKind, Project, Status
from showpiece.money import amount_parse
from showpiece.orders import limits, selectors, services
from showpiece.orders.baskets import asks_country, cart_to_fill, known_cart, note_count
from showpiece.orders.forms import AmountForm, PromoForm
from showpiece.orders.models import Bundle
from showpiece.orders.promo import is_known
from showpiece.orders.quotes import orderable


def member_of(request: HttpRequest) -> User | None:
    """Who buys, if they have signed in."""
    return request.user if request.user.is_authenticated else None


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """Everything in the cart, in groups by currency."""
    return _cart_page(request)


def _cart_page(request: HttpRequest, form: PromoForm | None = None, *, status: int = 200) -> HttpResponse:
    cart = known_cart(request)
    basket = selectors.basket_of(cart, user=member_of(request))
    wishes = [*basket.gone, *(wish for group in basket.groups for wish in group.wishes)]
    selectors.with_covers(wish.item.project for wish in wishes if wish.item.project)
    note_count(request, basket.cart, basket.count)
    if form is None:
        form = PromoForm({"code": basket.code} if basket.code else None)
        if basket.code_problem and form.is_valid():
            form.add_error("code", basket.code_problem)
    context = {"basket": basket, "form": form, "asks_country": asks_country(cart)}
    return render(request, "orders/cart.html", context, status=status)


@never_cache
@require_POST
def cart_add(request: HttpRequest) -> HttpResponse:
    """Put something into the cart. What an open price lacks is asked for on a page of its own."""
    project, bundle = _wanted(request.POST)
    offered, form = None, None
    if project and project.price_kind == PriceKind.OPEN and request.POST.get("amount", "").strip():
        form = AmountForm(request.POST)
        try:
            offered = amount_parse(form.cleaned_data["amount"] if form.is_valid() else "", project.currency)
        except ValidationError as error:
            return _ask_amount(request, project, form, error)
    try:
        cart = cart_to_fill(request)
        services.cart_add(cart=cart, project=project, bundle=bundle, offered_minor=offered)
    except ValidationError as error:
        if project and form:
            return _ask_amount(request, project, form, error)
        messages.error(request, " ".join(error.messages))
        return redirect("cart")
    note_count(request, cart)
    return redirect("cart")


def _wanted(data: Any) -> tuple[Project | None, Bundle | None]:
    """What is to be put in: a project, or a bundle, that is on display. `Http404` for what is not."""
    name = "bundle" if "bundle" in data else "project"
    try:
        pk = uuid.UUID(data.get(name, ""))
    except ValueError as error:
        raise Http404(name) from error
    if name == "bundle":
        return None, get_object_or_404(Bundle, pk=pk, status=Status.PUBLISHED)
    shown = orderable(Project.objects.select_related("creator", "category"))
    return get_object_or_404(shown, pk=pk), None


def _ask_amount(request: HttpRequest, project: Project, form: AmountForm, error: ValidationError) -> HttpResponse:
    form.is_valid()
    if "amount" not in form.errors:
        form.add_error("amount", ValidationError(error.messages))
    return render(request, "orders/amount.html", {"project": project, "form": form}, status=422)


@never_cache
@require_POST
def cart_remove(request: HttpRequest) -> HttpResponse:
    """Take something out. What is not in there any more is out as well."""
    cart = known_cart(request)
    try:
        item = uuid.UUID(request.POST.get("item", ""))
    except ValueError as error:
        raise Http404("item") from error
    if cart and services.cart_remove(cart=cart, item_id=item):
        note_count(request, cart)
    return redirect("cart")


@never_cache
@require_POST
def cart_promo(request: HttpRequest) -> HttpResponse:
    """Note a promo code, or forget it. Why it does not count says the cart, at the field."""
    cart = known_cart(request)
    if cart is None:
        return redirect("cart")
    form = PromoForm(request.POST)
    if "remove" in request.POST:
        services.cart_set_promo(cart=cart, code="")
        return redirect("cart")
    if not form.is_valid():
        return _cart_page(request, form, status=422)
    code = form.cleaned_data["code"]
    if code and not limits.may_try_code(request, cart=str(cart.pk)):
        form.add_error("code", _("You have tried a lot of codes. Please try again in an hour."))
        return _cart_page(request, form, status=429)
    try:
        services.cart_set_promo(cart=cart, code=code)
    except ValidationError as error:
        form.add_error("code", error)
        return _cart_page(request, form, status=422)
    if code and not is_known(code):
        limits.code_missed(request, cart=str(cart.pk))
    return redirect("cart")
