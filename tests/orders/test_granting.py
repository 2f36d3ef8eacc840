"""Who has what they paid for: granted once, taken back by choice."""

import json
import uuid
import zipfile
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from showpiece.accounts import erasure, export
from showpiece.catalog import services as catalog
from showpiece.catalog.owed import owed
from showpiece.orders import services
from showpiece.orders.delivery.granting import (
    entitlement_restore,
    entitlement_revoke,
    entitlements_follow,
    entitlements_grant,
)
from showpiece.orders.delivery.links import downloads_forget
from showpiece.orders.models import Download, Entitlement, Order
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_confirm_by_hand, payment_refund, payment_settle
from tests.factories import CreatorFactory, UserFactory
from tests.orders.goods import DATA, body, link_to, with_file
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, started
from tests.races import at_once

pytestmark = pytest.mark.django_db

migration = import_module("showpiece.orders.migrations.0003_entitlements_of_before")


def held(order: Order) -> list[bool]:
    """Of each line in order whether its buyer may have it."""
    return [one.is_valid for one in Entitlement.objects.filter(line__order=order).order_by("line__position")]


def given_back(payment: Payment, minor: int, **said: Any) -> None:
    """A refund that staff asked for, and the provider has confirmed."""
    refund = payment_refund(payment_id=payment.pk, amount_minor=minor, key=uuid.uuid4(), **said)
    report = RefundReport(f"re_{refund.pk}", minor, State.CONFIRMED, key=refund.pk)
    payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))


class TestGranting:
    def test_one_a_line_for_whoever_ordered(self) -> None:
        buyer, one, other = UserFactory(), priced(1000), priced(500)
        _order, payment = paid_order(one, other, user=buyer)
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        rows = Entitlement.objects.order_by("line__position")
        assert [(row.project, row.user, row.is_valid) for row in rows] == [(one, buyer, True), (other, buyer, True)]
        guests, _payment = paid_order(one)
        assert [row.user for row in Entitlement.objects.filter(line__order=guests)] == [None]

    def test_nothing_without_payment(self) -> None:
        placed(filled(priced(1000)))
        assert not Entitlement.objects.exists()

    def test_what_is_free(self) -> None:
        order, payment = placed(filled(priced(0)))
        started(payment)
        order.refresh_from_db()
        assert (order.status, held(order)) == (Order.Status.PAID, [True])

    def test_a_transfer_when_staff_have_seen_it(self, settings: Any) -> None:
        settings.PAYMENT_PROVIDERS = ["transfer"]
        order, payment = placed(filled(priced(1000)), provider="transfer")
        assert held(order) == []
        payment_confirm_by_hand(payment_id=payment.pk)
        assert held(order) == [True]

    def test_money_that_comes_after_the_order_has_ended(self) -> None:
        order, payment = placed(filled(priced(1000)))
        Order.objects.filter(pk=order.pk).update(expires_at=timezone.now() - timedelta(hours=1))
        services.orders_expire()
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        assert held(order) == [True]

    def test_money_that_was_not_needed_grants_nothing(self) -> None:
        order, payment = placed(filled(priced(1000)))
        payment_settle(payment_id=payment.pk, report=paid_report(payment, amount_minor=10))
        assert held(order) == []

    def test_again_gives_what_is_there(self) -> None:
        order, _payment = paid_order(priced(1000), priced(500))
        before = list(Entitlement.objects.order_by("pk"))
        entitlement_revoke(before[0].pk, by=UserFactory())
        again = entitlements_grant(order, list(order.lines.order_by("position")))
        assert again == before
        assert held(order) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_granted_twice_at_once() -> None:
    order, _payment = paid_order(priced(1000), priced(500))
    Entitlement.objects.all().delete()
    lines = list(order.lines.order_by("position"))
    one, other = at_once(lambda: entitlements_grant(order, lines), lambda: entitlements_grant(order, lines))
    assert one == other
    assert Entitlement.objects.count() == 2


class TestWhose:
    def test_follows_an_order_that_is_taken_over(self) -> None:
        order, _payment = paid_order(priced(1000))
        other, _payment = paid_order(priced(1000))
        order.user = UserFactory()
        order.save()
        entitlements_follow([order], order.user)
        assert Entitlement.objects.get(line__order=order).user == order.user
        assert Entitlement.objects.get(line__order=other).user is None

    def test_nobodys_once_the_buyer_is_gone(self) -> None:
        buyer = UserFactory()
        order, _payment = paid_order(priced(1000), user=buyer)
        erasure.erase(buyer, lambda: None)
        assert [row.user for row in Entitlement.objects.filter(line__order=order)] == [None]


class TestRefund:
    @pytest.mark.parametrize(
        ("revokes", "by_default", "kept"),
        [(True, False, False), (False, True, True), (None, True, False), (None, False, True)],
    )
    def test_by_choice(self, settings: Any, revokes: bool | None, by_default: bool, kept: bool) -> None:
        settings.REFUND_REVOKES = by_default
        order, payment = paid_order(priced(1000), priced(500))
        given_back(payment, 1500, revokes=revokes)
        assert held(order) == [kept, kept]

    def test_only_what_is_given_back_whole(self) -> None:
        order, payment = paid_order(priced(1000), priced(500))
        first, _second = order.lines.order_by("position")
        given_back(payment, 1000, parts={str(first.pk): 1000}, revokes=True)
        assert held(order) == [False, True]
        given_back(payment, 200, revokes=True)
        assert held(order) == [False, True]
        given_back(payment, 300, revokes=True)
        assert held(order) == [False, False]

    def test_begun_at_the_provider(self) -> None:
        order, payment = paid_order(priced(1000))
        part, rest = (RefundReport(f"re_{minor}", minor, State.CONFIRMED) for minor in (400, 600))
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(part,)))
        assert held(order) == [True]
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(part, rest)))
        assert held(order) == [False]

    def test_not_before_it_is_confirmed(self) -> None:
        order, payment = paid_order(priced(1000))
        refund = payment_refund(payment_id=payment.pk, amount_minor=1000, key=uuid.uuid4(), revokes=True)
        assert (refund.status, held(order)) == (Refund.Status.PENDING, [True])

    def test_told_again_it_takes_nothing_that_staff_gave_back(self) -> None:
        order, payment = paid_order(priced(1000))
        report = RefundReport("re_1", 1000, State.CONFIRMED)
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        row = Entitlement.objects.get()
        assert entitlement_restore(row.pk, by=UserFactory())
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        assert held(order) == [True]


def test_staff_revoke_and_restore_one() -> None:
    order, _payment = paid_order(priced(1000), priced(500))
    row, staff = Entitlement.objects.order_by("line__position")[0], UserFactory()
    assert entitlement_revoke(row.pk, by=staff)
    assert not entitlement_revoke(row.pk, by=staff)
    assert held(order) == [False, True]
    assert entitlement_restore(row.pk, by=staff)
    assert not entitlement_restore(row.pk, by=staff)
    assert held(order) == [True, True]


class TestWhatWasSoldBefore:
    def test_gets_them_and_what_is_there_stays(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(migration, "AT_ONCE", 2)
        buyer = UserFactory()
        orders = [paid_order(priced(1000), user=buyer)[0] for _number in range(3)]
        back, payment = paid_order(priced(1000))
        given_back(payment, 1000, revokes=False)
        guests, payment = paid_order(priced(1000), priced(500))
        given_back(payment, 700, revokes=False)
        unpaid, _payment = placed(filled(priced(1000)))
        there = Entitlement.objects.get(line__order=orders[0])
        Entitlement.objects.exclude(pk=there.pk).delete()
        migration.grant(apps, None)
        migration.grant(apps, None)
        assert [held(one) for one in (*orders, back, guests, unpaid)] == [
            *([True], [True], [True]),
            *([False], [True, True], []),
        ]
        assert Entitlement.objects.get(line__order=orders[0]) == there
        row = Entitlement.objects.get(line__order=orders[1])
        assert (row.user, row.project_id, row.granted_at) == (buyer, row.line.project_id, row.line.sold_at)


class TestCreatorWhoLeaves:
    def test_what_was_bought_keeps_its_versions(self, django_capture_on_commit_callbacks: Any) -> None:
        creator = CreatorFactory()
        sold, unsold, paying = (priced(1000, creator=creator) for _number in range(3))
        files = [with_file(project) for project in (sold, unsold, paying)]
        withdrawn = with_file(sold, data=b"old")
        catalog.release_withdraw(release=withdrawn.release, actor=None)
        order, _payment = paid_order(sold)
        placed(filled(paying))
        with django_capture_on_commit_callbacks(execute=True):
            erasure.erase(creator.user, lambda: None)
        there = [default_storage.exists(file.file.name) for file in (*files, withdrawn)]
        assert there == [True, False, True, False]
        assert body(Client().get(link_to(Client(), order, files[0]))) == DATA
        sold.refresh_from_db()
        assert sold.name == "—"
        assert order.lines.get().name in Client().get(order.guest_url).content.decode()

    def test_what_was_taken_back_or_whose_buyer_left_is_not_owed(self) -> None:
        projects = [priced(1000) for _number in range(3)]
        buyer = UserFactory()
        _order, payment = paid_order(projects[0])
        given_back(payment, 1000, revokes=True)
        paid_order(projects[1], user=buyer)
        erasure.erase(buyer, lambda: None)
        paid_order(projects[2])
        assert owed([project.pk for project in projects]) == {projects[2].pk}


def test_what_a_person_bought_and_fetched_is_among_their_data(tmp_path: Path, client: Client) -> None:
    buyer, project = UserFactory(), priced(1000, name="Lens")
    file, others = with_file(project, version="1.0.0"), UserFactory()
    client.force_login(buyer)
    orders = [paid_order(project, user=person)[0] for person in (buyer, others)]
    client.get(link_to(client, orders[0], file))
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        export.write(buyer, export.ZipPackage(archive, lambda: None))
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        (held,), (used,) = (json.loads(archive.read(f"{name}.json")) for name in ("library", "downloads"))
    assert (held["project"], held["order"], held["taken_back"]) == ("Lens", orders[0].number, None)
    assert (used["project"], used["version"], used["file"], used["times"]) == ("Lens", "1.0.0", "tool.zip", 1)


def test_downloads_of_long_ago_are_forgotten(client: Client) -> None:
    project = priced(1000)
    order, _payment = paid_order(project)
    file = with_file(project)
    for _number in range(2):
        client.get(link_to(client, order, file))
    first, second = Download.objects.order_by("pk")
    Download.objects.filter(pk=first.pk).update(started_at=timezone.now() - timedelta(days=366))
    assert downloads_forget(before=timezone.now() - timedelta(days=365)) == 1
    assert Download.objects.get() == second
