"""Buying and selling in Russian: pages, mails, and what the staff see."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from showpiece.accounts.models import User
from showpiece.catalog.models import Category, Creator, Status
from showpiece.orders import services
from showpiece.orders.models import TaxRate
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_fail, payment_refund, payment_settle, payout_record
from tests.factories import CategoryFactory, CreatorFactory, UserFactory
from tests.i18n import russian
from tests.i18n.russian import LATIN_WORD, NAMES, english
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, started

pytestmark = pytest.mark.django_db
# The number of an order; a currency, before its name or alone.
LATIN = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b|\b[A-Z]{3}(?=, )|\bEUR\b")
EUR = reverse("checkout", args=["EUR"])


@pytest.fixture
def creator(user: User) -> Creator:
    made: Creator = CreatorFactory(name="Мастерская", user=user)
    return made


@pytest.fixture(autouse=True)
def _shop(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS, settings.BANK_DETAILS = ["sandbox", "transfer"], "Счёт 1234"
    TaxRate.objects.create(country="DE", name="НДС", percent=19)


def project(creator: Creator, minor: int = 1000, **fields: Any) -> Any:
    texts = {"name": "Проект", "summary": "Хорошо делает одно дело.", "description": "Описание."}
    category = Category.objects.first() or CategoryFactory(name="Разное")
    usual = {"category": category, **texts, "translations": {"ru": texts}}
    return priced(minor, creator=creator, **usual | fields)


def check(answer: Any, status: int = 200) -> None:
    """As for other pages; numbers of orders and codes of currencies are Latin."""
    answer.content = LATIN.sub("", answer.content.decode()).encode()
    russian.check(answer, status)


def test_cart_and_checkout(visitor: Client, creator: Creator) -> None:
    check(visitor.get(reverse("cart")))
    things = [project(creator), project(creator, 2000), project(creator, 0)]
    services.promo_create(code="50", kind="percent", percent=50)
    ending = timezone.now() + timedelta(days=2)
    on_sale = project(creator, 900, sale_percent=10, sale_ends_at=ending)
    asked = project(creator, 0, price_kind="open", suggested_minor=500)
    made = services.bundle_create(creator=creator, projects=things[:2], name="Два проекта", price_minor=2500)
    bundle = services.bundle_set_status(bundle=made, status=Status.PUBLISHED)
    for one in (on_sale, asked, things[0], bundle):
        check(visitor.get(one.get_absolute_url()))
    for one in (*things, on_sale):
        assert visitor.post(reverse("cart_add"), {"project": str(one.pk)})["location"] == reverse("cart")
    check(visitor.get(asked.get_absolute_url()))
    check(visitor.post(reverse("cart_promo"), {"code": "1"}, follow=True))
    visitor.post(reverse("cart_promo"), {"code": "50"})
    check(visitor.get(reverse("cart")))
    check(visitor.get(EUR))
    check(visitor.post(EUR, {"update": "1", "country": "DE"}))
    check(visitor.post(EUR, {"email": "x"}), 422)
    check(visitor.get(things[0].get_absolute_url()))


def test_order_in_each_state(visitor: Client, creator: Creator) -> None:
    thing = project(creator)
    paid, payment = paid_order(thing, country="DE", language="ru")
    check(visitor.get(paid.guest_url))
    for minor in (400, 600):  # a part, then all
        refund = payment_refund(payment_id=payment.pk, amount_minor=minor, key=uuid.uuid4())
        check(visitor.get(paid.guest_url))
        said = RefundReport(f"re_{minor}", minor, State.CONFIRMED, key=refund.pk)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(said,)))
        check(visitor.get(paid.guest_url))
    for provider in ("sandbox", "transfer"):
        order, payment = placed(filled(thing), provider=provider, country="DE", language="ru")
        check(visitor.get(order.guest_url))
        payment = started(payment)
        check(visitor.get(order.guest_url))
        if provider == "sandbox":
            payment_fail(payment_id=payment.pk, note="")
            check(visitor.get(order.guest_url))
        services.order_cancel(order_id=order.pk, expired=provider == "sandbox")
        check(visitor.get(order.guest_url))


def test_test_payment(visitor: Client, creator: Creator) -> None:
    _order, payment = placed(filled(project(creator)), language="ru")
    page = started(payment).redirect_url
    for action in ("", "decline", "detour", "pay"):
        if action:
            visitor.post(page, {"action": action})
        check(visitor.get(page))


def test_studio_and_own_orders(reader: Client, creator: Creator, user: User) -> None:
    for name in ("orders", "studio_sales", "studio_codes", "studio_bundles", "studio_code_new", "studio_bundle_new"):
        check(reader.get(reverse(name)))
    things = [project(creator), project(creator, 2000)]
    made = services.bundle_create(creator=creator, projects=things, name="Два проекта", price_minor=2500)
    for status in (Status.DRAFT, Status.PUBLISHED, Status.ARCHIVED):
        services.bundle_set_status(bundle=made, status=status)
        check(reader.get(reverse("studio_bundle", args=[made.pk])))
        check(reader.get(reverse("studio_bundles")))
    now = timezone.now()
    day = timedelta(days=1)
    codes: list[dict[str, Any]] = [{}, {"is_active": False}, {"ends_at": now - day}, {"starts_at": now + day}]
    for number, fields in enumerate([*codes, {"max_uses": 3}]):
        services.promo_create(code=f"{number}", kind="percent", percent=5, creator=creator, **fields)
    free = services.promo_create(code="7", kind="free", creator=creator)
    check(reader.get(reverse("studio_codes")))
    check(reader.get(reverse("studio_code", args=[free.pk])))
    check(reader.post(reverse("studio_code_new"), {}), 422)
    check(reader.post(reverse("studio_bundle_new"), {}), 422)
    order, _payment = paid_order(*things, user=user)
    payout_record(party=creator.pk, amount_minor=100, currency="EUR", key=order.pk)
    check(reader.get(reverse("studio_sales")))
    check(reader.get(reverse("orders")))


def test_mails(creator: Creator, mailoutbox: list[Any], settings: Any) -> None:
    thing = project(creator)
    _order, payment = paid_order(thing, country="DE", language="ru", email="1@1.example")
    refund = payment_refund(payment_id=payment.pk, amount_minor=400, key=uuid.uuid4())
    said = RefundReport("re_1", 400, State.CONFIRMED, key=refund.pk)
    payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(said,)))
    placed(filled(thing), provider="transfer", language="ru", email="1@1.example")
    to_buyer = [mail for mail in mailoutbox if mail.to == ["1@1.example"]]
    assert len(to_buyer) >= 2
    for mail in to_buyer:
        html, _kind = mail.alternatives[0]
        texts = english(LATIN.sub("", html.replace(settings.SITE_URL, "")))
        assert [text for text in texts if not text.startswith("/orders/")] == [], mail.subject
        assert not LATIN_WORD.search(LATIN.sub("", mail.subject))


def test_what_the_staff_read_over_fields() -> None:
    """The names of columns, fields, filters and actions; Django would make English ones of the fields' own names."""
    request = RequestFactory().get("/")
    request.user = UserFactory(is_staff=True, is_superuser=True)
    seen = 0
    pages: dict[Any, Any] = admin.site._registry
    with translation.override("ru"):
        for model, page in pages.items():
            if model._meta.app_label not in ("orders", "payments", "donations"):
                continue
            names = [*page.list_display, *(page.fields or ()), *page.readonly_fields]
            texts = {name: str(label_for_field(name, model, page)) for name in names if name not in ("id", "__str__")}
            texts |= {
                name: str(text) for _function, name, text in page._get_base_actions() if name != "delete_selected"
            }
            texts["title"] = str(model._meta.verbose_name_plural)
            texts["help"] = str(page.search_help_text or "")
            left = {name: text for name, text in texts.items() if set(LATIN_WORD.findall(text)) - NAMES - {"SHA"}}
            assert left == {}, model
            seen += len(texts)
    assert seen > 80
