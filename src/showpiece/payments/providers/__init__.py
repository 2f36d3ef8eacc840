"""Ways of paying: those that the settings name."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from showpiece.payments.providers.base import Provider

# Loaded when they are first needed: Stripe's library takes its time.
CLASSES = {
    "sandbox": "showpiece.payments.providers.sandbox.Sandbox",
    "stripe": "showpiece.payments.providers.stripe.Stripe",
    "transfer": "showpiece.payments.providers.transfer.Transfer",
    "free": "showpiece.payments.providers.free.Free",
}


@cache
def _loaded(name: str) -> Provider:
    found: Provider = import_string(CLASSES[name])()
    return found


def provider_named(name: str) -> Provider:
    """The provider of a payment, even if it is offered no more. `KeyError` for an unknown name."""
    return _loaded(name)


def label_of(name: str) -> str:
    """What people call the way of paying of this name; the name itself of one that there is no more."""
    return str(_loaded(name).label) if name in CLASSES else name


def offered(amount_minor: int, currency: str) -> list[Provider]:
    """The ways in which somebody may pay this amount, the first one first. What costs nothing is paid in one way."""
    if amount_minor == 0:
        return [_loaded("free")]
    providers = (_loaded(name) for name in settings.PAYMENT_PROVIDERS)
    return [provider for provider in providers if provider.takes(amount_minor, currency)]


def repeating(amount_minor: int, currency: str) -> list[Provider]:
    """The ways in which somebody may pay this amount every month."""
    return [provider for provider in offered(amount_minor, currency) if provider.can_repeat]


def any_repeats() -> bool:
    """Whether the shop can take anything every month."""
    return any(_loaded(name).can_repeat for name in settings.PAYMENT_PROVIDERS)
