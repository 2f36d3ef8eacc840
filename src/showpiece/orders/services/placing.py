"""From a cart to an order, and what may become of an open one."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.orders import quotes
from showpiece.orders.locks import locked_cart, locked_order, locked_promo
from showpiece.orders.models import Cart, CartItem, Order, OrderLine, PromoUse
from showpiece.orders.pricing import Quote, QuotedLine
from showpiece.payments.models import Payment
from showpiece.payments.providers import offered
from showpiece.payments.services import KeyReused, payment_create, payments_withdraw
from showpiece.prepared import Prepared, Slot

# An unpaid order holds a use of a promo code that has a limit for so long.
LIMITED_USE = timedelta(hours=1)

_order_of = Prepared(lambda: Order.objects.filter(key=Slot(0, Order._meta.get_field("key"))))


class PriceChanged(Exception):  # noqa: N818  # not every one is an error
    """What the buyer agreed to is not what it costs now. Nothing was ordered: they are asked again."""

    def __init__(self, quote: Quote) -> None:
        super().__init__()
        self.quote = quote


def order_place(
    *,
    key: uuid.UUID,
    cart: Cart,
    currency: str,
    seen: str,
    provider: str,
    email: str,
    user: User | None = None,
    country: str = "",
    language: str = "",
) -> tuple[Order, Payment]:
    """Order everything in the cart that is in `currency`, for what the buyer has `seen` (a quote's digest), and make
    the first attempt to pay. The same key again is the same order.

    `PriceChanged`; `ValidationError`: nothing to order, or an unknown way of paying;
    `KeyReused`: the key belongs to somebody else's order.
    """
    with transaction.atomic():
        kept = locked_cart(cart.pk)
        if known := _known(key, user, email):
            return known
        if kept is None:
            raise ValidationError(_("Your cart is empty."), code="empty")
        promo = locked_promo(kept.promo_code)
        wishes = quotes.wishes(quotes.cart_items(kept))
        quote = quotes.quote(
            wishes, currency, code=kept.promo_code, promo=promo, country=country, user=user, email=email
        )
        problems = [wish for wish in wishes if wish.problem and wish.currency == currency]
        if not quote.lines and not problems:
            raise ValidationError(_("Your cart is empty."), code="empty")
        if quote.digest != seen or problems:
            raise PriceChanged(quote)
        if provider not in [one.name for one in offered(quote.total_minor, currency)]:
            raise ValidationError({"provider": _("Please choose a way to pay.")}, code="provider")
        order = _create(key, quote, kept.promo_code, user, email, country, language)
        CartItem.objects.filter(pk__in=[wish.item.pk for wish in wishes if wish.currency == currency]).delete()
        if all(wish.currency == currency for wish in wishes):  # else it is for what is left, too
            kept.promo_code = ""
        kept.changed_at = timezone.now()
        kept.save(update_fields=["promo_code", "changed_at"])
        payment = payment_create(
            key=key,
            subject_kind="order",
            subject_id=order.pk,
            provider=provider,
            amount_minor=order.total_minor,
            currency=currency,
            is_new=True,
        )
    return order, payment


def _known(key: uuid.UUID, user: User | None, email: str) -> tuple[Order, Payment] | None:
    order = next(iter(_order_of(key)), None)
    if order is None:
        return None
    if (order.user_id, order.email.lower()) != (user.pk if user else None, email.lower()):
        raise KeyReused(str(key))
    return order, Payment.objects.get(key=key)


def _create(
    key: uuid.UUID, quote: Quote, code: str, user: User | None, email: str, country: str, language: str
) -> Order:
    order = Order(
        key=key,
        user=user,
        email=email.lower(),  # found by it, however it is typed then
        language=language or settings.LANGUAGE_CODE,
        country=country,
        currency=quote.currency,
        promo_code=quote.promo,
        promo_text=code if quote.promo else "",
        price_minor=quote.price_minor,
        discount_minor=quote.discount_minor,
        tax_minor=quote.tax_minor,
        total_minor=quote.total_minor,
        expires_at=timezone.now() + _patience(quote),
    )
    # The fields alone: rows of our own making are unique, and sums add up, or the database says no.
    order.clean_fields(exclude=["user", "promo_code"])
    try:
        order.save(force_insert=True)
    except IntegrityError as error:  # from another cart with the same key; nothing of this one is kept
        raise KeyReused(str(key)) from error
    OrderLine.objects.bulk_create(order_lines(order, quote.lines))
    if quote.promo:
        PromoUse.objects.create(code=quote.promo, order=order, user=user, email=email.lower())
    return order


def _patience(quote: Quote) -> timedelta:
    """How long the order may stay unpaid. Uses of a promo code that has few are not kept from others for days."""
    patience = timedelta(hours=settings.ORDER_EXPIRY_HOURS)
    return min(patience, LIMITED_USE) if quote.promo and quote.promo.max_uses is not None else patience


def order_lines(order: Order, lines: Sequence[QuotedLine], *, first: int = 0) -> list[OrderLine]:
    """Rows for an order, from the position `first` on, with names as its buyer reads them."""
    with translation.override(order.language):
        return [
            OrderLine(
                order=order,
                position=position,
                project=line.project,
                creator=line.creator,
                bundle=line.bundle,
                name=line.project.shown_name,
                creator_name=line.creator.name,
                bundle_name=line.bundle.name if line.bundle else "",
                price_minor=line.price_minor,
                discount_minor=line.discount_minor,
                tax_name=line.tax_name,
                tax_percent=line.tax_percent,
                tax_included=line.tax_included,
                tax_minor=line.tax_minor,
                total_minor=line.total_minor,
                fee_minor=line.fee_minor,
            )
            for position, line in enumerate(lines, first)
        ]


def order_pay_again(*, order_id: uuid.UUID, key: uuid.UUID, provider: str) -> Payment:
    """Another attempt to pay for an open order. The same key again is the same attempt.

    `ValidationError`: it is not open any more, or the way of paying is not offered.
    """
    with transaction.atomic():
        order = locked_order(order_id)
        if known := Payment.objects.filter(key=key, subject_kind="order", subject_id=order.pk).first():
            return known
        if order.status != Order.Status.OPEN:
            raise ValidationError(_("There is nothing to pay for this order."), code="not_open")
        if provider not in [one.name for one in offered(order.total_minor, order.currency)]:
            raise ValidationError({"provider": _("Please choose a way to pay.")}, code="provider")
        return payment_create(
            key=key,
            subject_kind="order",
            subject_id=order.pk,
            provider=provider,
            amount_minor=order.total_minor,
            currency=order.currency,
        )


def order_cancel(*, order_id: uuid.UUID, expired: bool = False) -> Order:
    """Cancel an open order; the use of its promo code is free again. Another state stays as it is.

    `expired`: nobody paid in time, and if the money comes yet the order stands.
    """
    with transaction.atomic():
        order = locked_order(order_id)
        if order.status != Order.Status.OPEN:
            return order
        order.status, order.cancelled_at = Order.Status.CANCELLED, timezone.now()
        order.expires_at, order.expired = None, expired
        order.save()
        PromoUse.objects.filter(order=order).delete()
        payments_withdraw(subject_kind="order", subject_id=order.pk)
    return order


def order_back_to_cart(*, order_id: uuid.UUID, cart: Cart) -> Order:
    """Cancel an open order and put what was in it back into the cart, to change something. A paid one stays."""
    from showpiece.orders.services.carts import cart_add, cart_set_promo

    with transaction.atomic():
        locked_cart(cart.pk)  # before the order, as everywhere
        order = order_cancel(order_id=order_id)
        if order.status != Order.Status.CANCELLED:  # paid meanwhile
            return order
        if order.expired:  # they buy it anew: money that comes for this one yet goes back
            order.expired = False
            order.save(update_fields=["expired"])
        bundles = set()
        for line in order.lines.select_related("project__creator", "project__category", "bundle"):
            if line.bundle_id in bundles:
                continue
            try:
                with transaction.atomic():
                    if line.bundle:
                        bundles.add(line.bundle_id)
                        cart_add(cart=cart, bundle=line.bundle)
                    else:
                        in_it = line.project.currency == order.currency
                        offered_minor = line.price_minor if in_it else None
                        cart_add(cart=cart, project=line.project, offered_minor=offered_minor)
            except ValidationError:  # not on sale any more: it stays on the cancelled order
                continue
        if order.promo_text:
            cart_set_promo(cart=cart, code=order.promo_text)
    return order


def orders_expire(*, at_once: int = 100) -> int:
    """Cancel open orders that nobody paid in time. Returns how many."""
    now = timezone.now()
    due = Order.objects.filter(expires_at__lte=now).order_by("expires_at").values_list("pk", flat=True)
    found = list(due[:at_once])
    for pk in found:
        with transaction.atomic():
            until = locked_order(pk).expires_at
            if until is not None and until <= now:  # it may have got more time since
                order_cancel(order_id=pk, expired=True)
    return len(found)
