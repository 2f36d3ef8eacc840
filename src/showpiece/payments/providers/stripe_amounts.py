"""What Stripe can take, and how it writes amounts: see https://docs.stripe.com/currencies."""

from babel.numbers import get_currency_precision

# Written there without decimals. ISK and UGX have none either, and are written with two all the same.
_WITHOUT_DECIMALS = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905  # one line, not fifteen
)
_WITH_THREE = frozenset(("BHD", "JOD", "KWD", "OMR", "TND"))
# The least that Stripe takes, in its own minor units. Where it names none, the exchange rate of the day decides.
_LEAST = {
    "EUR": 50,
    "USD": 50,
    "GBP": 30,
    "CHF": 50,
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CZK": 1500,
    "DKK": 250,
    "HUF": 17500,
    "INR": 50,
    "JPY": 50,
    "MXN": 1000,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "SGD": 50,
}
_MOST = 99_999_999


def _factor(currency: str) -> int:
    """How many of Stripe's units one of ours is. Ours are those of the CLDR, which has no decimals for RSD."""
    stripes = 0 if currency in _WITHOUT_DECIMALS else 3 if currency in _WITH_THREE else 2
    return int(10 ** (stripes - get_currency_precision(currency)))


def to_stripe(amount_minor: int, currency: str) -> int:
    """The amount as Stripe writes it."""
    return amount_minor * _factor(currency)


def from_stripe(amount: int, currency: str) -> int:
    """An amount that Stripe wrote, in our minor units; what is smaller than one of them is dropped."""
    return amount // _factor(currency)


def is_taken(amount_minor: int, currency: str) -> bool:
    """Whether Stripe takes so much. Of three decimals the last one has to be 0."""
    amount = to_stripe(amount_minor, currency)
    return _LEAST.get(currency, 1) <= amount <= _MOST and not (currency in _WITH_THREE and amount % 10)
