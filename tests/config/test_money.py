"""Settings about money that would cost some."""

import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from showpiece.config import money
from tests.operations.launch import ROOT, environment


def providers(text: str = "", key: str = "", bank: str = "") -> list[str]:
    return money.payment_providers([name for name in text.split(",") if name], stripe_key=key, bank_details=bank)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["sandbox"]),
        ({"bank": "IBAN"}, ["sandbox", "transfer"]),
        ({"key": "sk_test_1"}, ["stripe"]),
        ({"key": "sk_live_1", "bank": "IBAN"}, ["stripe", "transfer"]),
        ({"text": "transfer,stripe", "key": "sk_live_1", "bank": "IBAN"}, ["transfer", "stripe"]),
        ({"text": "stripe,sandbox", "key": "sk_test_1"}, ["stripe", "sandbox"]),
        ({"text": "sandbox,sandbox"}, ["sandbox"]),
    ],
)
def test_ways_of_paying(given: dict[str, str], found: list[str]) -> None:
    assert providers(**given) == found


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"text": "stripe,sandbox", "key": "sk_live_1"}, "the sandbox moves no money"),
        ({"text": "sandbox", "key": "rk_live_1"}, "the sandbox moves no money"),
        ({"text": "stripe"}, "stripe needs STRIPE_SECRET_KEY"),
        ({"text": "transfer"}, "transfer needs BANK_DETAILS"),
        ({"text": "cash"}, "'cash' is none of"),
        ({"text": "free"}, "'free' is none of"),
    ],
)
def test_ways_that_are_none(given: dict[str, str], told: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=told):
        providers(**given)


@pytest.mark.parametrize("text", ["0", "7", "7.125", "100", "1e1"])
def test_a_fee(text: str) -> None:
    assert money.fee_percent(text) == Decimal(text)


@pytest.mark.parametrize("text", ["-1", "100.001", "7.1234", "NaN", "sNaN", "Infinity", "seven", "", "7%", "1e400"])
def test_a_fee_that_is_none(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PLATFORM_FEE_PERCENT"):
        money.fee_percent(text)


@pytest.mark.parametrize("text", ["", "eur", "EURO", "XXX", "US", "BTC"])
def test_a_currency_that_is_none(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="SHOP_CURRENCY"):
        money.shop_currency(text)


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (money.stripe_key, ["", "sk_test_1", "rk_live_1"], ["pk_live_1", "whsec_1", "1"]),
        (money.stripe_webhook_secret, ["", "whsec_1"], ["sk_test_1", "1"]),
        (money.stripe_api_base, ["", "http://127.0.0.1:12111", "https://x.example/"], ["stripe", "ftp://x", "http://"]),
    ],
)
def test_settings_of_stripe(check: Any, good: list[str], bad: list[str]) -> None:
    assert [check(text) for text in good] == good
    for text in bad:
        with pytest.raises(ImproperlyConfigured):
            check(text)


def test_a_secret_is_not_told_in_an_error() -> None:
    with pytest.raises(ImproperlyConfigured) as told:
        money.stripe_key("pk_live_secret")
    assert "pk_live_secret" not in str(told.value)


@pytest.mark.parametrize("value", [0, -1])
def test_a_time_that_is_none(value: int) -> None:
    with pytest.raises(ImproperlyConfigured, match="ORDER_WAIT_DAYS"):
        money.positive("ORDER_WAIT_DAYS", value)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"PAYMENT_PROVIDERS": "sandbox", "STRIPE_SECRET_KEY": "sk_live_1"}, "the sandbox moves no money"),
        ({"ORDER_EXPIRY_HOURS": "0"}, "ORDER_EXPIRY_HOURS: 0"),
        ({"BANK_DETAILS": r"A bank\nIBAN 1", "PLATFORM_FEE_PERCENT": "7.5"}, ""),
    ],
)
def test_the_shop_does_not_start_with_a_mistake(given: dict[str, str], told: str) -> None:
    code = "from showpiece.config import settings as s; print(s.PAYMENT_PROVIDERS, s.BANK_DETAILS.count(chr(10)))"
    env = environment(SHOWPIECE_HOME=os.environ["SHOWPIECE_HOME"], SECRET_KEY="only for tests", **given)
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if told:
        assert done.returncode == 1
        assert told in done.stderr
    else:
        assert done.stdout.strip() == "['sandbox', 'transfer'] 1"


@pytest.mark.parametrize(
    ("texts", "currency", "minor"),
    [([], "EUR", []), (["20", "3", "7.50", "3.00"], "EUR", [300, 750, 2000]), (["500"], "JPY", [500])],
)
def test_amounts_of_donations_are_written_in_the_shops_currency(
    texts: list[str], currency: str, minor: list[int]
) -> None:
    assert money.donation_amounts(texts, currency) == minor


@pytest.mark.parametrize("text", ["0", "-1", "NaN", "Infinity", "1.234", "five", "1e12", ""])
def test_what_is_no_amount_of_a_donation(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DONATION_AMOUNTS"):
        money.donation_amounts([text], "EUR")


def test_another_fee_is_named_by_its_own_setting() -> None:
    with pytest.raises(ImproperlyConfigured, match="DONATION_FEE_PERCENT"):
        money.fee_percent("101", "DONATION_FEE_PERCENT")
