"""Amounts on pages and in mails."""

from django import template

from showpiece import money

register = template.Library()


@register.filter
def amount(minor: int, currency: str) -> str:
    """`1250|amount:"EUR"` as "€12.50" or «12,50 €» by the reader's language; 0 as "€0.00"."""
    return money.amount_with_currency(minor, currency)


@register.filter
def price(minor: int, currency: str) -> str:
    """The same, but 0 as "free"."""
    return money.price_text(minor, currency)


@register.filter
def round_amount(minor: int, currency: str) -> str:
    """The same without decimals where there are none: `500|round_amount:"EUR"` is "€5"."""
    return money.round_amount(minor, currency)
