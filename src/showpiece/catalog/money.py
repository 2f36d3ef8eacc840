"""Prices as people read them.

Amounts are integer minor units with an ISO 4217 code; `Decimal` only here, at the edge.
"""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, gettext, to_locale


def price_text(minor: int, currency: str) -> str:
    """`1250, "EUR"` as "€12.50" or «12,50 €» by the reader's language, and 0 as "free"."""
    if minor == 0:
        return gettext("free")
    return _written(minor, currency, to_locale(get_language() or "en"))


@lru_cache(maxsize=4096)
def _written(minor: int, currency: str, locale: str) -> str:
    return format_currency(decimal_price(minor, currency), currency, locale=locale)


def decimal_price(minor: int, currency: str) -> Decimal:
    """`1250, "EUR"` as 12.50, for other programs."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def offer_text(kind: str, minor: int, currency: str) -> str:
    """What something costs, by kind: `minor` is the price of a fixed one and the least of an open one."""
    if kind != "open":
        return price_text(minor, currency)
    if minor == 0:
        return gettext("pay what you want")
    return gettext("from %(price)s") % {"price": price_text(minor, currency)}
