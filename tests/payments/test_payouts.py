"""Payouts: written down once, never more than is owed; and the money in the pages for staff."""

import csv
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from showpiece.catalog.models import Creator
from showpiece.payments.models import InboundEvent, Movement, Payout
from showpiece.payments.providers.base import DisputeReport, Event, RefundReport, State
from showpiece.payments.selectors import balance_of, balances_after
from showpiece.payments.services import event_receive, ledger_faults, payment_settle, payout_record
from tests.catalog.studio import said
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import paid_order, paid_report, priced
from tests.orders.staff import staff_with

pytestmark = pytest.mark.django_db
ADD = reverse("admin:payments_payout_add")
LIST = reverse("admin:payments_payout_changelist")
BALANCES = reverse("admin:payments_payout_balances")


@pytest.fixture
def creator() -> Creator:
    """Who is owed 10.00 EUR."""
    creator: Creator = CreatorFactory(name="Ann's tools", slug="ann")
    paid_order(priced(1000, creator=creator))
    return creator


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True, username="root"))
    return client


def body_for(owed: Creator, **changes: str) -> dict[str, str]:
    body = {"creator": str(owed.pk), "amount": "4,50", "currency": "EUR", "reference": "June"}
    return body | {"key": str(uuid.uuid4())} | changes


class TestPayouts:
    def test_a_double_press_pays_out_once(self, root: Client, creator: Creator) -> None:
        body = body_for(creator)
        for _press in range(2):
            assert root.post(ADD, body).status_code == 302
        payout = Payout.objects.get()
        assert (payout.amount_minor, payout.party, payout.reference) == (450, creator.pk, "June")
        assert payout.made_by
        assert payout.made_by.username == "root"
        assert balance_of(creator.pk, "EUR") == 550
        assert ledger_faults() == []
        assert "Ann's tools (@ann)" in said(root.get(LIST))

    def test_another_amount_with_the_key_of_before_is_told(self, root: Client, creator: Creator) -> None:
        body = body_for(creator)
        root.post(ADD, body)
        answer = root.post(ADD, body | {"amount": "1"})
        assert answer.status_code == 200
        assert "This page was out of date." in said(answer)
        assert body["key"] not in answer.content.decode()
        assert Payout.objects.get().amount_minor == 450

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            *(({"amount": text}, "amount") for text in ("", "-1", "NaN", "1.005", "99999999999999")),
            ({"amount": "10.01"}, "__all__"),
            ({"amount": "0"}, "__all__"),
            ({"currency": "USD"}, "__all__"),
            ({"currency": "XXX"}, "currency"),
            ({"creator": ""}, "creator"),
            ({"creator": "none"}, "creator"),
            ({"creator": str(uuid.uuid4())}, "creator"),
            ({"key": "none"}, "key"),
            ({"reference": "x" * 141}, "reference"),
        ],
    )
    def test_what_makes_no_sense_is_told(
        self, root: Client, creator: Creator, changes: dict[str, str], field: str
    ) -> None:
        answer = root.post(ADD, body_for(creator, **changes))
        assert answer.status_code == 200
        assert field in answer.context["adminform"].form.errors
        assert not Payout.objects.exists()

    def test_nobody_without_permission(self, creator: Creator) -> None:
        looker = staff_with("view_payout", "change_payout", "delete_payout")
        assert ADD not in looker.get(LIST).content.decode()
        assert looker.get(ADD).status_code == 403
        assert looker.post(ADD, body_for(creator)).status_code == 403
        assert staff_with("add_payout").post(ADD, body_for(creator)).status_code == 302
        payout = Payout.objects.get()
        for page in ("change", "delete"):
            address = reverse(f"admin:payments_payout_{page}", args=[payout.pk])
            assert looker.post(address, {"amount": "1", "post": "yes"}).status_code == 403
        assert staff_with("add_payout").get(BALANCES).status_code == 403

    def test_without_anybody_who_made_it(self, creator: Creator) -> None:
        payout_record(party=creator.pk, amount_minor=1000, currency="EUR", key=uuid.uuid4())
        with pytest.raises(ValidationError):
            payout_record(party=creator.pk, amount_minor=1, currency="EUR", key=uuid.uuid4())


class TestBalances:
    def test_page_and_csv(self, root: Client, creator: Creator) -> None:
        other = CreatorFactory(name="=Evil", slug="evil")
        paid_order(priced(300, creator=other))
        payout_record(party=creator.pk, amount_minor=400, currency="EUR", key=uuid.uuid4())
        text = said(root.get(BALANCES))
        for part in ("Ann's tools (@ann)", "€6.00", "€4.00", "€3.00"):
            assert part in text
        answer = root.get(BALANCES, {"csv": ""})
        rows = list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))  # type: ignore[arg-type]
        assert {row["creator"]: row["balance"] for row in rows} == {
            "Ann's tools (@ann)": "6.00",
            "'=Evil (@evil)": "3.00",
        }

    def test_pages_follow_each_other(self, root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        from showpiece.orders.admin import payouts

        monkeypatch.setattr(payouts, "BALANCES_A_PAGE", 2)
        for minor in (100, 200, 300, 400, 500):
            paid_order(priced(minor))
        seen, after = [], ""
        for _page in range(3):
            answer = root.get(BALANCES, {"after": after})
            seen += [row[1] for row in answer.context["table"]["rows"]]
            after = answer.context["next"]
        assert after == ""
        assert sorted(seen) == ["€1.00", "€2.00", "€3.00", "€4.00", "€5.00"]
        rows = list(csv.reader(b"".join(root.get(BALANCES, {"csv": ""})).decode().splitlines()))  # type: ignore[arg-type]
        assert len(rows) == 6
        assert root.get(BALANCES, {"after": "nonsense\x00"}).status_code in (200, 302)

    def test_by_creator_and_currency(self, creator: Creator) -> None:
        assert list(balances_after("", 10)) == [(str(creator.pk), "EUR", 1000)]
        assert list(balances_after(f"{creator.pk}:EUR", 10)) == []
        assert list(balances_after(f"{creator.pk}:DKK", 10)) == [(str(creator.pk), "EUR", 1000)]


class TestMoney:
    MODELS = ["payment", "refund", "dispute", "inboundevent", "movement", "entry", "payout"]

    @pytest.fixture(autouse=True)
    def _money(self, creator: Creator) -> None:
        _order, payment = paid_order(priced(1000, creator=creator))
        refund, dispute = RefundReport("re_1", 100, State.CONFIRMED), DisputeReport("dp_1", 100, "open")  # type: ignore[arg-type]
        payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(refund,), disputes=(dispute,)))
        event_receive(source="sandbox", event=Event("evt_1", "paid", {"a": "<b>"}))
        payout_record(party=creator.pk, amount_minor=1, currency="EUR", key=uuid.uuid4())

    @pytest.mark.parametrize("model", MODELS)
    def test_is_only_looked_at_and_by_permission(self, root: Client, model: str) -> None:
        address = reverse(f"admin:payments_{model}_changelist")
        others = [f"view_{other}" for other in self.MODELS if other != model]
        assert staff_with(*others).get(address).status_code == 403
        looker = staff_with(f"view_{model}")
        looker.get(address)
        with CaptureQueriesContext(connection) as caught:
            answer = looker.get(address)
        assert answer.status_code == 200
        assert len(caught) <= 8
        row = answer.context["cl"].result_list[0]
        change = reverse(f"admin:payments_{model}_change", args=[row.pk])
        assert looker.get(change).status_code == 200
        assert root.post(change, {}).status_code == 403
        assert root.post(reverse(f"admin:payments_{model}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        if model != "payout":
            assert root.get(reverse(f"admin:payments_{model}_add")).status_code == 403
        for text in ("nothing", "\x00", str(uuid.uuid4()), str(row.pk), "re_1"):
            assert root.get(address, {"q": text}).status_code == 200

    def test_the_ledger_as_csv_adds_up(self, root: Client) -> None:
        answer = root.get(reverse("admin:payments_entry_export"))
        rows = list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))
        sums: dict[str, float] = {}
        for row in rows:
            sums[row["movement"]] = round(sums.get(row["movement"], 0) + float(row["amount"]), 2)
        assert len(sums) == Movement.objects.count()
        assert set(sums.values()) == {0}

    def test_an_event_is_handled_again_by_permission(self) -> None:
        event = InboundEvent.objects.get()
        InboundEvent.objects.update(try_at=None, attempts=50, note="gone wrong")
        address = reverse("admin:payments_inboundevent_changelist")
        body = {"action": "handle_again", "_selected_action": [str(event.pk)]}
        staff_with("view_inboundevent").post(address, body)
        event.refresh_from_db()
        assert event.attempts == 50
        answer = staff_with("view_inboundevent", "change_inboundevent").post(address, body, follow=True)
        assert "1 event is handled again" in said(answer)
        event.refresh_from_db()
        assert event.attempts == 0
        assert event.try_at

    def test_content_is_shown_as_text(self, root: Client) -> None:
        page = root.get(reverse("admin:payments_inboundevent_change", args=[InboundEvent.objects.get().pk]))
        assert "&lt;b&gt;" in page.content.decode()


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [("entry", "currency", "EUR"), ("payout", "currency", "EUR"), ("inboundevent", "source", "stripe")],
)
def test_no_filter_goes_through_the_whole_table(root: Client, model: str, name: str, value: str) -> None:
    paid_order(priced(1000))
    event_receive(source="stripe", event=Event("evt_1", "charge.refunded"))
    address = reverse(f"admin:payments_{model}_changelist")
    with CaptureQueriesContext(connection) as caught:
        answer = root.get(address)
    assert answer.status_code == 200
    assert f"?{name}={value}" in answer.content.decode()
    assert not [query["sql"] for query in caught if "DISTINCT" in query["sql"]]
    rows = [root.get(address, {name: asked}).context["cl"].result_count for asked in (value, "none")]
    assert rows == [0 if model == "payout" else rows[0], 0]
    assert model == "payout" or rows[0]
