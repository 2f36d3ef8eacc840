"""Pages of Stripe Checkout, on which somebody pays, or agrees to pay every month."""

from datetime import timedelta

PAGE_ORIGIN = "https://checkout.stripe.com"
# A page ends before Stripe forgets its key, after a day: so a payment never has two that can be paid.
SESSION_LASTS = timedelta(hours=23)
# Stripe wants at least half an hour.
LATEST_START = SESSION_LASTS - timedelta(minutes=40)


def locale_of(language: str) -> str:
    """The language of such a page."""
    return "ru" if language.startswith("ru") else "en"
