"""What the pages for staff read of orders."""

import uuid
from typing import Any

from django.db.models import Max, Q, QuerySet, Sum

from showpiece.accounts.models import User
from showpiece.catalog.models import Project
from showpiece.numbering import NUMBER_ALPHABET, NUMBER_LENGTH
from showpiece.orders.models import Entitlement, Order, OrderLine
from showpiece.several import ids_of

# Of what fits a search, the newest so many by each of its ways; and so many people and projects are looked at.
MOST_FOUND, MOST_NAMED = 500, 20


def entitlements_with_downloads(order: Order) -> list[Any]:
    """What came with an order, with how often a download of it was begun, and when the last time was. One query."""
    held = Entitlement.objects.filter(line__order=order).select_related("line").order_by("line__position")
    return list(held.annotate(begun=Sum("downloads__uses", default=0), last=Max("downloads__started_at")))


def orders_like(text: str) -> set[uuid.UUID]:
    """Ids of orders with that number, e-mail, customer or project. Each way goes by an index of the orders. Two
    queries."""
    text = text.strip()
    people = User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text) | Q(name__iexact=text))
    projects = Project.objects.filter(Q(name__icontains=text) | Q(slug=text))
    users, named = ids_of([rows.values_list("pk")[:MOST_NAMED] for rows in (people, projects)])
    orders = Order.objects.order_by("-pk").values_list("pk")
    ways: list[QuerySet[Any, Any]] = [orders.filter(email__in={text, text.lower()})]
    number = "".join(letter for letter in text.upper() if letter in NUMBER_ALPHABET)
    if len(number) == NUMBER_LENGTH:
        ways.append(orders.filter(number=f"{number[:4]}-{number[4:]}"))
    if users:
        ways.append(orders.filter(user__in=users))
    if named:
        ways.append(OrderLine.objects.filter(project__in=named).order_by("-order_id").values_list("order_id"))
    return {pk for found in ids_of([way[:MOST_FOUND] for way in ways]) for pk in found}
