"""Amounts on pages and in mails."""

from django import template

from showpiece import money
from showpiece.catalog.models import Project
from showpiece.orders.pricing import asked_price
from showpiece.orders.quotes import is_orderable
from showpiece.payments.templatetags.sums import amount, price

register = template.Library()
register.filter("amount", amount)
register.filter("price", price)


@register.filter
def offer_shown(project: Project) -> str:
    """What stands in the field for the price of a project with an open one, until somebody types another."""
    return money.amount_text(asked_price(project, None), project.currency)


@register.filter
def can_be_bought(project: Project) -> bool:
    """Whether there is a page of it that anybody may see."""
    return is_orderable(project)
