"""Buying: filling a cart, placing an order, and what becomes of it."""

from showpiece.orders.services.carts import (
    MAX_ITEMS,
    cart_add,
    cart_for,
    cart_remove,
    cart_set_promo,
    cart_take_over,
    carts_forget,
)
from showpiece.orders.services.erasure import orders_forget
from showpiece.orders.services.placing import (
    PriceChanged,
    order_back_to_cart,
    order_cancel,
    order_pay_again,
    order_place,
    orders_expire,
)

__all__ = [
    "MAX_ITEMS",
    "PriceChanged",
    "cart_add",
    "cart_for",
    "cart_remove",
    "cart_set_promo",
    "cart_take_over",
    "carts_forget",
    "order_back_to_cart",
    "order_cancel",
    "order_pay_again",
    "order_place",
    "orders_expire",
    "orders_forget",
]
