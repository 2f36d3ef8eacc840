"""Donations in the pages for staff: what is found, and a permission for each button."""

import csv
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.donations import services, staff
from showpiece.donations.models import Donation, DonationPolicy, Pledge, Support
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import payment_settle
from tests.catalog.studio import said
from tests.donations.desk import LIST, awaiting, numbers, page, staff_with, step
from tests.donations.desk import root as signed_in_root
from tests.donations.giving import GoalFactory, begun, given, report
from tests.donations.pledging import given_monthly, months
from tests.factories import ProjectFactory, UserFactory
from tests.payments.till import fresh
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db


@pytest.fixture(name="root")
def _root() -> Client:
    return signed_in_root()


@pytest.fixture(name="transfer")
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


@pytest.mark.usefixtures("transfer")
class TestList:
    def test_costs_the_same_whatever_it_holds(self, root: Client) -> None:
        looker = staff_with("view_donation")

        def queries(client: Client) -> list[str]:
            with CaptureQueriesContext(connection) as caught:
                assert client.get(LIST).status_code == 200
            return [query["sql"] for query in caught]

        given(ProjectFactory(), user=UserFactory())
        queries(root)
        few = queries(root)
        for _number in range(3):
            given(*ProjectFactory.create_batch(2), user=UserFactory())
        assert len(queries(root)) == len(few) <= 8
        assert len(queries(looker)) <= 8
        counts = [sql for sql in few if "COUNT(" in sql and "donations_donation" in sql]
        assert len(counts) == 1
        assert "LIMIT 10000" in counts[0]

    def test_tells_giver_projects_amount_and_payment(self, root: Client) -> None:
        given(
            *(ProjectFactory(name=name) for name in ("One", "Two", "Three")),
            amount=1250,
            user=UserFactory(username="ann"),
        )
        awaiting(ProjectFactory(name="Chess"), name="<b>Guest</b>")
        answer = root.get(LIST)
        for part in ("ann, ", "€12.50", "confirmed", "giver@example.org", "pending", "Chess", "One, Two and 1 more"):
            assert part in said(answer)
        assert "<b>Guest" not in answer.content.decode()

    def test_finds_by_number_address_giver_and_project(self, root: Client) -> None:
        member = UserFactory(username="ann", name="Ann Smith")
        mine, _payment = given(ProjectFactory(name="Chess clock"), user=member)
        guest, _payment = begun(ProjectFactory(), name="Bo", email="bo@example.org")
        ways = (mine.number, mine.number.lower().replace("-", ""), member.email.upper(), "ann", "ann smith", "chess")
        for text in ways:
            with CaptureQueriesContext(connection) as caught:
                assert numbers(root.get(LIST, {"q": text})) == {mine.number}, text
            assert len(caught) <= 8, text
        for text in ("Bo", "BO@example.org"):
            assert numbers(root.get(LIST, {"q": text})) == {guest.number}, text
        for text in ("nobody", "%", "'", "x" * 3000):
            assert numbers(root.get(LIST, {"q": text})) == set(), text
        assert len(numbers(root.get(LIST, {"q": "\x00"}))) == 2

    def test_finds_the_newest_of_each_project(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A project with many does not hide what another one got."""
        monkeypatch.setattr(staff, "MOST_FOUND", 2)
        old, popular = ProjectFactory(name="Chess one"), ProjectFactory(name="Chess two")
        first, _payment = begun(old)
        later = [begun(popular)[0] for _number in range(3)]
        assert staff.donations_like("chess") == {first.pk, later[1].pk, later[2].pk}

    def test_asks_for_months_of_a_monthly_donation_that_there_is_alone(self) -> None:
        """Words of eight letters look like a number: without one, no donation is looked through."""
        with CaptureQueriesContext(connection) as caught:
            staff.donations_like("Chess clock")
        assert not any('"pledge_id"' in query["sql"].partition("WHERE")[2] for query in caught)

    def test_filters(self, root: Client) -> None:
        project = ProjectFactory()
        paid, _payment = given(project)
        waits, _payment = awaiting(project)
        away, _payment = given(project)
        services.donation_set_archived(donation_id=away.pk, archived=True)
        dollars, _payment = begun(ProjectFactory(currency="USD"), currency="USD")
        assert numbers(root.get(LIST)) == {paid.number, waits.number, dollars.number}
        assert numbers(root.get(LIST, {"archived": "yes"})) == {away.number}
        assert len(numbers(root.get(LIST, {"archived": "all"}))) == 4
        assert numbers(root.get(LIST, {"currency": "USD"})) == {dollars.number}
        assert numbers(root.get(LIST, {"status__exact": "paid"})) == {paid.number}
        since = {"placed_at__gte": str(timezone.now() - timedelta(days=1))}
        assert numbers(root.get(LIST, since)) == {paid.number, waits.number, dollars.number}
        # What no filter asks for is not answered: else the secret of a link could be guessed letter by letter.
        assert root.get(LIST, {"secret__startswith": paid.secret[:1]}).status_code == 400

    def test_as_csv(self, root: Client) -> None:
        project = ProjectFactory(name="+Chess")
        donation, payment = given(
            project, amount=1250, user=UserFactory(username="ann"), email="=cmd@example.org", message="@SUM(A1)"
        )
        payment_settle(
            payment_id=payment.pk, report=report(payment, refunds=(RefundReport("re_1", 250, State.CONFIRMED),))
        )
        answer = root.get(page("donation_export"))
        (row,) = csv.DictReader(answer.content.decode("utf-8-sig").splitlines())
        assert (row["number"], row["giver"], row["amount"], row["refunded"]) == (
            donation.number,
            "ann",
            "12.50",
            "2.50",
        )
        assert (row["payment"], row["provider"], row["currency"]) == ("confirmed", "sandbox", "EUR")
        assert (row["email"], row["message"], row["projects"]) == ("'=cmd@example.org", "'@SUM(A1)", "'+Chess")
        assert staff_with("view_payment").get(page("donation_export")).status_code == 403


@pytest.mark.usefixtures("transfer")
class TestPermissions:
    """A button that somebody may not press is not there, and its address answers 403."""

    BUTTONS = {
        "cancel": "change_donation",
        "confirm": "change_payment",
        "refund": "add_refund",
        "archive": "delete_donation",
        "take_back": "delete_donation",
    }

    @pytest.mark.parametrize("name", BUTTONS)
    def test_of_buttons(self, name: str) -> None:
        donation, _payment = given(ProjectFactory()) if name == "refund" else awaiting(ProjectFactory())
        if name == "take_back":
            services.donation_set_archived(donation_id=donation.pk, archived=True)
        before = list(Donation.objects.values()), list(Payment.objects.values()), Refund.objects.count()
        own = self.BUTTONS[name]
        others = set(self.BUTTONS.values()) - {own}
        for codenames in (["view_donation"], ["view_donation", *sorted(others)]):
            looker = staff_with(*codenames)
            assert step(donation, name) not in looker.get(page("donation_change", donation.pk)).content.decode()
            assert looker.get(step(donation, name)).status_code == 403
            assert looker.post(step(donation, name), {}).status_code == 403
        assert before == (list(Donation.objects.values()), list(Payment.objects.values()), Refund.objects.count())
        if own != "change_donation":  # who may change one may see it: so Django has it
            assert staff_with(own).get(step(donation, name)).status_code == 403
        able = staff_with("view_donation", own)
        assert step(donation, name) in able.get(page("donation_change", donation.pk)).content.decode()
        assert able.get(step(donation, name)).status_code == 200

    def test_nobody_adds_changes_or_deletes(self, root: Client) -> None:
        donation, _payment = given(ProjectFactory())
        assert root.get(page("donation_add")).status_code == 403
        assert root.post(page("donation_delete", donation.pk), {"post": "yes"}).status_code == 403
        assert root.post(page("donation_change", donation.pk), {"status": "cancelled"}).status_code == 403
        root.post(LIST, {"action": "delete_selected", "_selected_action": [str(donation.pk)], "post": "yes"})
        assert fresh(donation).status == Donation.Status.PAID

    def test_of_the_list_and_the_page(self, client: Client) -> None:
        donation, _payment = given(ProjectFactory())
        for address in (LIST, page("donation_change", donation.pk)):
            assert client.get(address).status_code == 302
            assert staff_with("view_pledge", "view_payment").get(address).status_code == 403
            assert staff_with("view_donation").get(address).status_code == 200

    @pytest.mark.parametrize("address", ["nonsense", str(uuid.UUID(int=1))])
    def test_a_donation_that_is_not_there(self, root: Client, address: str) -> None:
        assert root.get(page("donation_change", address), follow=True).status_code == 200
        for name in self.BUTTONS:
            assert root.get(page(f"donation_{name}", address)).status_code == 404
            assert root.post(page(f"donation_{name}", address)).status_code == 404


def test_page_tells_everything_within_few_queries(root: Client, settings: Any) -> None:
    settings.DONATION_FEE_PERCENT = "10"
    one, two = ProjectFactory(name="Chess"), ProjectFactory(name="Clock")
    donation, payment = given(one, two, amount=1000, name="Ada", message="<i>Go on</i>", is_anonymous=True)
    part = donation.parts.get(name="Chess")
    services.part_set_hidden(part_id=part.pk, hidden=True)
    back = RefundReport("re_1", 250, State.CONFIRMED)
    payment_settle(payment_id=payment.pk, report=report(payment, refunds=(back,)))
    address = page("donation_change", donation.pk)
    root.get(address)
    with CaptureQueriesContext(connection) as caught:
        answer = root.get(address)
    assert len(caught) <= 12
    text = said(answer)
    parts = ("Chess", "Clock", "€10.00", "€0.50", "refunded in part", "4242", "Test payment", "€2.50", "€1.25")
    for told in (*parts, "hidden by its creator", "giver@example.org", "as “Ada”"):
        assert told in text, told
    assert "<i>Go on" not in answer.content.decode()


def test_months_and_their_pledge(stripe: StripePeer, root: Client) -> None:
    member = UserFactory(username="ann", email="ann@example.org")
    pledge, _subscription = given_monthly(stripe, ProjectFactory(name="Chess"), amount=700, user=member)
    (month,) = months(pledge)
    assert numbers(root.get(LIST, {"q": pledge.number})) == {month.number}
    assert pledge.number in said(root.get(page("donation_change", month.pk)))
    pledges = page("pledge_changelist")
    for text in ("", pledge.number, "ann", "ann@example.org", "chess"):
        assert numbers(root.get(pledges, {"q": text})) == {pledge.number}, text
    assert numbers(root.get(pledges, {"q": "bo"})) == set()
    shown = said(root.get(page("pledge_change", pledge.pk)))
    for told in (month.number, "Chess", "€7.00", "active"):
        assert told in shown
    address = page("pledge_end", pledge.pk)
    assert staff_with("view_pledge", "change_donation").post(address).status_code == 403
    able = staff_with("view_pledge", "change_pledge")
    assert address in able.get(page("pledge_change", pledge.pk)).content.decode()
    assert "Nothing is taken any more" in said(able.get(address))
    assert "is ended" in said(able.post(address, follow=True))
    assert "has ended" in said(able.post(address, follow=True))
    assert fresh(pledge).status == Pledge.Status.ENDED
    assert address not in able.get(page("pledge_change", pledge.pk)).content.decode()


def test_what_projects_ask_for_and_got_is_only_looked_at(root: Client) -> None:
    project = ProjectFactory(name="Chess")
    goal = GoalFactory(project=project)
    given(project, amount=1250)
    services.donations_switch(project=project, is_on=False)
    rows: dict[str, tuple[Any, str]] = {
        "goal": (goal, "€12.50"),
        "support": (Support.objects.get(), "€12.50"),
        "donationpolicy": (DonationPolicy.objects.get(), "Chess"),
    }
    for name, (row, told) in rows.items():
        looker = staff_with(f"view_{name}")
        for address in (page(f"{name}_changelist"), page(f"{name}_change", row.pk)):
            assert told in said(looker.get(address)), address
            assert staff_with("view_donation").get(address).status_code == 403
        assert root.get(page(f"{name}_changelist"), {"q": "chess"}).context["cl"].result_count == 1
        assert root.post(page(f"{name}_change", row.pk), {}).status_code == 403
        assert root.post(page(f"{name}_delete", row.pk), {"post": "yes"}).status_code == 403


def test_index_lists_donations_in_the_order_of_their_use(root: Client) -> None:
    apps = {app["app_label"]: app for app in root.get(reverse("admin:index")).context["app_list"]}
    shown = [model["object_name"] for model in apps["donations"]["models"]]
    assert shown == ["Donation", "Pledge", "Goal", "Support", "DonationPolicy"]
