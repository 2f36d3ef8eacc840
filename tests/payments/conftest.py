from collections.abc import Iterator
from typing import Any

import pytest

from showpiece.payments.providers import stripe_client
from tests.peers.stripe import KEY, SECRET, StripePeer, stripe_peer


@pytest.fixture
def stripe(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripePeer]:
    """A shop that takes money by Stripe, and the Stripe that it talks to. It is asked once, and not waited for long."""
    monkeypatch.setattr(stripe_client, "TIMEOUTS", (2.0, 0.5))
    monkeypatch.setattr(stripe_client, "RETRIES", 0)
    stripe_client.client_for.cache_clear()
    with stripe_peer() as peer:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE = KEY, SECRET, peer.url
        settings.PAYMENT_PROVIDERS = ["stripe", "sandbox", "transfer"]
        yield peer
    stripe_client.client_for.cache_clear()
