"""Limits: against those who write to strangers, guess codes and fill tables; and not against honest buyers."""

import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from showpiece.orders import services
from showpiece.orders.models import Cart, Order, PromoCode
from showpiece.payments.models import Payment
from showpiece.payments.providers.sandbox import Sandbox
from showpiece.payments.services import payment_withdraw
from tests.catalog.studio import said, signed_in
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import filled, placed, priced
from tests.orders.test_checkout_pages import put, send, words

pytestmark = pytest.mark.django_db
VICTIM = "victim@example.org"


@pytest.fixture(autouse=True)
def _transfer(settings: Any) -> None:
    cache.clear()
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


class TestMailsToStrangers:
    def test_by_orders_that_are_paid_by_transfer(self, client: Client, mailoutbox: list[Any]) -> None:
        for _number in range(6):
            put(client, priced(1000))
            answer = send(client, email=VICTIM, provider="transfer")
        assert answer.status_code == 429
        assert len(mailoutbox) == 5

    @pytest.mark.parametrize(("verified", "taken"), [(True, 8), (False, 5)])
    def test_is_nobody_who_has_shown_that_the_address_is_theirs(
        self, client: Client, verified: bool, taken: int
    ) -> None:
        user = UserFactory()
        EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
        client.force_login(user)
        for _number in range(8):
            put(client, priced(0))
            send(client)
        assert Order.objects.filter(user=user, status="paid").count() == taken

    def test_by_choosing_a_transfer_later(self, client: Client, mailoutbox: list[Any]) -> None:
        for _number in range(6):
            put(client, priced(1000))
            assert send(client, email=VICTIM, provider="sandbox").status_code == 303
            order = Order.objects.latest("pk")
            client.post(f"{order.guest_url}pay/", {"key": str(uuid.uuid4()), "provider": "transfer"})
        assert len(mailoutbox) == 5

    def test_one_order_writes_once_however_often_it_is_tried(self, client: Client, mailoutbox: list[Any]) -> None:
        put(client, priced(1000))
        send(client, email=VICTIM, provider="transfer")
        order = Order.objects.get()
        for _number in range(6):
            body = {"key": str(uuid.uuid4()), "provider": "transfer"}
            answer = client.post(f"{order.guest_url}pay/", body, follow=True)
            assert "too often" not in words(answer)
        assert len(mailoutbox) == 1


def test_looking_tells_nobody_who_has_used_a_code(client: Client) -> None:
    """Who wants to know that has to order, which counts."""
    PromoCode.objects.create(code="ONCE", kind="percent", percent=10, max_uses_each=1)
    placed(filled(priced(1000), code="ONCE"), email=VICTIM)
    put(client, priced(1000))
    client.post(reverse("cart_promo"), {"code": "ONCE"})
    for change in ({"update": "1"}, {"provider": ""}, {"key": "none"}):
        assert "used this promo code already" not in words(send(client, email=VICTIM, **change))
    assert "used this promo code already" in words(send(client, email=VICTIM))


def test_cancelling_is_no_payment_that_failed(client: Client) -> None:
    for number in range(11):  # an order each, of another address
        put(client, priced(1000))
        assert send(client, provider="sandbox", email=f"b{number}@example.org").status_code == 303
        order, payment = Order.objects.latest("pk"), Payment.objects.latest("pk")
        client.post(f"{order.guest_url}cancel/")
        payment_withdraw(payment_id=payment.pk)
        client.get(f"{order.guest_url}return/{payment.pk}/")
    payment.refresh_from_db()
    assert payment.status == "failed"


def test_a_reload_after_it_is_paid_asks_nobody(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    put(client, priced(1000))
    page = send(client, provider="sandbox").url
    back = client.post(page, {"action": "pay"}).url
    order = Order.objects.get()
    assert "Thank you!" in words(client.get(back, follow=True))
    monkeypatch.setattr(Sandbox, "look", lambda *_: pytest.fail("the provider was asked"))
    assert client.get(back).url == order.guest_url


def test_many_behind_one_address_use_one_code() -> None:
    PromoCode.objects.create(code="SPRING", kind="percent", percent=10)
    project = priced(1000)
    for _number in range(31):
        somebody = Client()
        put(somebody, project)
        assert somebody.post(reverse("cart_promo"), {"code": "spring"}).status_code == 302
    guesser = Client()
    put(guesser, project)
    statuses = [guesser.post(reverse("cart_promo"), {"code": f"x{number}"}).status_code for number in range(21)]
    assert statuses == [302] * 20 + [429]


def test_creators_do_not_guess_the_codes_of_others(settings: Any) -> None:
    """That a name is taken is told to whoever wants it for a code of their own."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "name_promo_code": "3/h/user"}
    creator = CreatorFactory()
    promo = services.promo_create(creator=creator, code="OWN", kind="percent", percent=10)
    services.promo_create(code="TAKEN", kind="free")
    ann = signed_in(creator.user)
    body = {"kind": "percent", "percent": "20", "currency": "EUR"}
    texts = [said(ann.post(reverse("studio_code_new"), body | {"code": code})) for code in ("TAKEN",) * 4]
    assert ["There is such a code already." in text for text in texts] == [True] * 3 + [False]
    assert "You have tried a lot of codes." in texts[-1]
    # One's own is changed all the same.
    assert ann.post(reverse("studio_code", args=[promo.pk]), body | {"code": "OWN"}).status_code == 302


def test_carts_of_who_keeps_no_cookies(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "begin_cart": "3/h/ip"}
    project = priced(1000)
    for _number in range(3):
        put(Client(), project)
    answer = Client().post(reverse("cart_add"), {"project": str(project.pk)}, follow=True)
    assert "Please sign in, or try again in an hour." in words(answer)
    assert Cart.objects.count() == 3
