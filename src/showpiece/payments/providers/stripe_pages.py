"""Pages of Stripe Checkout, on which somebody pays, or agrees to pay every month."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stripe import StripeClient

PAGE_ORIGIN = "https://checkout.stripe.com"
# A page ends before Stripe forgets its key, after a day: so a payment never has two that can be paid.
SESSION_LASTS = timedelta(hours=23)
# Stripe wants at least half an hour.
LATEST_START = SESSION_LASTS - timedelta(minutes=40)


def locale_of(language: str) -> str:
    """The language of such a page."""
    return "ru" if language.startswith("ru") else "en"


def session_made(client: "StripeClient", wanted: Any, key: str) -> Any:
    """A page on which to pay. Stripe takes no international domain in an address: there the buyer types one."""
    import stripe

    try:
        return client.v1.checkout.sessions.create(wanted, {"idempotency_key": key})
    except stripe.InvalidRequestError as error:
        if error.param != "customer_email":
            raise
    nameless: Any = {name: value for name, value in wanted.items() if name != "customer_email"}
    return client.v1.checkout.sessions.create(nameless, {"idempotency_key": f"{key}:nameless"})
