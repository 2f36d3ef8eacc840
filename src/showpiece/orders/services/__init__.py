"""Buying: filling a cart, placing an order, and what becomes of it."""

from showpiece.orders.services.bundles import bundle_change, bundle_create, bundle_set_status
from showpiece.orders.services.carts import (
    MAX_ITEMS,
    cart_add,
    cart_for,
    cart_remove,
    cart_set_promo,
    cart_take_over,
    carts_forget,
)
from showpiece.orders.services.editing import OrderChanged, order_edit, order_set_archived
from showpiece.orders.services.erasure import offers_forget, orders_forget
from showpiece.orders.services.finding import orders_find
from showpiece.orders.services.placing import (
    PriceChanged,
    order_back_to_cart,
    order_cancel,
    order_pay_again,
    order_place,
    orders_expire,
)
from showpiece.orders.services.promo import FIELDS as PROMO_FIELDS
from showpiece.orders.services.promo import promo_change, promo_create
from showpiece.orders.services.taking_over import orders_take_over

__all__ = [
    "MAX_ITEMS",
    "PROMO_FIELDS",
    "OrderChanged",
    "PriceChanged",
    "bundle_change",
    "bundle_create",
    "bundle_set_status",
    "cart_add",
    "cart_for",
    "cart_remove",
    "cart_set_promo",
    "cart_take_over",
    "carts_forget",
    "offers_forget",
    "order_back_to_cart",
    "order_cancel",
    "order_edit",
    "order_pay_again",
    "order_place",
    "order_set_archived",
    "orders_expire",
    "orders_find",
    "orders_forget",
    "orders_take_over",
    "promo_change",
    "promo_create",
]
