"""A creator's sales: all of theirs, nothing of anybody else's."""

import csv
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from showpiece.catalog.models import Creator, Project, Role, Status
from showpiece.orders import sales
from showpiece.orders.models import TaxRate
from showpiece.orders.studio import views_sales
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.selectors import balance_of
from showpiece.payments.services import payment_settle, payout_record
from tests.catalog.studio import said, signed_in, works_on
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import filled, paid_order, paid_report, placed, priced, quoted

pytestmark = pytest.mark.django_db
SALES, CSV = reverse("studio_sales"), reverse("studio_sales_csv")


@pytest.fixture
def creator() -> Creator:
    return CreatorFactory(name="Ann's tools")


@pytest.fixture
def ann(creator: Creator) -> Client:
    return signed_in(creator.user)


def rows(client: Client, **query: str) -> list[dict[str, str]]:
    answer = client.get(CSV, query)
    assert answer.status_code == 200
    return list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))  # type: ignore[arg-type]


class TestWho:
    def test_sees_own_lines_only_and_nothing_of_the_buyer(self, ann: Client, creator: Creator) -> None:
        mine, other = priced(1000, creator=creator, name="Mine"), priced(7700, name="Secret other")
        buyer = UserFactory(username="bob", email="bob@example.org", name="Bob Buyer")
        order, _payment = paid_order(mine, other, user=buyer)
        text = ann.get(SALES).content.decode() + b"".join(ann.get(CSV)).decode()  # type: ignore[arg-type]
        assert "Mine" in text
        for part in ("Secret other", "7,700", "77.00", "bob", "Bob Buyer", order.number, str(order.pk)):
            assert part not in text, part

    @pytest.mark.parametrize("role", [Role.OWNER, Role.MAINTAINER, Role.CONTRIBUTOR])
    def test_who_works_on_a_project_sees_no_money(self, creator: Creator, role: str) -> None:
        project = priced(1000, creator=creator, name="Mine")
        paid_order(project)
        friend = UserFactory()
        works_on(project, friend, role)
        for address in (SALES, CSV):
            assert signed_in(friend).get(address).status_code == 404
        own = CreatorFactory(user=friend)
        client = signed_in(own.user)
        assert "Mine" not in client.get(SALES).content.decode()
        assert client.get(SALES, {"project": str(project.pk)}).status_code == 404

    def test_visitors_sign_in(self, client: Client) -> None:
        for address in (SALES, CSV):
            assert client.get(address).status_code == 302

    def test_money_stays_theirs_when_their_page_is_archived(self, ann: Client, creator: Creator) -> None:
        paid_order(priced(1000, creator=creator))
        Creator.objects.update(status=Status.ARCHIVED)
        assert "€10.00" in said(ann.get(SALES))
        assert ann.get(reverse("studio_codes")).status_code == 403

    def test_nobody_posts(self, ann: Client) -> None:
        assert ann.post(SALES).status_code == 405


class TestSums:
    def test_are_those_of_the_ledger(self, ann: Client, creator: Creator, settings: Any) -> None:
        settings.PLATFORM_FEE_PERCENT = 10
        TaxRate.objects.create(country="DE", percent=19, included=True)
        project = priced(1999, creator=creator)
        for minor in (1, 700, 1999):
            _order, payment = paid_order(project, country="DE")
            report = RefundReport(f"re_{minor}", minor, State.CONFIRMED)
            payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(report,)))
        paid_order(project)
        dollars = filled(priced(500, creator=creator, currency="USD"))
        _order, payment = placed(dollars, currency="USD", provider="sandbox", seen=quoted(dollars, "USD").digest)
        payment_settle(payment_id=payment.pk, report=paid_report(payment))
        found = rows(ann)
        assert len(found) == 5
        kept = dict.fromkeys(("EUR", "USD"), 0)
        for row in found:
            kept[row["currency"]] += round(float(row["earned"]) * 100)
        assert kept == {code: balance_of(creator.pk, code) for code in kept}
        payout_record(party=creator.pk, amount_minor=1000, currency="EUR", key=uuid.uuid4(), reference="June")
        euros, _dollars = sales.incomes_of(creator)
        assert (euros.earned_minor, euros.paid_minor) == (kept["EUR"], 1000)
        assert euros.balance_minor == balance_of(creator.pk, "EUR")
        text = said(ann.get(SALES))
        assert "June" in text
        assert "$4.50" in text

    def test_a_name_is_no_formula(self, ann: Client, creator: Creator) -> None:
        paid_order(priced(1000, creator=creator, name="=1+1"))
        assert rows(ann)[0]["project"] == "'=1+1"

    def test_only_what_was_paid(self, ann: Client, creator: Creator) -> None:
        placed(filled(priced(1000, creator=creator)))
        assert "Nothing is sold yet" in said(ann.get(SALES))
        assert rows(ann) == []


class TestList:
    def test_pages_and_filter_cost_the_same(
        self, ann: Client, creator: Creator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(views_sales, "PAGE_SIZE", 2)
        one, other = (priced(minor, creator=creator, name=f"Costs {minor}") for minor in (100, 200))

        def queries(**query: str) -> int:
            with CaptureQueriesContext(connection) as caught:
                assert ann.get(SALES, query).status_code == 200
            return len(caught)

        paid_order(one)
        queries()
        few = queries()
        for _number in range(4):
            paid_order(one)
        paid_order(other)
        assert queries() == few <= 8
        seen, address = [], SALES
        while address:
            page = ann.get(address).context["page"]
            seen += [line.name for line in page.items]
            address = page.next_url
        assert seen == ["Costs 200", *["Costs 100"] * 5]
        only = ann.get(SALES, {"project": str(other.pk)})
        assert [line.name for line in only.context["page"].items] == ["Costs 200"]
        assert len(rows(ann, project=str(other.pk))) == 1

    @pytest.mark.parametrize("query", [{"project": "x"}, {"project": "\x00"}, {"after": "x"}, {"before": "\x00"}])
    def test_nonsense_is_404(self, ann: Client, query: dict[str, str]) -> None:
        assert ann.get(SALES, query).status_code == 404

    def test_of_a_project_without_sales(self, ann: Client, creator: Creator) -> None:
        project: Project = priced(100, creator=creator)
        assert "Nothing of this project is sold yet" in said(ann.get(SALES, {"project": str(project.pk)}))
