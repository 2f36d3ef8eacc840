"""Whose order it is, and by which address they came."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare

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

    def file_url(self, file: uuid.UUID) -> str:
        """The stable address of a file: each time it leads to a fresh link."""
        return self._to("_file", file)

    def versions_url(self, entitlement: uuid.UUID) -> str:
        """Every version of what was bought."""
        return self._to("_versions", entitlement)

    def mails_url(self, entitlement: uuid.UUID) -> str:
        """Where mails about new versions are ordered, and ordered off."""
        return self._to("_mails", entitlement)

    def machine_remove_url(self, machine: uuid.UUID) -> str:
        """Where a license key is taken off a machine."""
        return self._to("_machine_remove", machine)

    @property
    def receipt_url(self) -> str:
        return self._to("_receipt")

    @property
    def receipt_pdf_url(self) -> str:
        return self._to("_receipt_pdf")

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


def follows_order(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views behind a guest's link: once its buyer has taken the order into their account, the link leads there,
    which is through the sign-in, and for others than the buyer to nothing."""

    @wraps(view)
    def following(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, number, *args, **kwargs)
        except Http404:
            secret = kwargs.get("secret", "")
            moved = Order.objects.filter(number=number, archived_at=None).exclude(user=None).first() if secret else None
            if moved is None or not constant_time_compare(moved.secret, secret):
                raise
            return HttpResponseRedirect(_way_of_member(request, moved))

    return following


def _way_of_member(request: HttpRequest, order: Order) -> str:
    """The page that a guest's link was to; what was to be done, they do there."""
    match = request.resolver_match
    if match is None or not match.url_name or request.method not in ("GET", "HEAD"):
        return order.get_absolute_url()
    parts = {name: value for name, value in match.kwargs.items() if name != "secret"}
    url = reverse(match.url_name.replace("order_guest", "order", 1), kwargs=parts)
    return f"{url}?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else url
