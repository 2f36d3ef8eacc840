import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from showpiece.money import amount_parse, amount_text, price_text


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (1250, "EUR", "en", "€12.50"),
        (1250, "EUR", "ru", "12,50\xa0€"),
        (123456789, "USD", "en", "$1,234,567.89"),
        (500, "JPY", "en", "¥500"),
        (1, "KWD", "en", "KWD0.001"),
        (10**17, "EUR", "en", "€1,000,000,000,000,000.00"),
        (0, "EUR", "en", "free"),
    ],
)
def test_price_is_written_as_the_reader_writes_it(minor: int, currency: str, language: str, text: str) -> None:
    with translation.override(language):
        assert price_text(minor, currency) == text


@pytest.mark.parametrize(
    ("language", "text", "currency", "minor"),
    [
        ("en", "12.50", "EUR", 1250),
        ("en", "12,50", "EUR", 1250),
        ("en", "1,250", "EUR", 125_000),
        ("en", "1,250,000.5", "USD", 125_000_050),
        ("en", " 7 ", "EUR", 700),
        ("en", ".5", "EUR", 50),
        ("en", "1250", "JPY", 1250),
        ("ru", "12,50", "RUB", 1250),
        ("ru", "12.50", "RUB", 1250),
        ("ru", "1\u00a0250,5", "RUB", 125_050),
        ("ru", "1 250", "JPY", 1250),
    ],
)
def test_amount_is_read_as_people_write_it(language: str, text: str, currency: str, minor: int) -> None:
    with translation.override(language):
        assert amount_parse(text, currency) == minor
        assert amount_parse(amount_text(minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("language", "text", "currency", "code"),
    [
        ("en", "12.505", "EUR", "decimals"),
        ("en", "12.500", "EUR", "decimals"),
        ("ru", "1,250", "EUR", "decimals"),
        ("en", "0.5", "JPY", "decimals"),
        ("en", "-1", "EUR", "negative"),
        ("en", "\u22121", "EUR", "negative"),
        ("en", "99999999999", "EUR", "max_value"),
        ("en", "", "EUR", "invalid"),
        ("en", "1e3", "EUR", "invalid"),
        ("en", "NaN", "EUR", "invalid"),
        ("en", "1.2.3", "EUR", "invalid"),
        ("en", "\u0661\u0662", "EUR", "invalid"),
        ("en", "5 \u20ac", "EUR", "invalid"),
    ],
)
def test_what_is_no_amount_is_told(language: str, text: str, currency: str, code: str) -> None:
    with translation.override(language), pytest.raises(ValidationError) as caught:
        amount_parse(text, currency)
    assert caught.value.code == code
