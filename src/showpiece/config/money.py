"""Settings about money, checked at start: a mistake here costs some."""

from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from babel.numbers import get_currency_precision
from django.core.exceptions import ImproperlyConfigured

from showpiece.money import CURRENCIES, MAX_PRICE

PROVIDERS = ("sandbox", "stripe", "transfer")


def shop_currency(text: str) -> str:
    """A currency that prices can be in."""
    if text not in CURRENCIES:
        raise ImproperlyConfigured(f"SHOP_CURRENCY: {text!r} is none of {', '.join(CURRENCIES)}.")
    return text


def fee_percent(text: str, name: str = "PLATFORM_FEE_PERCENT") -> Decimal:
    """A part of a hundred, with at most three decimals."""
    try:
        percent = Decimal(text)
    except InvalidOperation as error:
        raise ImproperlyConfigured(f"{name}: {text!r} is no number.") from error
    if not percent.is_finite() or not 0 <= percent <= 100 or percent != round(percent, 3):
        raise ImproperlyConfigured(f"{name}: {text} is not from 0 to 100 with at most three decimals.")
    return percent


def donation_amounts(texts: list[str], currency: str) -> list[int]:
    """What visitors are offered to give, in minor units of the shop's currency. Written as numbers with a point."""
    found = []
    for text in texts:
        try:
            minor = Decimal(text).scaleb(get_currency_precision(currency))
            if not 0 < minor <= MAX_PRICE or minor != int(minor):
                raise InvalidOperation
        except InvalidOperation as error:
            raise ImproperlyConfigured(f"DONATION_AMOUNTS: {text!r} is no amount in {currency}.") from error
        found.append(int(minor))
    return sorted(set(found))


def stripe_key(text: str) -> str:
    """The secret key of Stripe, or a restricted one; not the one for browsers that stands beside it."""
    if text and not text.startswith(("sk_", "rk_")):
        raise ImproperlyConfigured("STRIPE_SECRET_KEY: a secret key begins with sk_ or rk_.")
    return text


def stripe_webhook_secret(text: str) -> str:
    """What Stripe signs its events with."""
    if text and not text.startswith("whsec_"):
        raise ImproperlyConfigured("STRIPE_WEBHOOK_SECRET: an endpoint's signing secret begins with whsec_.")
    return text


def stripe_api_base(text: str) -> str:
    """Where Stripe is, if not where it always is."""
    place = urlsplit(text)
    if text and (place.scheme not in ("http", "https") or not place.hostname):
        raise ImproperlyConfigured(f"STRIPE_API_BASE: {text!r} is no address.")
    return text


def positive(name: str, value: int) -> int:
    """A time that is one."""
    if value < 1:
        raise ImproperlyConfigured(f"{name}: {value} is less than 1.")
    return value


def payment_providers(names: list[str], *, stripe_key: str, bank_details: str) -> list[str]:
    """The ways of paying, in the order in which they are offered. Without names: what the other settings allow.

    The sandbox, in which nobody pays, does not stand beside a key that moves money.
    """
    stripe = ["stripe"] if stripe_key else []
    found = list(dict.fromkeys(names)) or [*(stripe or ["sandbox"]), *(["transfer"] if bank_details else [])]
    for name in found:
        if name not in PROVIDERS:
            raise ImproperlyConfigured(f"PAYMENT_PROVIDERS: {name!r} is none of {', '.join(PROVIDERS)}.")
    if "stripe" in found and not stripe_key:
        raise ImproperlyConfigured("PAYMENT_PROVIDERS: stripe needs STRIPE_SECRET_KEY.")
    if "transfer" in found and not bank_details:
        raise ImproperlyConfigured("PAYMENT_PROVIDERS: transfer needs BANK_DETAILS.")
    if "sandbox" in found and "_live_" in stripe_key:
        raise ImproperlyConfigured(
            "PAYMENT_PROVIDERS: the sandbox moves no money, and STRIPE_SECRET_KEY is a live key."
        )
    return found
