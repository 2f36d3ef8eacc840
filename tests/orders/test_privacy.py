"""What a buyer and a seller take along, and what is left of them."""

import json
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest

from showpiece.accounts import erasure, export
from showpiece.accounts.models import User
from showpiece.orders import services
from showpiece.orders.models import Cart, Order, PromoCode, PromoUse
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import ledger_faults, payment_settle, payout_record
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced

pytestmark = pytest.mark.django_db
FILES = ("orders", "sales", "payouts", "promo-codes", "bundles")


def exported(user: User, folder: Path) -> dict[str, Any]:
    with zipfile.ZipFile(folder / "data.zip", "w") as archive:
        export.write(user, export.ZipPackage(archive, lambda: None))
    with zipfile.ZipFile(folder / "data.zip") as archive:
        return {name: json.loads(archive.read(f"{name}.json")) for name in FILES}


def test_a_buyer_takes_along_what_they_bought(tmp_path: Path) -> None:
    buyer = UserFactory()
    paid_order(priced(1000, name="Plates"), user=buyer)
    paid_order(priced(1000), user=UserFactory())
    (order,) = exported(buyer, tmp_path)["orders"]
    assert (order["total_minor"], order["lines"][0]["project"]) == (1000, "Plates")
    assert order["payments"][0]["card_ends_with"] == "4242"


def test_a_creator_takes_along_sales_but_no_buyer(tmp_path: Path) -> None:
    project, buyer = priced(1000, name="Plates"), UserFactory()
    paid_order(project, priced(500, name="Of another"), user=buyer)
    sales = exported(project.creator.user, tmp_path)["sales"]
    assert [sale["project"] for sale in sales] == ["Plates"]
    assert buyer.email not in json.dumps(sales)


def test_books_stay_when_a_buyer_goes_and_do_not_name_them() -> None:
    buyer = UserFactory()
    code = PromoCode.objects.create(code="SPRING", kind="percent", percent=10, max_uses_each=1)
    paid, _payment = paid_order(priced(1000), user=buyer)
    waiting, _payment = placed(filled(priced(700), user=buyer, code="spring"))
    filled(priced(300), user=buyer)
    address, secret = buyer.email, paid.secret
    assert PromoUse.objects.filter(code=code).exists()
    for _again in range(2):
        erasure.erase(buyer, lambda: None)
    paid.refresh_from_db()
    waiting.refresh_from_db()
    assert (paid.status, waiting.status) == (Order.Status.PAID, Order.Status.CANCELLED)
    assert paid.user is None
    assert address not in (paid.email, waiting.email)
    assert paid.secret != secret
    assert not Cart.objects.exists()
    assert not PromoUse.objects.filter(email=address).exists()
    assert ledger_faults() == []
    buyer.delete()


def test_nobody_writes_to_who_is_gone(mailoutbox: list[Any]) -> None:
    order, payment = paid_order(priced(1000), user=UserFactory())
    erasure.erase(order.user, lambda: None)
    mailoutbox.clear()
    report = RefundReport("re_1", 1000, State.CONFIRMED)
    payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
    payment.refresh_from_db()
    assert payment.is_refunded
    assert mailoutbox == []


def test_a_creator_takes_along_offers_and_payouts_and_leaves_no_words(tmp_path: Path) -> None:
    creator = CreatorFactory()
    projects = [priced(1000, creator=creator, slug=slug) for slug in ("clock", "board")]
    services.promo_create(creator=creator, code="MINE", kind="percent", percent=10, projects=projects[:1])
    bundle = services.bundle_create(creator=creator, name="Chess", price_minor=1500, projects=projects)
    order, _payment = paid_order(projects[0], user=UserFactory())
    payout_record(party=creator.pk, amount_minor=400, currency="EUR", key=uuid.uuid4(), reference="June")
    files = exported(creator.user, tmp_path)
    assert [(one["code"], one["projects"]) for one in files["promo-codes"]] == [("MINE", ["clock"])]
    assert [(one["name"], len(one["projects"])) for one in files["bundles"]] == [("Chess", 2)]
    assert [(one["amount_minor"], one["reference"]) for one in files["payouts"]] == [(400, "June")]
    for _again in range(2):
        erasure.erase(creator.user, lambda: None)
    bundle.refresh_from_db()
    order.refresh_from_db()
    assert (bundle.name, bundle.status) == ("—", "archived")
    assert not PromoCode.objects.exists()
    assert order.status == Order.Status.PAID
    assert ledger_faults() == []
