"""Orders as their buyers see them, and what nobody else sees."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.accounts.models import User
from showpiece.catalog.models import Status
from showpiece.orders import services
from showpiece.orders.models import CartItem, Order
from showpiece.payments.models import Payment, SandboxSession
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_fail, payment_refund, payment_settle
from tests.factories import UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, started

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_counts_of_others() -> None:
    cache.clear()


@pytest.fixture
def user(client: Client) -> User:
    user: User = UserFactory()
    client.force_login(user)
    return user


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def unpaid(user: User | None = None, minor: int = 1000) -> tuple[Order, Payment]:
    """An order whose buyer is on the sandbox's page."""
    order, payment = placed(filled(priced(minor), user=user))
    return order, started(payment)


def press(payment: Payment, action: str) -> None:
    Client().post(reverse("sandbox", args=[payment.external_id]), {"action": action})


class TestList:
    def test_own_ones_only_the_newest_first(self, client: Client, user: User) -> None:
        mine = [paid_order(priced(100 + number), user=user)[0].number for number in range(3)]
        theirs, _payment = paid_order(priced(500), user=UserFactory())
        guests, _payment = paid_order(priced(700))
        html = shown(client, "/orders/")
        places = [html.index(number) for number in mine]
        assert places == sorted(places, reverse=True)
        assert theirs.number not in html
        assert guests.number not in html

    def test_states(self, client: Client, user: User) -> None:
        unpaid(user)
        cancelled, _payment = unpaid(user)
        services.order_cancel(order_id=cancelled.pk)
        _order, payment = paid_order(priced(1000), user=user)
        refund = payment_refund(payment_id=payment.pk, amount_minor=1000, key=uuid.uuid4())
        report = RefundReport("re_1", 1000, State.CONFIRMED, key=refund.pk)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        html = shown(client, "/orders/")
        for text in ("Not paid yet", "Cancelled", "Refunded"):
            assert text in html

    def test_empty_archived_and_signed_out(self, client: Client, user: User) -> None:
        assert "You have ordered nothing yet" in shown(client, "/orders/")
        order, _payment = paid_order(priced(1000), user=user)
        Order.objects.update(archived_at=timezone.now())
        assert order.number not in shown(client, "/orders/")
        shown(client, order.get_absolute_url(), 404)
        client.logout()
        assert client.get("/orders/").url == "/accounts/login/?next=/orders/"

    def test_pages_and_queries(self, client: Client, user: User, django_assert_max_num_queries: Any) -> None:
        numbers = [placed(filled(priced(100), priced(200), user=user))[0].number for _ in range(23)]
        shown(client, "/orders/")
        # Session, member, orders, lines, refunds, whether they leave, and what they have bought as a guest.
        with django_assert_max_num_queries(7):
            first = client.get("/orders/")
        page = first.context["page"]
        second = client.get(page.next_url)
        found = [order.number for order in [*page.items, *second.context["page"].items]]
        assert found == numbers[::-1]
        assert second.context["page"].previous_url
        assert client.get("/orders/?after=nonsense").status_code == 404

    def test_is_a_part_of_the_account(self, client: Client, user: User) -> None:
        assert (
            shown(client, reverse("account_overview")).count('href="/orders/"') == 2
        )  # the account's parts, and the menu


class TestWhoSees:
    def test_a_members(self, client: Client) -> None:
        order, _payment = paid_order(priced(1000), user=UserFactory())
        path = order.get_absolute_url()
        assert client.get(path).url == f"/accounts/login/?next={path}"
        client.force_login(UserFactory())
        shown(client, path, 404)
        assert client.get(order.guest_url).url == path  # its secret is in no mail, and opens nothing
        client.force_login(order.user)  # type: ignore[arg-type]
        assert order.number in shown(client, path)

    def test_a_guests(self, client: Client) -> None:
        order, _payment = paid_order(priced(1000))
        answer = client.get(order.guest_url)
        assert answer.status_code == 200
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]
        html = answer.content.decode()
        assert order.secret not in html.split("<main")[0]
        client.force_login(UserFactory())
        shown(client, order.get_absolute_url(), 404)

    @pytest.mark.parametrize("secret", ["x", "x" * 40, "%00", "%F0%9F%98%80", "..", "x" * 2000])
    def test_with_a_wrong_secret(self, client: Client, secret: str) -> None:
        order, payment = unpaid()
        for more in ("", f"return/{payment.pk}/"):
            shown(client, f"/orders/{order.number}/{secret}/{more}", 404)
        for action in ("pay", "cancel", "change"):
            assert client.post(f"/orders/{order.number}/{secret}/{action}/").status_code == 404
        shown(client, f"/orders/AAAA-AAAA/{order.secret}/", 404)

    def test_staff_look_and_do_not_buy(self, client: Client, user: User) -> None:
        order, payment = unpaid(UserFactory())
        path = order.get_absolute_url()
        User.objects.filter(pk=user.pk).update(is_staff=True)
        shown(client, path, 404)
        user.user_permissions.add(Permission.objects.get(codename="view_order"))
        html = shown(client, path)
        assert order.email in html
        assert str(order.user) in html
        assert "Pay now" not in html
        assert "Cancel the order" not in html
        for action in ("pay", "cancel", "change"):
            assert client.post(f"{path}{action}/", {"key": uuid.uuid4(), "provider": "sandbox"}).status_code == 404
        shown(client, f"{path}return/{payment.pk}/", 404)
        Order.objects.update(archived_at=timezone.now())
        shown(client, path)

    def test_payment_of_another_order(self, client: Client, user: User) -> None:
        order, _payment = unpaid(user)
        _other, theirs = unpaid(UserFactory())
        press(theirs, "pay")
        shown(client, f"{order.get_absolute_url()}return/{theirs.pk}/", 404)
        theirs.refresh_from_db()
        assert theirs.status == "pending"

    def test_queries(self, client: Client, user: User, django_assert_max_num_queries: Any) -> None:
        order, _payment = paid_order(*(priced(1000) for _ in range(6)), user=user)
        shown(client, order.get_absolute_url())
        with django_assert_max_num_queries(6):  # session, member, order, payments, lines, refunds
            shown(client, order.get_absolute_url())


class TestStates:
    def test_declined_then_paid(self, client: Client, user: User) -> None:
        order, payment = unpaid(user)
        press(payment, "decline")
        back = f"{order.get_absolute_url()}return/{payment.pk}/"
        html = " ".join(client.get(back, follow=True).content.decode().split())
        assert "The payment has failed" in html
        assert "The card was declined." in html
        form = {"key": str(uuid.uuid4()), "provider": "sandbox"}
        first, twice = (client.post(f"{order.get_absolute_url()}pay/", form) for _ in range(2))
        assert first.url == twice.url
        assert Payment.objects.count() == 2
        client.post(first.url, {"action": "pay"})
        again = Payment.objects.latest("pk")
        assert "Thank you!" in client.get(f"{order.get_absolute_url()}return/{again.pk}/", follow=True).content.decode()

    def test_detour(self, client: Client, user: User) -> None:
        order, payment = unpaid(user)
        page = reverse("sandbox", args=[payment.external_id])
        client.post(page, {"action": "detour"})
        html = shown(client, page)
        assert "Your bank asks you to confirm" in html
        assert "3155" in html
        client.post(page, {"action": "pay"})
        client.get(f"{order.get_absolute_url()}return/{payment.pk}/")
        assert "•••• 3155" in shown(client, order.get_absolute_url())

    def test_later_is_watched_until_it_is_there(self, client: Client, user: User) -> None:
        order, payment = unpaid(user)
        page = reverse("sandbox", args=[payment.external_id])
        client.post(page, {"action": "later"})
        back = f"{order.get_absolute_url()}return/{payment.pk}/"
        html = " ".join(client.get(back, follow=True).content.decode().split())
        assert "Your payment is on its way" in html
        assert 'hx-trigger="every 3s"' in html
        assert 'http-equiv="refresh"' in html
        seen = f"{order.get_absolute_url()}?seen=processing-1"
        assert client.get(seen, headers={"HX-Request": "true"}).status_code == 204
        SandboxSession.objects.update(settles_at=timezone.now() - timedelta(seconds=1))
        client.get(back)
        part = client.get(seen, headers={"HX-Request": "true"}).content.decode()
        assert "Thank you!" in part
        assert "<html" not in part
        assert "hx-trigger" not in part

    def test_transfer_then_another_way_is_no_payment_on_its_way(
        self, client: Client, user: User, settings: Any
    ) -> None:
        settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["sandbox", "transfer"], "IBAN DE00"
        order, payment = placed(filled(priced(1000), user=user), provider="transfer")
        started(payment)
        html = shown(client, order.get_absolute_url())
        assert "Please send the money now" in html
        assert "hx-get" not in html  # nobody will tell that it has come within minutes
        client.post(f"{order.get_absolute_url()}pay/", {"key": uuid.uuid4(), "provider": "transfer"})
        assert Payment.objects.count() == 1
        client.post(f"{order.get_absolute_url()}pay/", {"key": uuid.uuid4(), "provider": "sandbox"})
        second = Payment.objects.latest("pk")
        client.get(f"{order.get_absolute_url()}return/{second.pk}/")
        html = shown(client, order.get_absolute_url())
        assert "on its way" not in html
        assert "IBAN DE00" in html
        press(second, "decline")
        client.get(f"{order.get_absolute_url()}return/{second.pk}/")
        assert "The payment has failed" in shown(client, order.get_absolute_url())

    def test_changed_by_staff(self, client: Client, user: User) -> None:
        order, payment = unpaid(user)
        services.order_edit(order_id=order.pk, revision=order.revision, add=[priced(500)])
        payment_fail(payment_id=payment.pk, note="It is not needed any more.")
        html = shown(client, order.get_absolute_url())
        assert "Pay €15.00" in html
        assert "Not paid yet" in html
        assert "not needed any more" not in html
        assert payment.redirect_url not in html

    def test_left_the_providers_page(self, client: Client, user: User) -> None:
        order, payment = unpaid(user)
        html = " ".join(
            client.get(f"{order.get_absolute_url()}return/{payment.pk}/", follow=True).content.decode().split()
        )
        assert "No payment has arrived yet." in html
        assert f'href="{payment.redirect_url}"' in html
        assert "Go on paying" in html

    def test_refunds(self, client: Client, user: User) -> None:
        order, payment = paid_order(priced(1000), user=user)
        for number, (amount, text) in enumerate([(400, "A part was given back"), (600, "This order was given back")]):
            refund = payment_refund(payment_id=payment.pk, amount_minor=amount, key=uuid.uuid4())
            assert "Refund under way" in shown(client, order.get_absolute_url())
            report = RefundReport(f"re_{number}", amount, State.CONFIRMED, key=refund.pk)
            payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
            assert text in shown(client, order.get_absolute_url())

    def test_paid_twice(self, client: Client, user: User) -> None:
        order, payment = unpaid(user)
        second = started(services.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider="sandbox"))
        for one in (payment, second):
            press(one, "pay")
        client.get(f"{order.get_absolute_url()}return/{payment.pk}/")
        answer = client.get(f"{order.get_absolute_url()}return/{second.pk}/", follow=True)
        assert "without need" in answer.content.decode()

    def test_name_of_then_and_no_link_to_what_is_gone(self, client: Client, user: User) -> None:
        project = priced(1000, name="As it was")
        order, _payment = paid_order(project, user=user)
        project.name, project.status = "As it is", Status.ARCHIVED
        project.save()
        html = shown(client, order.get_absolute_url())
        assert "As it was" in html
        assert project.get_absolute_url() not in html


class TestChanging:
    @pytest.mark.parametrize("kind", ["member", "guest"])
    def test_back_into_the_cart(self, client: Client, user: User, kind: str) -> None:
        if kind == "guest":
            client.logout()
        order, _payment = unpaid(user if kind == "member" else None)
        assert client.post(f"{order.shown_url}change/").url == "/cart/"
        order.refresh_from_db()
        assert order.status == "cancelled"
        assert "€10.00" in shown(client, "/cart/")
        assert CartItem.objects.count() == 1
        # And a second time, from a page that was left open.
        client.post(f"{order.shown_url}change/")
        assert CartItem.objects.count() == 1

    def test_what_is_paid_stays(self, client: Client, user: User) -> None:
        order, _payment = paid_order(priced(1000), user=user)
        for action, text in (("change", "cannot be changed"), ("cancel", "cannot be cancelled")):
            answer = client.post(f"{order.get_absolute_url()}{action}/", follow=True)
            assert text in answer.content.decode()
        answer = client.post(
            f"{order.get_absolute_url()}pay/", {"key": uuid.uuid4(), "provider": "sandbox"}, follow=True
        )
        assert "There is nothing to pay" in answer.content.decode()
        assert not CartItem.objects.exists()
        order.refresh_from_db()
        assert order.status == "paid"

    def test_cancelling(self, client: Client, user: User) -> None:
        order, _payment = unpaid(user)
        html = client.post(f"{order.get_absolute_url()}cancel/", follow=True).content.decode()
        assert "This order is cancelled" in html
        assert "Put it into the cart again" in html

    @pytest.mark.parametrize(
        "form",
        [{}, {"key": "x", "provider": "sandbox"}, {"key": str(uuid.UUID(int=1)), "provider": "nothing"}],
        ids=["nothing", "no key", "no such way"],
    )
    def test_pay_form_that_is_wrong(self, client: Client, user: User, form: dict[str, str]) -> None:
        order, _payment = unpaid(user)
        answer = client.post(f"{order.get_absolute_url()}pay/", form, follow=True)
        assert "Please choose a way to pay." in answer.content.decode()
        assert Payment.objects.count() == 1

    def test_key_of_another_payment(self, client: Client, user: User) -> None:
        order, _payment = unpaid(user)
        _other, theirs = unpaid(UserFactory())
        answer = client.post(f"{order.get_absolute_url()}pay/", {"key": theirs.key, "provider": "sandbox"}, follow=True)
        assert "out of date" in answer.content.decode()
        assert Payment.objects.count() == 2

    def test_nothing_changes_by_a_get(self, client: Client, user: User) -> None:
        order, _payment = unpaid(user)
        for action in ("pay", "cancel", "change"):
            assert client.get(f"{order.get_absolute_url()}{action}/").status_code == 405


class TestSandbox:
    def test_ended(self, client: Client, user: User) -> None:
        _order, payment = unpaid(user)
        press(payment, "pay")
        page = reverse("sandbox", args=[payment.external_id])
        html = shown(client, page)
        assert "This payment has ended" in html
        assert 'value="pay"' not in html
        client.post(page, {"action": "decline"})
        assert SandboxSession.objects.get().state == "paid"

    def test_declined_says_so_and_lets_one_try_again(self, client: Client) -> None:
        _order, payment = unpaid()
        press(payment, "decline")
        html = shown(client, reverse("sandbox", args=[payment.external_id]))
        assert "The card was declined" in html
        assert 'value="pay"' in html

    def test_bad_input(self, client: Client) -> None:
        _order, payment = unpaid()
        page = reverse("sandbox", args=[payment.external_id])
        for action in ("", "steal", "\x00"):
            assert client.post(page, {"action": action}).status_code == 404
        shown(client, "/payments/sandbox/nothing/", 404)
        assert SandboxSession.objects.get().state == "open"
