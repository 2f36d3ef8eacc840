"""Rows of this room that are changed by one at a time. In this order: cart, promo code, order, then its payments.
Entitlements come after orders; downloads, licenses and notices of versions last, and with nothing else of delivery."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from showpiece.orders.models import (
    Bundle,
    Cart,
    Download,
    Entitlement,
    LicenseKey,
    LicensePolicy,
    Order,
    PromoCode,
    VersionNotice,
    is_code,
)
from showpiece.prepared import Prepared, Slot

_cart = Prepared(lambda: Cart.objects.select_for_update().filter(pk=Slot(0, Cart._meta.pk)))
_order = Prepared(lambda: Order.objects.select_for_update(of=("self",)).filter(pk=Slot(0, Order._meta.pk)))


def locked_cart(pk: uuid.UUID) -> Cart | None:
    """The cart, for this transaction alone; None if it is gone."""
    return next(iter(_cart(pk)), None)


def locked_forgotten(before: datetime, at_once: int) -> list[uuid.UUID]:
    """Carts of visitors that nobody has changed since, and that nobody has in hand."""
    carts = Cart.objects.select_for_update(skip_locked=True).filter(user=None, changed_at__lt=before)
    return [cart.pk for cart in carts.order_by("changed_at")[:at_once]]


def locked_promo(code: str) -> PromoCode | None:
    """The promo code of this name in whatever case, for this transaction alone, which counts its uses."""
    return PromoCode.objects.select_for_update(of=("self",)).filter(is_code(code)).first() if code else None


def locked_order(pk: uuid.UUID) -> Order:
    """The order, for this transaction alone. `Order.DoesNotExist`."""
    for order in _order(pk):
        return order
    raise Order.DoesNotExist


def locked_orders(pks: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Orders, for this transaction alone; those that are still there."""
    orders = Order.objects.select_for_update(of=("self",)).filter(pk__in=list(pks)).order_by("pk")
    return [order.pk for order in orders]


def locked_bundle(pk: uuid.UUID) -> Bundle:
    """The bundle, for this transaction alone."""
    return Bundle.objects.select_for_update(of=("self",)).get(pk=pk)


def locked_entitlements(rows: "QuerySet[Entitlement]") -> list[uuid.UUID]:
    """What `rows` finds, for this transaction alone: two that change the same ones take them in the same order."""
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def locked_download(pk: uuid.UUID) -> Download | None:
    """What a link was used for, for this transaction alone; None if it was not used yet."""
    return Download.objects.select_for_update(of=("self",)).filter(pk=pk).first()


def locked_policy(project: uuid.UUID) -> LicensePolicy:
    """What a project says about license keys, for this transaction alone; off where it has said nothing yet."""
    LicensePolicy.objects.bulk_create([LicensePolicy(project_id=project, is_on=False)], ignore_conflicts=True)
    return LicensePolicy.objects.select_for_update().get(pk=project)


def locked_license(rows: QuerySet[LicenseKey], key: str) -> LicenseKey | None:
    """The license with this key, with what `rows` reads beside it, for this transaction alone."""
    return rows.select_for_update(of=("self",)).filter(key=key).first()


def locked_notice(release: uuid.UUID) -> VersionNotice | None:
    """The mails about a version, for this transaction alone; None if they are sent, or are not to be."""
    return VersionNotice.objects.select_for_update().filter(pk=release, done_at=None).first()
