"""Filling a cart, and taking it along."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import Status
from showpiece.orders import quotes, services
from showpiece.orders.models import Bundle, BundleProject, Cart, CartItem
from tests.factories import ProjectFactory, UserFactory
from tests.orders.shop import filled, placed, priced, quoted

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough secret"


def bundled(*projects: Any, minor: int = 500) -> Bundle:
    bundle = Bundle.objects.create(
        creator=projects[0].creator, slug="all", name="All", price_minor=minor, currency="EUR", status=Status.PUBLISHED
    )
    for project in projects:
        BundleProject.objects.create(bundle=bundle, project=project)
    return bundle


def test_a_thing_is_in_a_cart_once() -> None:
    project = priced()
    assert CartItem.objects.filter(cart=filled(project, project)).count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Status.DRAFT, "published_at": None},
        {"status": Status.ARCHIVED},
        {"published_at": timezone.now() + timedelta(days=1)},
        {"creator__status": Status.ARCHIVED},
        {"category__status": Status.ARCHIVED},
    ],
    ids=["draft", "archived", "scheduled", "creator archived", "category archived"],
)
def test_what_is_not_on_display_is_not_put_in(fields: dict[str, Any]) -> None:
    project = priced(**fields)
    with pytest.raises(ValidationError):
        filled(project)
    assert not CartItem.objects.exists()


def test_what_is_archived_in_the_cart_is_told_and_cannot_be_ordered() -> None:
    project, other = priced(1000), priced(500)
    cart = filled(project, other)
    seen = quoted(cart).digest
    project.status = Status.ARCHIVED
    project.save()
    gone, there = quotes.wishes(quotes.cart_items(cart))
    assert gone.problem
    assert not there.problem
    with pytest.raises(services.PriceChanged):
        placed(cart, seen=seen)
    with pytest.raises(services.PriceChanged):  # also by who agrees to the rest: first it has to go
        placed(cart)
    services.cart_remove(cart=cart, item_id=gone.item.pk)
    order, _payment = placed(cart)
    assert order.total_minor == 500


def test_a_bundle_takes_the_place_of_what_is_in_it() -> None:
    one, other = priced(400), priced(300)
    bundle = bundled(one, other)
    cart = filled(one)
    services.cart_add(cart=cart, bundle=bundle)
    assert [item.bundle for item in quotes.cart_items(cart)] == [bundle]
    with pytest.raises(ValidationError, match="bundle"):
        services.cart_add(cart=cart, project=other)
    with pytest.raises(ValidationError, match="bundle"):
        services.cart_add(cart=cart, bundle=bundled_again(one))
    assert CartItem.objects.count() == 1


def bundled_again(project: Any) -> Bundle:
    bundle = Bundle.objects.create(
        creator=project.creator, slug="more", name="More", price_minor=9, currency="EUR", status=Status.PUBLISHED
    )
    BundleProject.objects.create(bundle=bundle, project=project)
    return bundle


def test_a_cart_has_an_end() -> None:
    cart = filled(*[priced() for _ in range(services.MAX_ITEMS)])
    with pytest.raises(ValidationError, match="at most"):
        services.cart_add(cart=cart, project=priced())


def test_prices_of_two_currencies_are_two_orders() -> None:
    cart = filled(priced(1000), priced(2000, currency="USD"))
    order, _payment = placed(cart)
    assert (order.currency, order.total_minor) == ("EUR", 1000)
    assert quoted(cart, "USD").total_minor == 2000
    order, _payment = placed(cart, currency="USD")
    assert (order.currency, order.total_minor) == ("USD", 2000)


def visitor_with(cart: Cart) -> Client:
    client = Client()
    session = client.session
    session["cart"] = str(cart.pk)
    session.save()
    return client


def test_a_cart_comes_along_when_its_visitor_signs_in() -> None:
    user = UserFactory()
    user.set_password(PASSWORD)
    user.save()
    mine, theirs, both = priced(), priced(), priced()
    filled(mine, both, user=user)
    cart = filled(theirs, both, code="SPRING")
    client = visitor_with(cart)
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code in (200, 302)
    assert "_auth_user_id" in client.session
    members = Cart.objects.get(user=user)
    assert {item.project for item in quotes.cart_items(members)} == {mine, theirs, both}
    assert members.promo_code == "SPRING"
    assert not Cart.objects.filter(pk=cart.pk).exists()
    assert "cart" not in client.session


def test_a_cart_of_a_member_is_nobody_elses() -> None:
    """Whatever a session says."""
    stranger, owner = UserFactory(), UserFactory()
    cart = filled(priced(), user=owner)
    services.cart_take_over(user=stranger, cart_id=cart.pk)
    assert Cart.objects.get(pk=cart.pk).user == owner
    assert services.cart_for(user=None, cart_id=cart.pk) != cart


def test_carts_that_nobody_came_back_to_are_forgotten() -> None:
    old, kept, members = filled(priced()), filled(priced()), filled(priced(), user=UserFactory())
    Cart.objects.exclude(pk=kept.pk).update(changed_at=timezone.now() - timedelta(days=40))
    services.carts_forget(before=timezone.now() - timedelta(days=30))
    assert set(Cart.objects.all()) == {kept, members}
    assert not CartItem.objects.filter(cart=old.pk).exists()
    services.cart_add(cart=old, project=priced())  # a page that was open for a month
    assert CartItem.objects.filter(cart=old.pk).count() == 1


def test_an_order_goes_back_into_the_cart() -> None:
    one = priced(1000)
    free_choice = ProjectFactory(price_kind="open", price_minor=0)
    cart = filled(one)
    services.cart_add(cart=cart, project=free_choice, offered_minor=700)
    order, _payment = placed(cart)
    assert not quotes.cart_items(cart)
    services.order_back_to_cart(order_id=order.pk, cart=cart)
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert quoted(cart).total_minor == 1700


def test_a_code_that_does_not_count_is_no_reason_to_order_nothing() -> None:
    """The page has said so, and shown the sum without it."""
    order, _payment = placed(filled(priced(1000), code="NONE"))
    assert (order.total_minor, order.promo_text) == (1000, "")


def test_what_it_costs_to_read_a_cart_does_not_grow(django_assert_num_queries: Any) -> None:
    bundle = bundled(priced(1), priced(2))
    cart = filled(*[priced() for _ in range(10)])
    services.cart_add(cart=cart, bundle=bundle)
    with django_assert_num_queries(2):
        found = quotes.wishes(quotes.cart_items(cart))
        assert sum(wish.price_minor for wish in found) == 10_500
