"""For who cannot find what they paid for."""

import uuid

from django.db import transaction

from showpiece.orders import mails
from showpiece.orders.models import Order, OrderLine

MOST_IN_A_MAIL = 50


@transaction.atomic
def orders_find(*, email: str, language: str) -> None:
    """Send the links to the paid guest orders of an address there, the newest first, in one mail.

    Without any nobody gets a mail, but the same is done as if: how long this takes does not tell who has bought.
    It goes where the orders went: what is typed may be another mailbox although it is the same in small letters.
    """
    typed, email = email, email.lower()
    paid = Order.objects.filter(user=None, archived_at=None, status=Order.Status.PAID)
    paid = paid.only("number", "secret", "placed_at", "total_minor", "currency")
    orders = list(paid.filter(email__in=[email, typed]).order_by("-pk")[:MOST_IN_A_MAIL])
    wanted = [order.pk for order in orders] or [uuid.UUID(int=0)]
    names: dict[uuid.UUID, list[str]] = {}
    for order_id, name in OrderLine.objects.filter(order__in=wanted).order_by("position").values_list("order", "name"):
        names.setdefault(order_id, []).append(name)
    rows = [mails.found(order, names.get(order.pk, [])) for order in orders]
    mails.send_found(rows, MOST_IN_A_MAIL, email, language)
