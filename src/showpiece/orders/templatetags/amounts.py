"""Amounts on pages and in mails."""

from django import template

from showpiece import money
from showpiece.catalog.models import Project
from showpiece.orders.pricing import asked_price
from showpiece.orders.quotes import is_orderable

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
def offer_shown(project: Project) -> str:
    """What stands in the field for the price of a project with an open one, until somebody types another."""
    return money.amount_text(asked_price(project, None), project.currency)


@register.filter
def can_be_bought(project: Project) -> bool:
    """Whether there is a page of it that anybody may see."""
    return is_orderable(project)
