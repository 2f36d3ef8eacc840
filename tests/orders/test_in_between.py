# ruff: noqa: RUF001
"""What changes between the steps of buying: by creators, by other currencies, by time."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import Creator, Project
from showpiece.orders import quotes, services
from showpiece.orders.bundles import bundles_of
from showpiece.orders.locks import locked_order
from showpiece.orders.models import Bundle, Cart, CartItem, Order, PromoCode
from showpiece.orders.services import placing
from showpiece.payments.providers.base import Refused
from showpiece.payments.providers.sandbox import Sandbox
from showpiece.payments.services import ledger_faults, payment_confirm_by_hand
from tests.catalog.studio import said
from tests.factories import CreatorFactory
from tests.orders.shop import filled, placed, priced, quoted, started
from tests.orders.test_bundles import published

pytestmark = pytest.mark.django_db


@pytest.fixture
def creator() -> Creator:
    return CreatorFactory()


@pytest.fixture(autouse=True)
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]


def some(creator: Creator, count: int) -> list[Project]:
    return [priced(1000, creator=creator) for _number in range(count)]


def holds(bundle: Bundle, *projects: Project) -> None:
    services.bundle_change(bundle=bundle, name=bundle.name, price_minor=500, projects=projects)


class TestBundleThatWasGiven:
    def test_what_lies_beside_it_in_a_cart(self, client: Client, creator: Creator) -> None:
        one, two, beside = some(creator, 3)
        bundle = published([one, two], 500)
        for thing in ({"project": str(beside.pk)}, {"bundle": str(bundle.pk)}):
            client.post(reverse("cart_add"), thing)
        holds(bundle, one, beside)
        assert "A bundle in your cart has this already." in said(client.get(reverse("cart")))
        assert client.get(reverse("checkout", args=["EUR"])).url == reverse("cart")
        cart = Cart.objects.get()
        with pytest.raises(services.PriceChanged):
            placed(cart)
        services.cart_remove(cart=cart, item_id=CartItem.objects.get(project=beside).pk)
        order, _payment = placed(cart)
        assert (order.total_minor, order.lines.count()) == (500, 2)

    def test_what_another_one_holds(self, creator: Creator) -> None:
        one, two, three, four = some(creator, 4)
        first, second = published([one, two], 500), published([three, four], 500, name="Another")
        cart = services.cart_for(user=None)
        for bundle in (first, second):
            services.cart_add(cart=cart, bundle=bundle)
        holds(second, two, three)
        found = quotes.wishes(quotes.cart_items(cart))
        assert [bool(wish.problem) for wish in found] == [False, True]

    def test_a_part_in_another_currency(self, creator: Creator) -> None:
        one, two = some(creator, 2)
        bundle = published([one, two], 500)
        cart = services.cart_for(user=None)
        services.cart_add(cart=cart, bundle=bundle)
        Project.objects.filter(pk=two.pk).update(currency="JPY", price_minor=100_000)
        # It would claim to save a thousand euros.
        assert not bundles_of(creator)
        (wish,) = quotes.wishes(quotes.cart_items(cart))
        assert wish.problem


def test_a_code_stays_for_what_is_left_in_another_currency() -> None:
    PromoCode.objects.create(code="TEN", kind="percent", percent=10)
    cart = filled(priced(1000), priced(2000, currency="USD"), code="TEN")
    order, _payment = placed(cart)
    assert order.total_minor == 900
    assert quoted(cart, "USD").total_minor == 1800
    placed(cart, currency="USD")
    cart.refresh_from_db()
    assert cart.promo_code == ""


@pytest.mark.parametrize("stored", ["ВЕСНА10", "весна10", "Весна10"])
@pytest.mark.parametrize("typed", ["ВЕСНА10", "весна10", "Весна10"])
def test_a_code_in_whatever_case_of_whatever_letters(stored: str, typed: str) -> None:
    PromoCode.objects.create(code=stored, kind="percent", percent=10)
    assert quoted(filled(priced(1000), code=typed)).total_minor == 900


def test_an_offer_is_in_the_currency_of_then() -> None:
    """Five hundred roubles are no five hundred euros, neither in the cart nor back in it."""
    project = priced(0, price_kind="open", currency="RUB", suggested_minor=70_000)
    cart = services.cart_for(user=None)
    services.cart_add(cart=cart, project=project, offered_minor=50_000)
    order, _payment = placed(cart, currency="RUB")
    assert order.total_minor == 50_000
    services.cart_add(cart=cart, project=project, offered_minor=50_000)
    Project.objects.update(currency="EUR", suggested_minor=700)
    assert quoted(cart).total_minor == 700
    again = services.cart_for(user=None)
    services.order_back_to_cart(order_id=order.pk, cart=again)
    assert quoted(again).total_minor == 700


def test_what_cannot_go_back_into_the_cart_is_told(client: Client) -> None:
    gone, stays = priced(1000, name="Gone"), priced(500, name="Stays")
    order, _payment = placed(filled(gone, stays))
    Project.objects.filter(pk=gone.pk).update(status="archived")
    text = said(client.post(f"{order.guest_url}change/", follow=True))
    assert "This could not be put into your cart again: Gone." in text
    assert "What you had ordered is in your cart again." not in text


def test_why_a_provider_will_not_begin_is_for_the_staff(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise Refused("Account acct_123 has no name (req_1).")

    monkeypatch.setattr(Sandbox, "start", refused)
    order, payment = placed(filled(priced(1000)))
    with pytest.raises(Refused):
        started(payment)
    payment.refresh_from_db()
    assert "acct_123" in payment.note
    text = said(client.get(order.guest_url))
    assert "The payment has failed" in text
    assert "acct_123" not in text


class TestTimeIsUp:
    def test_for_one_that_got_more_time_meanwhile(self, monkeypatch: pytest.MonkeyPatch) -> None:
        order, payment = placed(filled(priced(1000)), provider="transfer")
        Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        def slow(pk: Any) -> Order:
            """Before the lock was there, the buyer chose to send the money."""
            monkeypatch.undo()
            started(payment)
            return locked_order(pk)

        monkeypatch.setattr(placing, "locked_order", slow)
        services.orders_expire()
        order.refresh_from_db()
        assert order.status == Order.Status.OPEN
        assert order.expires_at > timezone.now()

    def test_and_it_is_bought_anew_so_late_money_goes_back(self) -> None:
        order, payment = placed(filled(priced(1000)), provider="transfer")
        started(payment)
        services.order_cancel(order_id=order.pk, expired=True)
        cart = services.cart_for(user=None)
        services.order_back_to_cart(order_id=order.pk, cart=cart)
        again, paid = placed(cart, provider="transfer")
        for one in (paid, payment):
            payment_confirm_by_hand(payment_id=one.pk)
        order.refresh_from_db()
        again.refresh_from_db()
        assert (order.status, again.status) == (Order.Status.CANCELLED, Order.Status.PAID)
        assert ledger_faults() == []


def test_forgotten_carts_go_some_at_a_time() -> None:
    for _number in range(3):
        filled(priced(0))
    Cart.objects.update(changed_at=timezone.now() - timedelta(days=40))
    before = timezone.now() - timedelta(days=30)
    assert [services.carts_forget(before=before, at_once=2) for _round in range(3)] == [2, 1, 0]
