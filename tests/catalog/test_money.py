import pytest
from django.utils import translation

from showpiece.catalog.money import price_text


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
