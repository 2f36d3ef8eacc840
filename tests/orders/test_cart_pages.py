"""The cart's pages, and the way into it from a project's page."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import PriceKind, Project, Status
from showpiece.orders.models import Bundle, BundleProject, Cart, CartItem, PromoCode, TaxRate
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_settle
from tests.factories import ProjectFactory, UserFactory
from tests.orders.shop import filled, paid_order, paid_report, priced

pytestmark = pytest.mark.django_db

CART = "/cart/"


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


def add(client: Client, project: Project, **more: str) -> Any:
    return client.post(reverse("cart_add"), {"project": str(project.pk)} | more)


def shown(client: Client, path: str = CART) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


class TestProjectPage:
    def test_visitor_puts_it_in_and_sees_that_it_is(self, client: Client) -> None:
        project = priced(1250)
        html = shown(client, project.get_absolute_url())
        assert "Add to cart" in html
        assert "cart-link" not in html
        assert add(client, project).url == CART
        html = shown(client, project.get_absolute_url())
        assert "In your cart" in html
        assert "Add to cart" not in html
        assert re.search(r'class="cart-count">1<', html)

    def test_free_open_and_bought(self, client: Client) -> None:
        assert "Get it for free" in shown(client, priced(0).get_absolute_url())
        wanted = priced(500, price_kind=PriceKind.OPEN, suggested_minor=900)
        html = shown(client, wanted.get_absolute_url())
        assert 'name="amount"' in html
        assert 'value="9.00"' in html
        assert "At least €5.00" in html
        user, project = UserFactory(), priced(1000)
        order, _payment = paid_order(project, user=user)
        client.force_login(user)
        html = shown(client, project.get_absolute_url())
        assert "You have bought this" in html
        assert order.get_absolute_url() in html

    @pytest.mark.parametrize("fields", [{"status": Status.DRAFT, "published_at": None}, {"status": Status.ARCHIVED}])
    def test_what_is_not_on_display_is_not_sold_to_its_owner_either(self, client: Client, fields: Any) -> None:
        project = priced(1000, **fields)
        client.force_login(project.creator.user)
        assert "Add to cart" not in shown(client, project.get_absolute_url())

    def test_preview_is_not_sold(self, client: Client) -> None:
        project = priced(1000, status=Status.DRAFT, published_at=None, preview_key="k" * 32)
        assert "Add to cart" not in shown(client, reverse("project_preview", args=[project.pk, "k" * 32]))

    def test_it_costs_no_query_to_have_no_cart(self, client: Client) -> None:
        project = priced(1000)
        shown(client, project.get_absolute_url())
        with CaptureQueriesContext(connection) as seen:
            shown(client, project.get_absolute_url())
        assert not [query for query in seen.captured_queries if "orders_cart" in query["sql"]]


class TestAdding:
    @pytest.mark.parametrize(
        "fields",
        [
            {"status": Status.DRAFT, "published_at": None},
            {"status": Status.ARCHIVED},
            {"published_at": timezone.now() + timedelta(days=1)},
            {"creator__status": Status.ARCHIVED},
            {"category__status": Status.ARCHIVED},
        ],
    )
    def test_crafted_for_what_is_not_on_display(self, client: Client, fields: dict[str, Any]) -> None:
        assert add(client, priced(1000, **fields)).status_code == 404
        assert not CartItem.objects.exists()

    @pytest.mark.parametrize("value", ["", "x", str(uuid.UUID(int=1)), "0" * 500, "\x00"])
    @pytest.mark.parametrize("name", ["project", "bundle"])
    def test_of_nothing(self, client: Client, name: str, value: str) -> None:
        assert client.post(reverse("cart_add"), {name: value}).status_code == 404
        assert client.get(reverse("cart_add")).status_code == 405
        assert not Cart.objects.exists()

    @pytest.mark.parametrize(
        ("amount", "told"),
        [
            ("-10", "cannot be negative"),
            ("0", "The least is €5.00"),
            ("4.99", "The least is €5.00"),
            ("1000000000000", "The most is"),
            ("9.999", "at most 2 decimals"),
            ("NaN", "Please enter an amount"),
            ("1e3", "Please enter an amount"),
            ("٣", "Please enter an amount"),
            ("9" * 31, "at most 30 characters"),
        ],
    )
    def test_amounts_that_are_none(self, client: Client, amount: str, told: str) -> None:
        project = priced(500, price_kind=PriceKind.OPEN)
        answer = add(client, project, amount=amount)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert 'aria-invalid="true"' in answer.content.decode()
        assert not CartItem.objects.exists()

    def test_amounts_that_are(self, client: Client) -> None:
        project = priced(500, price_kind=PriceKind.OPEN, suggested_minor=900)
        add(client, project)
        assert "€9.00" in shown(client)
        add(client, project, amount="7.5")
        assert CartItem.objects.get().offered_minor == 750
        assert "€7.50" in shown(client)

    def test_nobody_names_the_price_of_a_fixed_one(self, client: Client) -> None:
        add(client, priced(1000), amount="0.01")
        assert "€10.00" in shown(client)

    def test_a_bundle(self, client: Client) -> None:
        project = priced(1000)
        bundle = Bundle.objects.create(
            creator=project.creator, slug="all", name="All of it", price_minor=700, currency="EUR", status="published"
        )
        BundleProject.objects.create(bundle=bundle, project=project)
        client.post(reverse("cart_add"), {"bundle": str(bundle.pk)})
        html = shown(client)
        assert "All of it" in html
        assert bundle.get_absolute_url() in html
        assert "€7.00" in html
        answer = add(client, project)
        assert "A bundle in your cart has this already." in shown(client, answer.url)


class TestCart:
    def test_empty(self, client: Client) -> None:
        assert "Your cart is empty" in shown(client)
        assert not Cart.objects.exists()

    def test_one_order_a_currency(self, client: Client) -> None:
        for project in (priced(1000), priced(2000), priced(700, currency="USD")):
            add(client, project)
        html = shown(client)
        assert "€30.00" in html
        assert "$7.00" in html
        assert reverse("checkout", args=["EUR"]) in html
        assert reverse("checkout", args=["USD"]) in html

    def test_what_cannot_be_bought_any_more_is_told_and_holds_up_its_currency(self, client: Client) -> None:
        gone, other = priced(1000, name="Gone one"), priced(500)
        for project in (gone, other):
            add(client, project)
        gone.status = Status.ARCHIVED
        gone.save()
        html = shown(client)
        assert "Gone one" in html
        assert "This is not on sale any more." in html
        assert gone.get_absolute_url() not in html
        assert reverse("checkout", args=["EUR"]) not in html
        client.post(reverse("cart_remove"), {"item": str(CartItem.objects.get(project=gone).pk)})
        html = shown(client)
        assert "Gone one" not in html
        assert reverse("checkout", args=["EUR"]) in html

    def test_taking_out(self, client: Client) -> None:
        add(client, priced(1000))
        item = CartItem.objects.get()
        other = Client()
        add(other, priced(500))
        other.post(reverse("cart_remove"), {"item": str(item.pk)})
        assert CartItem.objects.filter(pk=item.pk).exists()
        for _ in range(2):
            assert client.post(reverse("cart_remove"), {"item": str(item.pk)}).status_code == 302
        assert "Your cart is empty" in shown(client)
        assert "cart-link" not in shown(client)
        assert client.post(reverse("cart_remove"), {"item": "x"}).status_code == 404

    def test_owned(self, client: Client) -> None:
        user, project = UserFactory(), priced(1000)
        paid_order(project, user=user)
        client.force_login(user)
        filled(project, user=user)
        assert "You have bought this before." in shown(client)

    def test_what_was_given_back_can_be_bought_again(self, client: Client) -> None:
        user, project = UserFactory(), priced(1000)
        order, payment = paid_order(project, user=user)
        report = RefundReport("re_1", 1000, State.CONFIRMED)
        client.force_login(user)
        assert "Add to cart" not in shown(client, project.get_absolute_url())
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        html = shown(client, project.get_absolute_url())
        assert "Add to cart" in html
        assert order.get_absolute_url() not in html
        filled(project, user=user)
        assert "You have bought this before." not in shown(client)

    def test_signing_in_brings_the_count_along(self, client: Client) -> None:
        user = UserFactory()
        filled(priced(100), priced(200), user=user)
        add(client, priced(1000))
        client.force_login(user)
        assert re.search(r'class="cart-count">3<', shown(client, "/"))

    def test_another_ones_cart_by_a_forged_id(self, client: Client) -> None:
        mine = filled(priced(1000), user=UserFactory())
        session = client.session
        session["cart"] = str(mine.pk)
        session.save()
        assert "Your cart is empty" in shown(client)

    def test_tax_is_announced_only_where_there_is_one(self, client: Client) -> None:
        add(client, priced(1000))
        assert "Tax depends on your country" not in shown(client)
        TaxRate.objects.create(country="DE", percent=19)
        assert "Tax depends on your country" in shown(client)

    def test_queries(self, client: Client, django_assert_max_num_queries: Any) -> None:
        user = UserFactory()
        client.force_login(user)
        projects = [priced(1000 + number) for number in range(6)]
        cart = filled(*projects, user=user)
        shown(client)
        with django_assert_max_num_queries(6):  # session, member, cart, items, bought, covers
            shown(client)
        PromoCode.objects.create(code="TEN", kind="percent", percent=10)
        Cart.objects.filter(pk=cart.pk).update(promo_code="TEN")
        with django_assert_max_num_queries(8):  # the code, and for what it holds
            assert "TEN" in shown(client)


class TestPromoCode:
    @pytest.fixture
    def code(self) -> PromoCode:
        return PromoCode.objects.create(code="Spring", kind="percent", percent=20)

    def apply(self, client: Client, code: str) -> Any:
        return client.post(reverse("cart_promo"), {"code": code})

    def test_counts_in_whatever_case_and_goes_again(self, client: Client, code: PromoCode) -> None:
        add(client, priced(1000))
        assert self.apply(client, "spring").url == CART
        html = shown(client)
        assert "\N{MINUS SIGN}€2.00" in html
        assert "€8.00" in html
        client.post(reverse("cart_promo"), {"remove": "1"})
        assert "\N{MINUS SIGN}€2.00" not in shown(client)

    @pytest.mark.parametrize("typed", ["nothing", "x" * 21, "x\x00y", "' OR 1=1"])
    def test_unknown_is_told_at_the_field(self, client: Client, typed: str) -> None:
        add(client, priced(1000))
        answer = self.apply(client, typed)
        html = answer.content.decode() if answer.status_code == 422 else shown(client)
        assert 'id="id_code_error"' in html
        assert "€10.00" in html

    def test_reason_is_told(self, client: Client, code: PromoCode) -> None:
        add(client, priced(1000))
        code.ends_at = timezone.now() - timedelta(hours=1)
        code.save()
        self.apply(client, "Spring")
        html = shown(client)
        assert "This promo code is over." in html
        assert 'aria-invalid="true"' in html

    def test_for_one_currency_of_two(self, client: Client) -> None:
        PromoCode.objects.create(code="FIVE", kind="amount", amount_minor=500, currency="EUR")
        for project in (priced(1000), priced(700, currency="USD")):
            add(client, project)
        self.apply(client, "FIVE")
        html = shown(client)
        assert "€5.00" in html
        assert "This promo code is for prices in EUR." in html
        assert 'id="id_code_error"' not in html

    def test_not_tried_without_end(self, client: Client, settings: Any) -> None:
        add(client, priced(1000))
        statuses = [self.apply(client, f"guess{number}").status_code for number in range(21)]
        assert statuses[:20] == [302] * 20
        answer = self.apply(client, "another")
        assert answer.status_code == 429
        assert "a lot of codes" in answer.content.decode()
        assert Cart.objects.get().promo_code == "guess19"

    def test_without_a_cart(self, client: Client) -> None:
        assert self.apply(client, "Spring").status_code == 302
        assert not Cart.objects.exists()


def test_long_names_and_markup_stay_text(client: Client) -> None:
    add(client, ProjectFactory(price_kind="fixed", price_minor=1, name='<script>alert("x")</script>'))
    assert "<script>alert" not in shown(client)
