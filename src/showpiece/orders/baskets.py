"""Which cart a browser has. A visitor's session keeps its id; and the number beside the link in the header, so that no
page has to ask for it."""

import uuid

from django.core.exceptions import ValidationError
from django.db.models import Exists
from django.http import HttpRequest
from django.utils.translation import gettext as _

from showpiece.orders import limits, quotes, services
from showpiece.orders.models import Cart, CartItem, TaxRate
from showpiece.orders.signals import COUNT_KEY, SESSION_KEY


def visitors_cart_id(request: HttpRequest) -> uuid.UUID | None:
    """The id of the cart of somebody who has not signed in."""
    try:
        return uuid.UUID(request.session.get(SESSION_KEY, ""))
    except ValueError:
        return None


def known_cart(request: HttpRequest) -> Cart | None:
    """The cart of whoever asks, None for nobody's. Reading only.

    Whether a price depends on the buyer's country is read with it, for `asks_country`.
    """
    carts = Cart.objects.annotate(asks_country=Exists(TaxRate.objects.all()))
    if request.user.is_authenticated:
        return carts.filter(user=request.user).first()
    pk = visitors_cart_id(request)
    return carts.filter(pk=pk, user=None).first() if pk else None


def asks_country(cart: Cart | None) -> bool:
    """What `quotes.asks_country` says, without a query where the cart was read here."""
    return bool(getattr(cart, "asks_country", False)) if cart else quotes.asks_country()


def cart_to_fill(request: HttpRequest) -> Cart:
    """The same, made if there is none. `ValidationError` for visitors who have begun a lot of them."""
    if request.user.is_authenticated:
        return services.cart_for(user=request.user)
    cart = known_cart(request)
    if cart is None:
        if not limits.may_begin_cart(request):
            raise ValidationError(_("Please sign in, or try again in an hour."), code="too_many")
        cart = services.cart_for(user=None)
    request.session[SESSION_KEY] = str(cart.pk)
    return cart


def note_count(request: HttpRequest, cart: Cart | None, count: int | None = None) -> None:
    """Remember how much is in the cart; it is counted if that is not known."""
    if count is None:
        count = CartItem.objects.filter(cart=cart).count() if cart else 0
    if request.session.get(COUNT_KEY, 0) != count:
        request.session[COUNT_KEY] = count
