"""The tables of buying. Amounts are integers in minor units of a currency of ISO 4217."""

from showpiece.orders.models.carts import Cart, CartItem
from showpiece.orders.models.delivery import Download, Entitlement, MissingFile, VersionNotice
from showpiece.orders.models.licenses import Activation, LicenseKey, LicensePolicy
from showpiece.orders.models.offers import (
    PROMO_CODE_MAX_LENGTH,
    Bundle,
    BundleProject,
    PromoCode,
    PromoUse,
    TaxRate,
    is_code,
)
from showpiece.orders.models.orders import Order, OrderLine

__all__ = [
    "PROMO_CODE_MAX_LENGTH",
    "Activation",
    "Bundle",
    "BundleProject",
    "Cart",
    "CartItem",
    "Download",
    "Entitlement",
    "LicenseKey",
    "LicensePolicy",
    "MissingFile",
    "Order",
    "OrderLine",
    "PromoCode",
    "PromoUse",
    "TaxRate",
    "VersionNotice",
    "is_code",
]
