"""What may be given, and how it is split. Integers in minor units."""

from collections.abc import Sequence

from babel.numbers import get_currency_precision
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from showpiece.money import MAX_PRICE, amount_with_currency
from showpiece.payments.parts import apportion

# About as much as a euro, in round numbers: nobody is offered to give 3 yen. For what a page suggests and what is too
# little, never to change money.
ABOUT_A_EURO = {
    **dict.fromkeys(("AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "SGD", "USD"), 1),
    **dict.fromkeys(("BRL", "GEL", "PLN", "RON"), 5),
    **dict.fromkeys(("CNY", "DKK", "NOK", "SEK"), 10),
    **dict.fromkeys(("CZK", "MXN", "ZAR"), 20),
    **dict.fromkeys(("TRY", "UAH"), 50),
    **dict.fromkeys(("INR", "JPY", "RSD", "RUB"), 100),
    **dict.fromkeys(("HUF", "KZT"), 500),
    "KRW": 1000,
}
# In euros, where the settings name none.
AMOUNTS, LEAST = (3, 5, 10, 25), 1


def _in_currency(minor: int, currency: str) -> int:
    """About as much as `minor` of the shop's currency, at least 1."""
    shop = settings.SHOP_CURRENCY
    ours = ABOUT_A_EURO.get(shop, 1) * 10 ** get_currency_precision(shop)
    theirs = ABOUT_A_EURO.get(currency, 1) * 10 ** get_currency_precision(currency)
    return minor if shop == currency else max(minor * theirs // ours, 1)


def _euros(amount: int, currency: str) -> int:
    return int(amount * ABOUT_A_EURO.get(currency, 1) * 10 ** get_currency_precision(currency))


def least_minor(currency: str) -> int:
    """The least that may be given."""
    if settings.DONATION_MIN_MINOR > 0:
        return _in_currency(settings.DONATION_MIN_MINOR, currency)
    return _euros(LEAST, currency)


def amounts_offered(currency: str) -> list[int]:
    """What a page offers to give, the least first. What is too little is left out."""
    if settings.DONATION_AMOUNTS:
        found = [_in_currency(minor, currency) for minor in settings.DONATION_AMOUNTS]
    else:
        found = [_euros(amount, currency) for amount in AMOUNTS]
    least = least_minor(currency)
    return sorted({minor for minor in found if least <= minor <= MAX_PRICE})


def amount_checked(amount_minor: int, currency: str) -> None:
    """`ValidationError` at "amount" for what is not given."""
    least = least_minor(currency)
    if amount_minor <= 0:
        text, code = _("Please give more than nothing."), "not_positive"
    elif amount_minor < least:
        text, code = _("The least is %(price)s.") % {"price": amount_with_currency(least, currency)}, "min_value"
    elif amount_minor > MAX_PRICE:
        text, code = _("The most is %(amount)s.") % {"amount": amount_with_currency(MAX_PRICE, currency)}, "max_value"
    else:
        return
    raise ValidationError({"amount": ValidationError(text, code=code)})


def split(amount_minor: int, count: int) -> list[int]:
    """An amount in `count` parts that differ by one at most and add up to it, the larger ones first."""
    return apportion(amount_minor, [1] * count)


def currency_of(currencies: Sequence[str]) -> str:
    """What is given in to projects that sell in these: theirs, or the shop's if they do not agree."""
    return currencies[0] if len(set(currencies)) == 1 else settings.SHOP_CURRENCY
