"""Prices as people read them.

Amounts are integer minor units with an ISO 4217 code; `Decimal` only here, at the edge.
"""

import re
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_name,
    get_currency_precision,
    get_decimal_symbol,
    get_group_symbol,
)
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext, ngettext, to_locale

# Minor units. Far above any price, far below what a sum of many could overflow.
MAX_PRICE = 9_999_999_999
# What prices are offered in; ISO 4217.
CURRENCIES = (
    *("EUR", "USD", "GBP", "CHF", "RUB", "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "GEL", "HUF", "INR", "JPY"),
    *("KRW", "KZT", "MXN", "NOK", "NZD", "PLN", "RON", "RSD", "SEK", "SGD", "TRY", "UAH", "ZAR"),
)


def price_text(minor: int, currency: str) -> str:
    """`1250, "EUR"` as "€12.50" or «12,50 €» by the reader's language, and 0 as "free"."""
    if minor == 0:
        return gettext("free")
    return _written(minor, currency, _locale())


def amount_with_currency(minor: int, currency: str) -> str:
    """`1250, "EUR"` as "€12.50" or «12,50 €» by the reader's language; 0 and less as numbers too."""
    return _written(minor, currency, _locale())


def round_amount(minor: int, currency: str) -> str:
    """The same without decimals if they are all 0: `500, "EUR"` as "€5" or «5 €»."""
    amount = decimal_price(minor, currency)
    if amount != int(amount):
        return amount_with_currency(minor, currency)
    pattern = Locale.parse(_locale()).currency_formats["standard"].pattern
    whole = re.sub(r"\.0+", "", pattern)
    return format_currency(amount, currency, whole, locale=_locale(), currency_digits=False)


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


def currency_text(currency: str) -> str:
    """`EUR` as "EUR, euro" in the reader's language."""
    return f"{currency}, {get_currency_name(currency, locale=_locale())}"


def amount_text(minor: int, currency: str) -> str:
    """`1250, "EUR"` as "12.50" or "12,50": what a form shows and `amount_parse` reads."""
    digits = get_currency_precision(currency)
    pattern = f"0.{'0' * digits}" if digits else "0"
    return format_decimal(Decimal(minor).scaleb(-digits), pattern, locale=_locale())


def amount_parse(text: str, currency: str) -> int:
    """Minor units of an amount as people type it: "12.50", "12,50", "1 250", "1,250.00" by the reader's language.

    `ValidationError` for what is no amount, is negative, is too large, or has more decimals than the currency.
    """
    plain = re.sub(r"[\s']", "", text)
    if plain.startswith(("-", "\N{MINUS SIGN}")):
        raise ValidationError(gettext("An amount cannot be negative."), code="negative")
    group, point = get_group_symbol(_locale()), get_decimal_symbol(_locale())
    if group in (",", ".") and re.fullmatch(rf"[0-9]{{1,3}}(\{group}[0-9]{{3}})+(\{point}[0-9]*)?", plain):
        plain = plain.replace(group, "")
    whole, _point, decimals = plain.replace(",", ".").partition(".")
    if not re.fullmatch("[0-9]+", whole + decimals) or len(whole) > 20:
        raise ValidationError(gettext("Please enter an amount, such as %(example)s.") % {
            "example": amount_text(10 ** (get_currency_precision(currency) + 1), currency)
        }, code="invalid")  # fmt: skip
    digits: int = get_currency_precision(currency)
    if len(decimals) > digits:
        raise ValidationError(_too_fine(currency, digits), code="decimals")
    minor: int = int(whole or "0") * 10**digits + int(decimals.ljust(digits, "0") or "0")
    if minor > MAX_PRICE:
        text = gettext("The most is %(amount)s.") % {"amount": amount_with_currency(MAX_PRICE, currency)}
        raise ValidationError(text, code="max_value")
    return minor


def _too_fine(currency: str, digits: int) -> str:
    if not digits:
        return gettext("%(currency)s has no decimals.") % {"currency": currency}
    text = ngettext(
        "%(currency)s has at most %(count)s decimal.", "%(currency)s has at most %(count)s decimals.", digits
    )
    return text % {"currency": currency, "count": digits}


def _locale() -> str:
    return to_locale(get_language() or "en")
