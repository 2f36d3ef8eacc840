"""What staff do with a donation, and what becomes of what they press twice."""

import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from showpiece.donations import services
from showpiece.donations.models import Donation, Support
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.services import ledger_faults, payment_settle
from tests.catalog.studio import said
from tests.donations.desk import LIST, awaiting, numbers, page, signed_in, staff_with, step
from tests.donations.desk import root as signed_in_root
from tests.donations.giving import begun, given, report
from tests.factories import ProjectFactory, UserFactory
from tests.payments.till import fresh

pytestmark = pytest.mark.django_db


@pytest.fixture(name="root")
def _root() -> Client:
    return signed_in_root()


@pytest.fixture(autouse=True)
def _transfer(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["sandbox", "transfer"]
    settings.BANK_DETAILS = "IBAN DE00 0000"


class TestConfirm:
    def test_a_transfer_that_has_come_is_given_once(self, root: Client, mailoutbox: list[Any]) -> None:
        project = ProjectFactory()
        donation, payment = awaiting(project)
        mailoutbox.clear()
        answer = root.post(step(donation, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "The donation is given." in said(answer)
        assert fresh(donation).status == Donation.Status.PAID
        assert len(mailoutbox) == 2  # to the giver and the creator
        again = root.post(step(donation, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "no transfer to wait for" in said(again)
        assert LogEntry.objects.filter(object_id=str(donation.pk)).count() == 1
        assert Support.objects.get(project=project).given_minor == 1000
        assert ledger_faults() == []

    def test_that_of_another_donation_is_not(self, root: Client) -> None:
        donation, _payment = awaiting(ProjectFactory())
        _other, foreign = awaiting(ProjectFactory())
        assert root.post(step(donation, "confirm"), {"payment": str(foreign.pk)}).status_code == 422
        assert fresh(foreign).status == Payment.Status.PENDING

    def test_one_for_a_cancelled_donation_goes_back(self, root: Client) -> None:
        donation, payment = awaiting(ProjectFactory())
        services.donation_cancel(donation_id=donation.pk)
        answer = root.post(step(donation, "confirm"), {"payment": str(payment.pk)}, follow=True)
        assert "did not need the money" in said(answer)
        assert Refund.objects.get().amount_minor == 1000
        assert fresh(donation).status == Donation.Status.CANCELLED
        assert not Support.objects.exists()


class TestRefund:
    @pytest.fixture
    def paid(self, settings: Any) -> tuple[Donation, Payment]:
        settings.DONATION_FEE_PERCENT = "10"
        return given(ProjectFactory(name="One"), ProjectFactory(name="Other"), amount=1500)

    def form(self, root: Client, donation: Donation, **changes: Any) -> dict[str, Any]:
        form = root.get(step(donation, "refund")).context["form"]
        body = {name: form[name].value() for name in form.fields}
        body["payment"] = form.fields["payment"].choices[0][0]
        return {name: "" if value is None else value for name, value in (body | changes).items()}

    def confirmed(self, payment: Payment) -> None:
        refund = Refund.objects.get()
        back = RefundReport("re_1", refund.amount_minor, State.CONFIRMED, key=refund.pk)
        payment_settle(payment_id=payment.pk, report=report(payment, refunds=(back,)))

    def test_a_double_press_gives_back_once(self, root: Client, paid: tuple[Donation, Payment]) -> None:
        donation, _payment = paid
        body = self.form(root, donation, what="amount", amount="2,50", reason="Sorry")
        for _twice in range(2):
            answer = root.post(step(donation, "refund"), body, follow=True)
            assert "€2.50 is on its way back" in said(answer)
        refund = Refund.objects.get()
        assert refund.made_by is not None
        assert (refund.amount_minor, refund.reason, refund.made_by.username) == (250, "Sorry", "root")
        assert refund.revokes is None

    def test_all_and_then_nothing(self, root: Client, paid: tuple[Donation, Payment]) -> None:
        donation, payment = paid
        body = self.form(root, donation, what="all")
        root.post(step(donation, "refund"), body)
        late = root.post(step(donation, "refund"), body | {"key": str(uuid.uuid4())}, follow=True)
        assert late.status_code == 422
        assert "nothing to give back" in said(late)
        assert Refund.objects.get().amount_minor == 1500
        self.confirmed(payment)
        shown = root.get(page("donation_change", donation.pk))
        assert "refunded" in said(shown)
        assert step(donation, "refund") not in shown.content.decode()
        assert not donation.parts.filter(on_wall=True).exists()
        assert "nothing to give back" in said(root.get(step(donation, "refund"), follow=True))

    def test_by_project(self, root: Client, paid: tuple[Donation, Payment]) -> None:
        donation, payment = paid
        one, other = donation.parts.order_by("position")
        changes = {f"line_{one.pk}": "3.00", f"line_{other.pk}": "7.50"}
        root.post(step(donation, "refund"), self.form(root, donation, what="lines", **changes))
        self.confirmed(payment)
        parts = list(donation.parts.order_by("position"))
        assert [(part.refunded_minor, part.on_wall) for part in parts] == [(300, True), (750, False)]
        assert [Support.objects.get(project=part.project).given_minor for part in parts] == [450, 0]
        assert fresh(donation).refunded_minor == 1050
        assert ledger_faults() == []

    @pytest.mark.parametrize(
        "changes",
        [
            *({"what": "amount", "amount": text} for text in ("", "0", "-1", "1.005", "NaN", "15.01")),
            {"what": "lines"},
            {"what": "everything"},
            {"key": "none"},
            {"payment": str(uuid.UUID(int=1))},
            {"reason": "x" * 201},
        ],
    )
    def test_what_makes_no_sense_is_told(
        self, root: Client, paid: tuple[Donation, Payment], changes: dict[str, str]
    ) -> None:
        answer = root.post(step(paid[0], "refund"), self.form(root, paid[0], **changes))
        assert answer.status_code == 422
        assert answer.context["form"].errors
        assert not Refund.objects.exists()

    def test_more_than_is_left_of_a_project(self, root: Client, paid: tuple[Donation, Payment]) -> None:
        """What is on its way back counts as gone: else it would come from the other projects."""
        donation, _payment = paid
        field = f"line_{donation.parts.get(name='Other').pk}"
        root.post(step(donation, "refund"), self.form(root, donation, what="lines", **{field: "7"}))
        again = root.post(step(donation, "refund"), self.form(root, donation, what="lines", **{field: "0.51"}))
        assert again.status_code == 422
        assert "More than is left of it." in said(again)
        assert Refund.objects.get().amount_minor == 700


class TestCancel:
    def test_an_open_one_once(self, root: Client) -> None:
        donation, _payment = awaiting(ProjectFactory())
        assert "is cancelled" in said(root.post(step(donation, "cancel"), follow=True))
        assert "Only an open donation" in said(root.post(step(donation, "cancel"), follow=True))
        assert fresh(donation).status == Donation.Status.CANCELLED
        text = said(root.get(reverse("admin:donations_donation_history", args=[donation.pk])))
        assert "Cancelled." in text
        assert "root" in text

    def test_not_what_was_paid_meanwhile(self, root: Client) -> None:
        donation, payment = begun(ProjectFactory())
        payment_settle(payment_id=payment.pk, report=report(payment))
        assert "Only an open donation" in said(root.post(step(donation, "cancel"), follow=True))
        assert fresh(donation).status == Donation.Status.PAID


class TestArchive:
    def test_takes_it_off_the_wall_and_out_of_the_lists_until_it_is_taken_back(self, root: Client) -> None:
        giver, project = UserFactory(username="ann"), ProjectFactory(name="Chess")
        donation, _payment = given(project, user=giver, message="Go on with it!")
        member = signed_in(giver)
        wall = reverse("project_supporters", args=[project.creator.slug, project.slug])

        def seen() -> list[bool]:
            theirs = donation.number in numbers(root.get(LIST))
            places = [(member, reverse("donations"), donation.get_absolute_url()), (Client(), wall, "Go on with it!")]
            return [theirs, *(text in client.get(address).content.decode() for client, address, text in places)]

        assert seen() == [True, True, True]
        for text in ("is archived", "archived before"):
            assert text in said(root.post(step(donation, "archive"), follow=True))
        assert seen() == [False, False, False]
        assert member.get(donation.get_absolute_url()).status_code == 404
        assert Support.objects.get(project=project).given_minor == 1000
        for text in ("is back", "was not archived"):
            assert text in said(root.post(step(donation, "take_back"), follow=True))
        assert seen() == [True, True, True]
        assert LogEntry.objects.filter(object_id=str(donation.pk)).count() == 2

    def test_many_at_once(self, root: Client) -> None:
        donations = [given(ProjectFactory())[0] for _number in range(2)]
        body = {"action": "archive_all", "_selected_action": [str(one.pk) for one in donations]}
        staff_with("view_donation", "change_donation").post(LIST, body)
        assert fresh(donations[0]).archived_at is None
        assert "2 donations are archived" in said(root.post(LIST, body, follow=True))
        services.donation_set_archived(donation_id=donations[0].pk, archived=False)
        body["action"] = "take_back_all"
        answer = root.post(f"{LIST}?archived=all", body, follow=True)
        assert "1 donation is back" in said(answer)
        assert fresh(donations[1]).archived_at is None
