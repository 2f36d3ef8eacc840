"""Talking to Stripe. Its library takes a tenth of a second and seven megabytes of each process, so the first call that
needs it loads it.
"""

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

from showpiece.payments.providers.base import Refused, Unavailable

if TYPE_CHECKING:
    from stripe import StripeClient

# For a connection, and for an answer. A buyer waits for it, a second time where the first failed.
TIMEOUTS = (5.0, 15.0)
RETRIES = 1


@lru_cache(maxsize=4)
def client_for(key: str, base: str) -> "StripeClient":
    """The client of an account, at another address than Stripe's if there is a `base`."""
    import stripe

    stripe.enable_telemetry = False  # how long our requests take is nobody's business
    return stripe.StripeClient(
        key,
        base_addresses={"api": base.rstrip("/")} if base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
    )


@contextlib.contextmanager
def asking() -> Iterator["StripeClient"]:
    """Stripe, with its errors as ours. A wrong key is no refusal: the operator will put it right."""
    import stripe

    if not settings.STRIPE_SECRET_KEY:
        raise Unavailable("STRIPE_SECRET_KEY is not set.")
    try:
        yield client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise Refused(_told(error)) from error
    except stripe.IdempotencyError as error:
        if error.http_status == 409:  # the first request with this key is still in progress
            raise Unavailable(_told(error)) from error
        raise Refused(_told(error)) from error
    except stripe.StripeError as error:
        raise Unavailable(_told(error)) from error


def _told(error: Any) -> str:
    return f"{error.user_message or type(error).__name__} ({error.request_id or 'no request id'})"
