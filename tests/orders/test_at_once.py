"""All that may happen to an order and its cart, at once: none waits for another for ever, and the books are right."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from showpiece.accounts import erasure
from showpiece.orders import services
from showpiece.orders.models import Cart, Order, PromoCode, PromoUse
from showpiece.payments.services import ledger_faults, payment_settle
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_report, placed, priced

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 10
# The last one by `placed`, which looks what the cart costs before it orders.
TOLD = (ValidationError, services.PriceChanged, services.OrderChanged, Cart.DoesNotExist)


def together(*steps: Callable[[], Any]) -> list[Exception]:
    """What went wrong, but for what is told to whoever did it."""

    def take(step: Callable[[], Any]) -> Exception | None:
        try:
            step()
        except TOLD:
            return None
        except Exception as error:  # noqa: BLE001  # whatever it is, it is shown
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(len(steps)) as pool:
        return [error for error in pool.map(take, steps) if error]


def order_that_everybody_wants_something_of() -> list[Exception]:
    buyer = UserFactory()
    cart = filled(priced(1000), priced(500), user=buyer, code="TEN")
    order, payment = placed(cart)
    services.cart_add(cart=cart, project=priced(100))
    line, item = order.lines.get(position=0), cart.items.get()
    Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(hours=1))
    return together(
        lambda: services.order_back_to_cart(order_id=order.pk, cart=cart),
        lambda: payment_settle(payment_id=payment.pk, report=paid_report(payment)),
        lambda: placed(cart),
        lambda: services.cart_remove(cart=cart, item_id=item.pk),
        lambda: services.order_edit(order_id=order.pk, revision=1, remove=[line.pk]),
        services.orders_expire,
        lambda: erasure.erase(buyer, lambda: None),
        lambda: services.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox"),
    )


def cart_that_is_forgotten_as_its_visitor_comes_back() -> list[Exception]:
    cart, more = filled(priced(100), priced(200)), priced(300)
    Cart.objects.update(changed_at=timezone.now() - timedelta(days=40))
    item, before = cart.items.all()[0], timezone.now() - timedelta(days=30)
    return together(
        lambda: services.carts_forget(before=before),
        lambda: services.cart_remove(cart=cart, item_id=item.pk),
        lambda: services.cart_add(cart=cart, project=more),
        lambda: services.cart_set_promo(cart=cart, code="TEN"),
    )


def creator_who_goes_while_their_code_is_used() -> list[Exception]:
    project = priced(1000)
    promo = services.promo_create(creator=project.creator, code=f"C{uuid.uuid4().hex[:8]}", kind="percent", percent=10)
    begun = [placed(filled(project, code=promo.code))[0] for _buyer in range(4)]
    cart = filled(project, code=promo.code)
    found = together(
        *(partial(services.order_cancel, order_id=order.pk) for order in begun),
        lambda: services.offers_forget(user=project.creator.user),
        lambda: placed(cart),
        lambda: services.offers_forget(user=project.creator.user),
    )
    if PromoCode.objects.filter(pk=promo.pk).exists() or PromoUse.objects.filter(order__in=begun).exists():
        found.append(AssertionError("something of the code is left"))
    return found


@pytest.mark.parametrize(
    "begin",
    [
        order_that_everybody_wants_something_of,
        cart_that_is_forgotten_as_its_visitor_comes_back,
        creator_who_goes_while_their_code_is_used,
    ],
)
def test_nothing_goes_wrong(begin: Callable[[], list[Exception]]) -> None:
    PromoCode.objects.create(code="TEN", kind="percent", percent=10)
    assert [begin() for _round in range(ROUNDS)] == [[]] * ROUNDS
    assert ledger_faults() == []
