"""Whose order it is, and by which address they came."""

import uuid
from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.urls import reverse

from showpiece.orders.models import Order
from showpiece.payments.doors import way_in


@dataclass(frozen=True)
class Door:
    """An order, and how somebody got to it: as a member, with a guest's link, or as staff, who only look."""

    order: Order
    secret: str = ""
    is_buyer: bool = True

    def _to(self, name: str, *more: uuid.UUID) -> str:
        if self.secret:
            return reverse(f"order_guest{name}", args=[self.order.number, self.secret, *more])
        return reverse(f"order{name}", args=[self.order.number, *more])

    @property
    def email(self) -> str:
        return self.order.email

    @property
    def language(self) -> str:
        return self.order.language

    @property
    def url(self) -> str:
        return self._to("")

    @property
    def pay_url(self) -> str:
        return self._to("_pay")

    @property
    def cancel_url(self) -> str:
        return self._to("_cancel")

    @property
    def change_url(self) -> str:
        return self._to("_change")

    def return_url(self, payment: uuid.UUID) -> str:
        """Where a provider sends the buyer back to."""
        return self._to("_return", payment)


def door_of(order: Order) -> Door:
    """That of its buyer."""
    return Door(order, "" if order.user_id else order.secret)


def door_for(request: HttpRequest, number: str, secret: str = "", *, to_buy: bool = False) -> Door:
    """The order for who may see it, and with `to_buy` for its buyer alone. `Http404` for others and for none.

    A guest's link opens a guest's order only; what staff have put away, only staff see.
    """
    order = Order.objects.filter(number=number).first()
    if order is None:
        raise Http404(number)
    door = _door(request, order, secret)
    if door is None or (to_buy and not door.is_buyer):
        raise Http404(number)
    return door


def _door(request: HttpRequest, order: Order, secret: str) -> Door | None:
    way = way_in(request.user, order, secret, permission="orders.view_order")
    return Door(order, way.secret, way.is_owner) if way else None
