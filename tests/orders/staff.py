"""Staff in tests."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from showpiece.orders.models import Order
from showpiece.payments.models import Payment
from tests.factories import UserFactory
from tests.orders.shop import filled, placed, priced, started

ROOMS = ("orders", "payments")
LIST = reverse("admin:orders_order_changelist")


def staff_with(*codenames: str) -> Client:
    user = UserFactory(is_staff=True)
    found = Permission.objects.filter(content_type__app_label__in=ROOMS, codename__in=codenames)
    assert len(found) == len(codenames)
    user.user_permissions.set(found)
    client = Client()
    client.force_login(user)
    return client


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:orders_{name}", args=args)


def step(order: Order, name: str) -> str:
    return page(f"order_{name}", order.pk)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def awaiting(**more: Any) -> tuple[Order, Payment]:
    """An order whose buyer was told to send the money."""
    order, payment = placed(filled(priced(1000)), provider="transfer", **more)
    return order, started(payment)


def numbers(answer: Any) -> set[str]:
    return {order.number for order in answer.context["cl"].result_list}


def root() -> Client:
    """A superuser, signed in."""
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True, username="root"))
    return client
