"""Guest orders that move into the account of whoever has confirmed their address."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.ids import uuid7
from showpiece.orders import services
from showpiece.orders.models import Entitlement, Order, PromoCode, PromoUse
from showpiece.orders.services import taking_over
from showpiece.payments.services import payment_settle
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced
from tests.orders.test_at_once import together

pytestmark = pytest.mark.django_db
EMAIL = "member@example.org"


@pytest.fixture
def user(client: Client) -> User:
    user: User = UserFactory(email=EMAIL)
    EmailAddress.objects.update_or_create(user=user, email=EMAIL, defaults={"verified": True, "primary": True})
    client.force_login(user)
    return user


def owner(order: Order) -> User | None:
    order.refresh_from_db()
    return order.user


def entitled(order: Order) -> Entitlement:
    return Entitlement.objects.get(line__order=order)


def test_all_at_once_with_what_they_give_a_right_to(client: Client, user: User) -> None:
    code = PromoCode.objects.create(code="SPRING", kind="percent", percent=10)
    orders = [paid_order(priced(1000), email="Member@Example.org")[0] for _ in range(2)]
    orders.append(placed(filled(priced(1000), code="spring"), email=EMAIL)[0])
    entitlement = entitled(orders[0])
    assert "3 orders were placed with your e-mail" in client.get("/orders/").content.decode()
    answer = client.post("/orders/take-over/", follow=True)
    html = answer.content.decode()
    assert "3 orders were added." in html
    assert "were placed with your e-mail" not in html
    assert [owner(order) for order in orders] == [user] * 3
    entitlement.refresh_from_db()
    assert entitlement.user == user
    assert PromoUse.objects.get(code=code).user == user
    assert "There was nothing to add." in client.post("/orders/take-over/", follow=True).content.decode()


def test_what_they_give_a_right_to_is_locked_in_order(client: Client, user: User) -> None:
    for _ in range(2):
        paid_order(priced(1000), email=EMAIL)
    with CaptureQueriesContext(connection) as caught:
        assert services.orders_take_over(user=user) == 2
    asked = re.compile('FROM "orders_entitlement"|UPDATE "orders_entitlement"')
    locked, changed = (query["sql"] for query in caught if asked.search(query["sql"]))
    assert re.search(r'ORDER BY (1|"orders_entitlement"."id") ASC', locked)
    assert ("FOR UPDATE" in locked) is connection.features.has_select_for_update
    assert changed.startswith("UPDATE")


def test_not_for_an_address_that_nobody_has_confirmed(client: Client, user: User) -> None:
    order, _payment = paid_order(priced(1000), email=EMAIL)
    EmailAddress.objects.filter(user=user).update(verified=False)
    assert "placed with your e-mail" not in client.get("/orders/").content.decode()
    client.post("/orders/take-over/")
    assert owner(order) is None


def test_nothing_of_others(client: Client, user: User) -> None:
    other = UserFactory()
    theirs, _payment = paid_order(priced(1000), user=other, email=EMAIL)
    guests, _payment = paid_order(priced(1000), email="other@example.org")
    away, _payment = paid_order(priced(1000), email=EMAIL)
    Order.objects.filter(pk=away.pk).update(archived_at=timezone.now())
    entitlement = entitled(guests)
    client.post("/orders/take-over/")
    assert [owner(order) for order in (theirs, guests, away)] == [other, None, None]
    entitlement.refresh_from_db()
    assert entitlement.user is None


def test_more_than_are_moved_at_once(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_over, "AT_ONCE", 2)
    project = priced(0)
    for _ in range(5):
        paid_order(project, email=EMAIL)
    assert services.orders_take_over(user=user) == 5
    assert Order.objects.filter(user=user).count() == 5
    assert services.orders_take_over(user=user) == 0


def test_many_cost_as_many_queries_as_few(user: User) -> None:
    project, counts = priced(0), []
    for number in (1, 4):
        for _ in range(number):
            paid_order(project, email=EMAIL)
        with CaptureQueriesContext(connection) as queries:
            services.orders_take_over(user=user)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_old_links_lead_through_the_sign_in_to_the_order(client: Client, user: User) -> None:
    order, payment = paid_order(priced(1000), email=EMAIL)
    client.post("/orders/take-over/")
    entitlement = entitled(order).pk
    ways = ["", "receipt/", "receipt.pdf?language=en", f"return/{payment.pk}/"]
    ways += [f"files/{uuid7()}/", f"versions/{entitlement}/"]
    for way in ways:
        answer = Client().get(f"{order.guest_url}{way}")
        assert answer.url == f"{order.get_absolute_url()}{way}"
    signed_out = Client().get(order.guest_url, follow=True)
    assert signed_out.redirect_chain[-1][0] == f"/accounts/login/?next={order.get_absolute_url()}"
    assert client.get(order.guest_url, follow=True).status_code == 200
    others = Client()
    others.force_login(UserFactory())
    assert others.get(order.guest_url, follow=True).status_code == 404
    assert others.get(f"/orders/{order.number}/{'x' * 32}/").status_code == 404


def test_what_was_to_be_done_with_an_old_link_is_done_on_the_orders_page(client: Client, user: User) -> None:
    order, _payment = placed(filled(priced(1000)), email=EMAIL)
    services.orders_take_over(user=user)
    for action in ("pay", "cancel", "change", f"mails/{uuid7()}", f"machines/{uuid7()}/remove"):
        answer = Client().post(f"{order.guest_url}{action}/")
        assert answer.url == order.get_absolute_url()
    assert owner(order) == user
    order.refresh_from_db()
    assert order.status == Order.Status.OPEN


def test_only_members_and_only_by_pressing(client: Client) -> None:
    assert client.post("/orders/take-over/").url == "/accounts/login/?next=/orders/take-over/"
    client.force_login(UserFactory())
    assert client.get("/orders/take-over/").status_code == 405


def test_many_are_told_as_many(client: Client, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showpiece.orders.views_orders.GUESTS_COUNTED", 1)
    project: Any = priced(0)
    for _ in range(2):
        paid_order(project, email=EMAIL)
    assert "Many orders were placed with your e-mail" in client.get("/orders/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_is_paid_while_it_is_taken_over_is_theirs(user: User) -> None:
    for _round in range(3):
        order, payment = placed(filled(priced(1000)), email=EMAIL)
        told = together(
            lambda found=payment: payment_settle(payment_id=found.pk, report=paid_report(found)),
            lambda: services.orders_take_over(user=user),
            lambda: services.orders_take_over(user=user),
        )
        assert told == []
        assert (owner(order), order.status) == (user, Order.Status.PAID)
        assert entitled(order).user == user
