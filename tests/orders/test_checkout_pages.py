"""The checkout over HTTP: from a cart to the provider's page."""

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.catalog.models import Project, Status
from showpiece.orders.models import CartItem, Order, PromoCode, TaxRate
from showpiece.payments import limits
from showpiece.payments.models import Payment, SandboxSession
from showpiece.payments.providers.base import Unavailable
from showpiece.payments.providers.sandbox import Sandbox
from tests.factories import ProjectFactory, UserFactory
from tests.orders.shop import placed, priced

pytestmark = pytest.mark.django_db

EUR = "/checkout/EUR/"
GUEST = "guest@example.org"


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


@pytest.fixture
def user(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def put(client: Client, *projects: Project) -> None:
    for project in projects:
        assert client.post(reverse("cart_add"), {"project": str(project.pk)}).status_code == 302


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(key|seen|was|provider)" value="([^"]*)"', html))


def filled_in(client: Client, path: str = EUR, **more: Any) -> dict[str, Any]:
    """What a browser would send of the form as it is shown."""
    answer = client.get(path)
    assert answer.status_code == 200, getattr(answer, "url", "")
    html = words(answer)
    radios = re.findall(r'name="provider" value="(\w+)" checked', html)
    return {**hidden(html), **({"provider": radios[0]} if radios else {}), "email": GUEST} | more


def send(client: Client, path: str = EUR, **more: Any) -> Any:
    return client.post(path, filled_in(client, path, **more))


class TestPage:
    def test_nothing_to_pay_for_leads_to_the_cart(self, client: Client) -> None:
        assert client.get(EUR).url == "/cart/"
        put(client, priced(1000))
        for path in ("/checkout/USD/", "/checkout/eur/", "/checkout/XXXX/"):
            assert client.get(path).url == "/cart/"

    def test_what_is_shown_to_a_guest_and_to_a_member(self, client: Client) -> None:
        project = priced(1250)
        put(client, project)
        html = words(client.get(EUR))
        assert project.name in html
        assert "Order and pay €12.50" in html
        assert 'name="email"' in html
        assert 'name="country"' not in html
        client.force_login(user := UserFactory())
        html = words(client.get(EUR))
        assert user.email in html
        assert 'name="email"' not in html

    def test_may_lead_to_the_providers_page(self, client: Client, settings: Any) -> None:
        put(client, priced(1000))
        assert "form-action 'self'" in client.get(EUR)["Content-Security-Policy"].split("; ")
        settings.PAYMENT_PROVIDERS, settings.STRIPE_SECRET_KEY = ["stripe"], "sk_test_x"
        assert "form-action 'self' https://checkout.stripe.com" in client.get(EUR)["Content-Security-Policy"]

    def test_is_kept_nowhere(self, client: Client) -> None:
        put(client, priced(1000))
        assert "no-store" in client.get(EUR)["Cache-Control"]

    def test_queries(self, client: Client, user: User, django_assert_max_num_queries: Any) -> None:
        put(client, *(priced(1000) for _ in range(5)))
        client.get(EUR)
        with django_assert_max_num_queries(5):  # session, member, cart, items, bought
            client.get(EUR)
        TaxRate.objects.create(country="DE", percent=19)
        PromoCode.objects.create(code="TEN", kind="percent", percent=10)
        client.post(reverse("cart_promo"), {"code": "TEN"})
        with django_assert_max_num_queries(8):  # the code, for what it holds, the rate
            assert "DE" in words(client.post(EUR, {"update": "1", "country": "DE"}))


class TestOrdering:
    def test_a_guest_pays_in_the_sandbox(self, client: Client, mailoutbox: list[Any]) -> None:
        project = priced(1250)
        put(client, project)
        answer = send(client)
        assert answer.status_code == 303
        order = Order.objects.get()
        session = SandboxSession.objects.get()
        assert answer.url == reverse("sandbox", args=[session.name])
        assert (order.email, order.user, order.total_minor, order.status) == (GUEST, None, 1250, "open")
        assert not CartItem.objects.exists()
        assert "cart-link" not in words(client.get("/"))
        assert "€12.50" in words(client.get(answer.url))
        back = client.post(answer.url, {"action": "pay"})
        assert back.url == f"http://testserver{order.guest_url}return/{Payment.objects.get().pk}/"
        there = client.get(back.url)
        assert (there.status_code, there.url) == (303, order.guest_url)
        html = words(client.get(order.guest_url))
        assert "Thank you!" in html
        assert "•••• 4242" in html
        (mail,) = [mail for mail in mailoutbox if mail.to == [GUEST]]
        assert order.guest_url in mail.body

    def test_a_member_gets_a_free_one_at_once(self, client: Client, user: User) -> None:
        put(client, priced(0))
        answer = send(client)
        order = Order.objects.get()
        assert (order.user, order.status, order.email) == (user, "paid", user.email)
        assert answer.url == f"{order.get_absolute_url()}return/{Payment.objects.get().pk}/"
        assert "Your order is complete." in words(client.get(answer.url, follow=True))

    def test_a_promo_code_makes_it_free(self, client: Client) -> None:
        PromoCode.objects.create(code="GIFT", kind="free")
        put(client, priced(1000))
        client.post(reverse("cart_promo"), {"code": "gift"})
        html = words(client.get(EUR))
        assert "\N{MINUS SIGN}€10.00" in html
        assert "Get it for free" in html
        send(client)
        assert (Order.objects.get().status, Order.objects.get().total_minor) == ("paid", 0)

    def test_transfer_says_what_comes_next(self, client: Client, settings: Any) -> None:
        settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
        settings.BANK_DETAILS = "IBAN DE00 1234\nSome Bank"
        put(client, priced(1000))
        answer = send(client, provider="transfer")
        html = words(client.get(answer.url, follow=True))
        order = Order.objects.get()
        assert "Please send the money now" in html
        assert "IBAN DE00 1234<br>Some Bank" in html
        assert f"<b>{order.number}</b>" in html

    def test_sent_twice_and_again_after_all_is_one_order(self, client: Client) -> None:
        put(client, priced(1000))
        form = filled_in(client)
        first, second = client.post(EUR, form), client.post(EUR, form)
        assert first.url == second.url
        client.post(first.url, {"action": "pay"})
        client.get(Order.objects.get().guest_url)
        order, payment = Order.objects.get(), Payment.objects.get()
        client.get(f"{order.guest_url}return/{payment.pk}/")
        again = client.post(EUR, form)  # the back button, and pressed once more
        assert again.status_code == 303
        assert Order.objects.count() == Payment.objects.count() == SandboxSession.objects.count() == 1
        assert Payment.objects.get().status == "confirmed"

    def test_only_what_is_in_that_currency(self, client: Client) -> None:
        put(client, priced(1000), priced(700, currency="USD"))
        send(client)
        assert Order.objects.get().total_minor == 1000
        assert CartItem.objects.get().project.currency == "USD"  # type: ignore[union-attr]
        assert re.search(r'class="cart-count">1<', words(client.get("/")))


class TestWhatChanged:
    def test_price(self, client: Client) -> None:
        project = priced(1000)
        put(client, project)
        form = filled_in(client)
        project.price_minor = 1500
        project.save()
        answer = client.post(EUR, form)
        html = words(answer)
        assert answer.status_code == 200
        assert "The total was €10.00 and is €15.00 now." in html
        assert f'value="{GUEST}"' in html
        assert not Order.objects.exists()
        assert hidden(html)["key"] == form["key"]
        assert client.post(EUR, form | hidden(html)).status_code == 303
        assert Order.objects.get().total_minor == 1500

    def test_archived_in_between(self, client: Client) -> None:
        project = priced(1000)
        put(client, project, priced(500))
        form = filled_in(client)
        project.status = Status.ARCHIVED
        project.save()
        answer = client.post(EUR, form, follow=True)
        assert answer.redirect_chain == [("/cart/", 302)]
        assert "cannot be bought any more" in words(answer)
        assert not Order.objects.exists()

    def test_code_that_this_guest_has_used(self, client: Client) -> None:
        PromoCode.objects.create(code="ONCE", kind="percent", percent=50, max_uses_each=1)
        for number in range(2):
            put(client, priced(1000))
            client.post(reverse("cart_promo"), {"code": "ONCE"})
            form = filled_in(client)
            answer = client.post(EUR, form)
            if number == 0:
                assert answer.status_code == 303
        html = words(answer)
        assert "You have used this promo code already." in html
        assert "The total was €5.00 and is €10.00 now." in html
        assert client.post(EUR, form | hidden(html)).status_code == 303
        assert sorted(Order.objects.values_list("total_minor", flat=True)) == [500, 1000]


class TestTax:
    @pytest.fixture(autouse=True)
    def rates(self) -> None:
        TaxRate.objects.create(country="DE", name="VAT", percent=19)
        TaxRate.objects.create(country="US", name="Sales tax", percent="8.875", included=False)

    def test_shown_before_it_is_agreed_to(self, client: Client) -> None:
        put(client, priced(1000))
        html = words(client.get(EUR))
        assert "Before tax, until you choose your country." in html
        assert '<option value="DE">Germany' in html
        html = words(client.post(EUR, {"update": "1", "country": "US", "email": "a@", "key": str(uuid.uuid4())}))
        assert "Sales tax 8.875%" in html
        assert "Order and pay €10.89" in html
        assert "Enter a valid" not in html
        assert 'value="a@"' in html
        html = words(client.post(EUR, {"update": "1", "country": "DE"}))
        assert "VAT 19% in it" in html
        assert "Order and pay €10.00" in html

    def test_straight_away_is_asked_once_more(self, client: Client) -> None:
        put(client, priced(1000))
        form = filled_in(client, country="US")
        html = words(client.post(EUR, form))
        assert "The total was €10.00 and is €10.89 now." in html
        assert client.post(EUR, form | hidden(html)).status_code == 303
        order = Order.objects.get()
        assert (order.country, order.tax_minor, order.total_minor) == ("US", 89, 1089)

    def test_what_is_free_is_not_asked_once_more(self, client: Client) -> None:
        put(client, ProjectFactory())
        assert send(client, country="DE").status_code == 303
        assert Order.objects.get().total_minor == 0

    @pytest.mark.parametrize("country", ["", "XX", "D", "DEU", "\x00\x00"])
    def test_country_has_to_be_one(self, client: Client, country: str) -> None:
        put(client, priced(1000))
        answer = send(client, country=country)
        assert answer.status_code == 422
        assert 'id="id_country_error"' in words(answer)
        assert "Nothing is ordered yet. Please look at what is marked below." in words(answer)
        assert "Error: Checkout" in words(answer)
        assert not Order.objects.exists()


class TestBadInput:
    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({"email": ""}, 422),
            ({"email": "nobody"}, 422),
            ({"email": "a\x00@example.org"}, 422),
            ({"email": f"{'x' * 250}@example.org"}, 422),
            ({"provider": ""}, 422),
            ({"provider": "nothing"}, 422),
            ({"provider": "free"}, 422),
            ({"provider": "stripe"}, 422),
            ({"key": ""}, 422),
            ({"key": "x"}, 422),
            ({"key": "\x00"}, 422),
            ({"seen": ""}, 422),
            ({"was": "NaN"}, 422),
            ({"seen": "0" * 32}, 200),
        ],
    )
    def test_is_an_error_on_the_page(self, client: Client, fields: dict[str, str], status: int) -> None:
        put(client, priced(1000))
        answer = send(client, **fields)
        assert answer.status_code == status
        assert not Order.objects.exists()
        assert CartItem.objects.exists()
        assert client.post(EUR, filled_in(client)).status_code == 303

    def test_member_cannot_name_another_address(self, client: Client, user: User) -> None:
        put(client, priced(1000))
        send(client, email="victim@example.org")
        assert Order.objects.get().email == user.email

    def test_key_of_somebody_elses_order(self, client: Client) -> None:
        from tests.orders.shop import filled

        theirs, _payment = placed(filled(priced(500)), email="other@example.org")
        put(client, priced(1000))
        answer = send(client, key=str(theirs.key))
        assert answer.status_code == 409
        html = words(answer)
        assert theirs.number not in html
        assert hidden(html)["key"] != str(theirs.key)
        assert Order.objects.count() == 1

    def test_no_token(self) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(EUR, {}).status_code == 403


class TestProviderThatDoesNotAnswer:
    def test_nothing_is_lost(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        def silent(*_: Any, **__: Any) -> None:
            raise Unavailable("no answer")

        put(client, priced(1000))
        with monkeypatch.context() as patch:
            patch.setattr(Sandbox, "start", silent)
            answer = send(client)
        order = Order.objects.get()
        assert answer.url == order.guest_url
        html = words(client.get(order.guest_url))
        assert "Nothing was taken" in html
        assert "Not paid yet" in html
        form = {"key": str(uuid.uuid4()), "provider": "sandbox"}
        answer = client.post(f"{order.guest_url}pay/", form)
        # The same attempt, as the provider may have heard the first one.
        assert Payment.objects.count() == 1
        assert answer.url == reverse("sandbox", args=[SandboxSession.objects.get().name])


class TestLimits:
    def test_free_orders_in_the_name_of_another(self, client: Client) -> None:
        project = priced(0)
        for number in range(6):
            put(client, project)
            answer = send(client, email="Victim@example.org" if number % 2 else "victim@example.org")
        assert answer.status_code == 429
        assert "a lot of orders" in words(answer)
        assert Order.objects.count() == 5
        assert CartItem.objects.exists()

    def test_orders_of_one_address(self, client: Client) -> None:
        project = priced(1000)
        put(client, project)
        for number in range(30):
            form = filled_in(client, email=f"b{number}@example.org")
            assert client.post(EUR, form).status_code == 303
            put(client, project)
        assert send(client, email="last@example.org").status_code == 429
        # What was ordered already is shown all the same.
        assert client.post(EUR, form).status_code == 303

    def test_payments_that_fail(self, client: Client) -> None:
        put(client, priced(1000))
        page = send(client).url
        order = Order.objects.get()
        for _ in range(10):
            client.post(page, {"action": "decline"})
            client.get(f"{order.guest_url}return/{Payment.objects.latest('pk').pk}/")
            client.get(f"{order.guest_url}return/{Payment.objects.latest('pk').pk}/")
            page = client.post(f"{order.guest_url}pay/", {"key": str(uuid.uuid4()), "provider": "sandbox"}).url
        assert page == order.guest_url
        assert "You have tried to pay too often." in words(client.get(page))
        put(client, priced(1000))
        assert send(client).status_code == 429

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("unknown", "unknown"),
        ],
    )
    def test_network(self, address: str, network: str) -> None:
        assert limits.network_of(address) == network
