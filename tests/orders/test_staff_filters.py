"""What staff filter for is found by an index, however long the tables are."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from showpiece.orders.models import Order
from showpiece.payments.models import Account, Entry, InboundEvent, Payment, Refund

pytestmark = pytest.mark.django_db

PAGE = 25


def newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-pk").values("pk")[:PAGE]


FILTERS = {
    "order_archived": lambda: newest(Order.objects.filter(archived_at__isnull=False)),
    "order_by_currency": lambda: newest(Order.objects.filter(currency="ISK")),
    "payment_pending": lambda: newest(Payment.objects.filter(status__exact="pending")),
    "payment_surplus": lambda: newest(Payment.objects.filter(surplus__exact=True)),
    "event_unhandled": lambda: newest(InboundEvent.objects.filter(handled_at__isnull=True)),
    "refund_came_back": lambda: newest(Refund.objects.filter(came_back_at__isnull=False)),
    "entry_balance": lambda: (
        Entry.objects.filter(account=Account.CREATOR, party=str(uuid.uuid4()))
        .order_by()
        .values("currency", "amount_minor")
    ),
}


@pytest.mark.parametrize("index", FILTERS)
def test_is_found_by_its_index(index: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a table of few rows is read whole else
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    rows = FILTERS[index]()
    plan = rows.explain()
    assert index in plan, plan
    assert "TEMP B-TREE" not in plan
