"""Changing carts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.catalog.models import PriceKind, Project
from showpiece.money import price_text
from showpiece.orders.locks import locked_cart, locked_forgotten
from showpiece.orders.models import PROMO_CODE_MAX_LENGTH, Bundle, Cart, CartItem
from showpiece.orders.quotes import cart_items, wishes

MAX_ITEMS = 50


def cart_for(*, user: User | None, cart_id: uuid.UUID | None = None) -> Cart:
    """The cart of a member, or the one that a browser session knows by its id; made if there is none."""
    if user is not None:
        return Cart.objects.get_or_create(user=user)[0]
    known = Cart.objects.filter(pk=cart_id, user=None).first() if cart_id else None
    return known or Cart.objects.create()


def cart_add(
    *, cart: Cart, project: Project | None = None, bundle: Bundle | None = None, offered_minor: int | None = None
) -> CartItem:
    """Put a project or a bundle into the cart; what is there already stays once, with the newer offer.

    `ValidationError`: not on sale, offered too little, in a bundle of the cart already, or too many things.
    """
    with transaction.atomic():
        if locked_cart(cart.pk) is None:
            cart.save(force_insert=True)  # forgotten meanwhile
        items = cart_items(cart)
        place = (_pk(project), _pk(bundle))
        item = next((one for one in items if (one.project_id, one.bundle_id) == place), None)
        if item is None:
            if len(items) >= MAX_ITEMS:
                raise ValidationError(_("A cart holds at most %(count)s things.") % {"count": MAX_ITEMS}, code="full")
            item = CartItem(cart=cart, project=project, bundle=bundle)
        item.offered_minor = _offer(project, offered_minor) if project else None
        item.offered_in = project.currency if project else ""
        _make_room(item, [one for one in items if one is not item])
        item.save()
        _changed(cart)
    return item


def _pk(row: Project | Bundle | None) -> uuid.UUID | None:
    return row.pk if row else None


def _offer(project: Project, offered_minor: int | None) -> int | None:
    if project.price_kind != PriceKind.OPEN or offered_minor is None:
        return None
    if offered_minor < project.price_minor:
        least = price_text(project.price_minor, project.currency)
        raise ValidationError(_("The least is %(price)s.") % {"price": least}, code="min_value")
    return offered_minor


def _make_room(item: CartItem, others: Sequence[CartItem]) -> None:
    """What is put in can be bought, and nothing is in the cart twice. A bundle takes the place of its parts."""
    (wish,) = wishes([item])
    if wish.problem:
        raise ValidationError(wish.problem, code="not_on_sale")
    wanted = {line.project.pk for line in wish.lines}
    for other in wishes(others):
        if not wanted & {line.project.pk for line in other.lines}:
            continue
        if other.item.bundle_id:
            raise ValidationError(_("A bundle in your cart has this already."), code="twice")
        other.item.delete()


def cart_remove(*, cart: Cart, item_id: uuid.UUID) -> bool:
    """Take something out. False if it is not in there."""
    with transaction.atomic():
        locked_cart(cart.pk)  # before what is in it, as everywhere
        gone, _rows = CartItem.objects.filter(cart=cart, pk=item_id).delete()
        _changed(cart)
    return bool(gone)


def cart_set_promo(*, cart: Cart, code: str) -> None:
    """Note the promo code that the buyer typed, "" for none. Whether it counts says each quote."""
    if len(code) > PROMO_CODE_MAX_LENGTH or "\x00" in code:
        raise ValidationError(_("There is no such promo code."), code="unknown")
    Cart.objects.filter(pk=cart.pk).update(promo_code=code, changed_at=timezone.now())
    cart.promo_code = code


def cart_take_over(*, user: User, cart_id: uuid.UUID) -> None:
    """What a visitor put into their cart comes with them when they sign in. What does not fit beside what the
    member's cart holds is left out."""
    with transaction.atomic():
        visitors = locked_cart(cart_id)
        if visitors is None or visitors.user_id is not None:
            return
        cart = cart_for(user=user)
        for item in cart_items(visitors):
            try:
                with transaction.atomic():
                    cart_add(cart=cart, project=item.project, bundle=item.bundle, offered_minor=item.offer_minor)
            except (ValidationError, IntegrityError):
                continue
        if visitors.promo_code and not cart.promo_code:
            cart_set_promo(cart=cart, code=visitors.promo_code)
        visitors.delete()


def cart_drop(*, user: User) -> None:
    """Delete the cart of a member, with all that is in it."""
    with transaction.atomic():
        for cart in Cart.objects.filter(user=user):
            locked_cart(cart.pk)
            cart.delete()


def carts_forget(*, before: datetime, at_once: int = 1000) -> int:
    """Delete carts of visitors who never came back, so many at most. Returns how many."""
    with transaction.atomic():
        _rows, by_model = Cart.objects.filter(pk__in=locked_forgotten(before, at_once)).delete()
    return by_model.get(Cart._meta.label, 0)


def _changed(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(changed_at=timezone.now())
