"""A buyer on Stripe's page and Stripe's events, all over HTTP to a server that listens."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from django.db import connection

from bench.startup import free_port
from showpiece.payments.models import InboundEvent
from showpiece.payments.services import ledger_faults, payment_start
from tests.operations.launch import ROOT
from tests.orders.shop import filled, placed, priced
from tests.payments.till import EVENTS, fresh, intent_of, run_jobs
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db(transaction=True)


def until(done: Callable[[], Any], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


@pytest.fixture
def shop(live_server: Any, stripe: StripePeer) -> str:
    """The address of a shop that Stripe tells of everything at once."""
    stripe.events_url, stripe.sends = f"{live_server.url}{EVENTS}", True
    return str(live_server.url)


def press(page: str, action: str) -> httpx.Response:
    """A button of Stripe's page, which has to be there."""
    html = httpx.get(page).text
    assert f"value='{action}'" in html, html
    return httpx.post(page, data={"action": action})


@pytest.mark.parametrize("actions", [["pay"], ["decline", "pay"], ["3ds", "decline", "pay"], ["3ds", "confirm"]])
def test_a_buyer_pays(shop: str, stripe: StripePeer, actions: list[str]) -> None:
    order, payment = placed(filled(priced(1000)), provider="stripe")
    payment = payment_start(
        payment=payment, email=order.email, language="ru", return_url=f"{shop}/", cancel_url=f"{shop}/cart/"
    )
    for action in actions:
        answer = press(payment.redirect_url, action)
        assert answer.status_code == 303
        if action == "decline":
            assert "Your card was declined." in httpx.get(payment.redirect_url).text
    assert answer.headers["location"] == f"{shop}/"
    assert press_again(payment.redirect_url) == f"{shop}/"
    until(lambda: InboundEvent.objects.count() == 3)
    run_jobs()
    assert (fresh(order).status, fresh(payment).card_ends_with) == ("paid", "3155" if "confirm" in actions else "4242")
    stripe.refund(intent_of(stripe, payment), 400)
    until(lambda: InboundEvent.objects.count() == 5)
    run_jobs()
    assert fresh(payment).refunded_minor == 400
    assert ledger_faults() == []


def press_again(page: str) -> str:
    """The back button, and the button once more."""
    return httpx.post(page, data={"action": "pay"}).headers["location"]


def test_events_that_the_shop_does_not_take_come_again(shop: str, stripe: StripePeer, settings: Any) -> None:
    order, payment = placed(filled(priced(1000)), provider="stripe")
    payment = payment_start(
        payment=payment, email=order.email, language="en", return_url=f"{shop}/", cancel_url=f"{shop}/"
    )
    settings.STRIPE_WEBHOOK_SECRET = "whsec_other"
    stripe.sends = False
    press(payment.redirect_url, "pay")
    answers: list[int] = []
    thread = threading.Thread(target=lambda: answers.append(stripe.deliver(stripe.told("checkout.session.completed"))))
    thread.start()
    time.sleep(0.3)
    assert not InboundEvent.objects.exists()
    settings.STRIPE_WEBHOOK_SECRET = "whsec_peer"
    thread.join(90)
    assert answers == [200]
    run_jobs()
    assert fresh(order).status == "paid"
    connection.close()


def test_the_small_stripe_stands_alone() -> None:
    port = free_port()
    command = [sys.executable, "-m", "tests.peers.stripe", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = process.stdout.readline()
        assert re.fullmatch(r"STRIPE_API_BASE=http://127\.0\.0\.1:\d+ STRIPE_SECRET_KEY=\S+ .*\./run\n", told)
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/payment_intents/pi_none")
        assert (answer.status_code, answer.json()["error"]["message"]) == (401, "Invalid API Key provided")
    finally:
        process.terminate()
        process.wait(10)
