"""The receipt of an order: what stands on it, who sees it, and in which language."""

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from showpiece.orders.models import Order, PromoCode, TaxRate
from showpiece.orders.receipts.contents import receipt_of
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_refund, payment_settle
from showpiece.receipts.sheet import Party, Sheet
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced

pytestmark = pytest.mark.django_db


def sheet_of(order: Order, language: str = "") -> Sheet:
    sheet = receipt_of(order, language)
    assert sheet is not None
    return sheet


def sums(order: Order) -> list[tuple[str, str]]:
    return [(line.label, line.text) for line in sheet_of(order).sums]


def day(moment: datetime | None) -> str:
    return f"{moment:%-d %B %Y}"


def bought_with_everything(**more: Any) -> tuple[Order, Payment]:
    PromoCode.objects.create(code="SPRING", kind="percent", percent=10)
    TaxRate.objects.create(country="DE", name="MwSt", percent="19", included=True)
    plates = priced(1000, name="Plates", creator=CreatorFactory(name="Anna Lorenz"))
    order, payment = placed(filled(plates, priced(3000, name="Faces"), code="spring"), country="DE", **more)
    payment_settle(payment_id=payment.pk, report=paid_report(payment))
    order.refresh_from_db()
    return order, payment


def came_through(payment: Payment, refund: Refund) -> None:
    said = RefundReport("re_1", refund.amount_minor, State.CONFIRMED, key=refund.pk)
    payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=[said]))


class TestWhatStandsOnIt:
    def test_lines_with_price_discount_tax_and_total(self) -> None:
        order, _payment = bought_with_everything()
        sheet = sheet_of(order)
        assert sheet.heads == ("Project", "Price", "Discount", "Tax", "Total")
        first, _second = sheet.rows
        assert (first.name, first.about) == ("Plates", "Anna Lorenz")
        assert first.cells == ("€10.00", "\N{MINUS SIGN}€1.00", "MwSt 19%\n€1.44", "€9.00")
        assert sums(order) == [
            ("Subtotal", "€40.00"),
            ("Promo code spring", "\N{MINUS SIGN}€4.00"),
            ("Total", "€36.00"),
            ("MwSt 19% in it", "€5.75"),
        ]

    def test_tax_on_top(self) -> None:
        TaxRate.objects.create(country="US", name="Sales tax", percent="7.25", included=False)
        order, _payment = paid_order(priced(1000), country="US")
        assert sheet_of(order).rows[0].cells == ("€10.00", "Sales tax 7.25%\n€0.73", "€10.73")
        assert sums(order) == [("Subtotal", "€10.00"), ("Sales tax 7.25%", "€0.73"), ("Total", "€10.73")]

    def test_number_days_and_way_of_paying(self) -> None:
        order, _payment = paid_order(priced(1000))
        facts = dict(sheet_of(order).facts)
        assert facts["Number"] == order.number
        assert facts["Paid"] == day(order.paid_at)
        assert facts["Way of paying"] == "Test payment ••••\N{NO-BREAK SPACE}4242"

    def test_seller_and_buyer(self, settings: Any) -> None:
        settings.SELLER_NAME, settings.SELLER_TAX_ID = "Shop & Söhne", "DE123"
        settings.SELLER_ADDRESS = "Lange Straße 1\n10115 Berlin"
        order, _payment = paid_order(priced(1000), country="DE")
        assert sheet_of(order).parties == (
            Party("Sold by", ("Shop & Söhne", "Lange Straße 1", "10115 Berlin", "Tax ID: DE123")),
            Party("Bought by", ("buyer@example.org", "Germany")),
        )

    def test_what_was_free(self) -> None:
        order, _payment = paid_order(priced(0))
        sheet = sheet_of(order)
        assert sheet.heads == ("Project", "Price", "Total")
        assert sums(order) == [("Total", "€0.00")]
        assert "Way of paying" not in dict(sheet.facts)

    def test_refunds_so_far(self) -> None:
        order, payment = paid_order(priced(1000, name="Plates"), priced(3000, name="Faces"))
        line = order.lines.get(name="Faces")
        refund = payment_refund(payment_id=payment.pk, amount_minor=500, key=order.key, parts={str(line.pk): 500})
        assert sums(order)[-1] == ("Refund under way", "\N{MINUS SIGN}€5.00")
        came_through(payment, refund)
        order.refresh_from_db()
        assert sums(order)[-2:] == [
            (f"Refunded on {day(timezone.now())}", "\N{MINUS SIGN}€5.00"),
            ("Total after refunds", "€35.00"),
        ]
        assert [row.about.partition("\n")[2] for row in sheet_of(order).rows] == ["", "€5.00 given back"]

    def test_an_unpaid_order_has_none(self) -> None:
        order, _payment = placed(filled(priced(1000)))
        assert receipt_of(order) is None

    def test_is_in_the_language_of_the_order_unless_another_is_asked_for(self) -> None:
        order, _payment = paid_order(priced(123_456), language="ru")
        assert sheet_of(order).rows[0].cells[0] == "1\xa0234,56\xa0€"
        assert sheet_of(order).language == "ru"
        assert sheet_of(order, "en").rows[0].cells[0] == "€1,234.56"


class TestWhoSees:
    def test_a_guest_with_the_link(self, client: Client) -> None:
        order, _payment = paid_order(priced(1000, name="Plates"))
        for ending in ("receipt/", "receipt.pdf"):
            answer = client.get(f"{order.guest_url}{ending}")
            assert answer.status_code == 200
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert "no-store" in answer["Cache-Control"]
            assert client.get(f"/orders/{order.number}/{'x' * 32}/{ending}").status_code == 404
            path = f"/orders/{order.number}/{ending}"
            assert client.get(path).url == f"/accounts/login/?next={path}"
        assert b"Plates" in client.get(f"{order.guest_url}receipt/").content

    def test_a_member_and_staff_and_nobody_else(self, client: Client) -> None:
        order, _payment = paid_order(priced(1000), user=UserFactory())
        staff = UserFactory(is_staff=True)
        staff.user_permissions.add(Permission.objects.get(codename="view_order"))
        for user, status in ((order.user, 200), (staff, 200), (UserFactory(), 404)):
            client.force_login(user)
            for ending in ("receipt/", "receipt.pdf"):
                assert client.get(f"{order.get_absolute_url()}{ending}").status_code == status

    def test_none_without_payment_and_one_after_a_refund(self, client: Client) -> None:
        order, payment = placed(filled(priced(1000)))
        for ending in ("receipt/", "receipt.pdf"):
            assert client.get(f"{order.guest_url}{ending}").status_code == 404
        assert b"/receipt/" not in client.get(order.guest_url).content
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        refund = payment_refund(payment_id=payment.pk, amount_minor=1000, key=order.key)
        came_through(payment, refund)
        html = client.get(f"{order.guest_url}receipt/").content.decode()
        assert "Total after refunds" in html
        assert f'href="{order.guest_url}receipt/"' in client.get(order.guest_url).content.decode()

    def test_the_page_costs_little(self, client: Client, django_assert_max_num_queries: Any) -> None:
        order, _payment = paid_order(*[priced(100) for _ in range(5)])
        with django_assert_max_num_queries(4):  # order, payments, refunds, lines
            client.get(f"{order.guest_url}receipt/")

    def test_frame_in_the_readers_language_and_sheet_in_the_buyers(self, client: Client) -> None:
        order, _payment = paid_order(priced(123_456), language="ru")
        html = client.get(f"{order.guest_url}receipt/").content.decode()
        assert '<html lang="en"' in html
        assert '<article class="receipt" lang="ru">' in html
        assert "1\xa0234,56\xa0€" in html
        assert 'receipt.pdf?language=ru"' in html
        other = client.get(f"{order.guest_url}receipt/?language=en").content.decode()
        assert "€1,234.56" in other
        assert client.get(f"{order.guest_url}receipt/?language=xx%00").status_code == 200

    def test_names_are_no_markup(self, client: Client) -> None:
        order, _payment = paid_order(priced(1000, name="<b>Plates</b>"))
        assert b"<b>Plates" not in client.get(f"{order.guest_url}receipt/").content
