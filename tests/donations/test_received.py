"""What a creator sees of what was given: all of theirs, and of the givers what these let everybody see."""

import csv
from typing import Any

import pytest
from django.db import connection
from django.test import AsyncRequestFactory, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from showpiece.catalog.models import Creator, Project, Role
from showpiece.donations import services
from showpiece.donations.models import DonationPart
from showpiece.donations.received import kept_minor
from showpiece.donations.studio import views_received
from showpiece.payments.providers.base import RefundReport, State
from showpiece.payments.selectors import balance_of
from showpiece.payments.services import payment_settle
from tests.catalog.studio import said, signed_in, works_on
from tests.donations.giving import begun, given, report
from tests.factories import CreatorFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE, CSV = reverse("studio_donations"), reverse("studio_donations_csv")


@pytest.fixture
def creator() -> Creator:
    return CreatorFactory(name="Ann's tools")


@pytest.fixture
def project(creator: Creator) -> Project:
    return ProjectFactory(creator=creator, name="Plates")


@pytest.fixture
def ann(creator: Creator) -> Client:
    return signed_in(creator.user)


def rows(client: Client, **query: str) -> list[dict[str, str]]:
    answer = client.get(CSV, query)
    assert answer.status_code == 200
    return list(csv.DictReader(b"".join(answer).decode("utf-8-sig").splitlines()))  # type: ignore[arg-type]


def test_table_is_read_as_it_is_sent(creator: Creator) -> None:
    """Under ASGI Django reads what is no async stream to its end first, and there may be a million of them."""
    request: Any = AsyncRequestFactory().get(CSV)
    request.user = creator.user
    assert views_received.received_csv(request).is_async


def test_names_and_messages_are_shown_unless_somebody_is_anonymous(ann: Client, project: Project) -> None:
    given(project, name="Bob", message="Keep <b>going</b>!", email="bob@example.org")
    given(project, name="Carol", is_anonymous=True, message="From far away", email="carol@example.org")
    text = said(ann.get(PAGE)) + str(rows(ann))
    assert "Bob" in text
    assert "Keep <b>going</b>!" in text
    assert "From far away" in text
    for secret in ("Carol", "bob@example.org", "carol@example.org"):
        assert secret not in text
    assert b"<b>going" not in ann.get(PAGE).content


def test_of_a_donation_to_several_each_creator_sees_their_part(ann: Client, project: Project) -> None:
    other = ProjectFactory(name="Secret other")
    given(project, other, amount=1001)
    (row,) = rows(ann)
    assert (row["project"], row["amount"]) == ("Plates", "5.01")
    assert "Secret other" not in said(ann.get(PAGE))
    assert "10.01" not in said(ann.get(PAGE))


def test_what_is_not_given_or_put_away_is_not_there(ann: Client, project: Project) -> None:
    begun(project)
    donation, _payment = given(project, message="Put away")
    services.donation_set_archived(donation_id=donation.pk, archived=True)
    assert rows(ann) == []
    assert "Put away" not in said(ann.get(PAGE))


def test_fee_and_refunds_are_as_in_the_ledger(ann: Client, project: Project, settings: Any) -> None:
    settings.DONATION_FEE_PERCENT = 7
    _donation, payment = given(project, amount=999)
    back = RefundReport("re_1", 333, State.CONFIRMED)
    payment_settle(payment_id=payment.pk, report=report(payment, refunds=(back,)))
    part = DonationPart.objects.get()
    assert kept_minor(part) == balance_of(project.creator_id, "EUR")
    assert rows(ann)[0]["earned"] == f"{kept_minor(part) / 100:.2f}"


def test_it_is_taken_off_the_wall_and_put_back(ann: Client, project: Project) -> None:
    given(project, message="Buy cheap watches")
    part = DonationPart.objects.get()
    wall = reverse("studio_donation_wall", args=[part.pk])
    assert "off the wall" in said(ann.post(f"{wall}?project={project.pk}", {"to": "hide"}, follow=True))
    part.refresh_from_db()
    assert (part.on_wall, part.hidden_at is not None) == (False, True)
    assert "Not on the wall" in said(ann.get(PAGE))
    ann.post(wall, {"to": "show"})
    part.refresh_from_db()
    assert part.on_wall


class TestWho:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.MAINTAINER, Role.CONTRIBUTOR])
    def test_works_on_a_project_sees_no_money(self, project: Project, role: str) -> None:
        given(project, message="Thanks")
        friend = CreatorFactory().user
        works_on(project, friend, role)
        client = signed_in(friend)
        assert "Thanks" not in said(client.get(PAGE))
        assert client.get(PAGE, {"project": str(project.pk)}).status_code == 404
        part = DonationPart.objects.get()
        assert client.post(reverse("studio_donation_wall", args=[part.pk]), {"to": "hide"}).status_code == 404
        assert DonationPart.objects.get().on_wall

    @pytest.mark.parametrize("address", [PAGE, CSV])
    def test_is_no_creator(self, address: str) -> None:
        assert signed_in(UserFactory()).get(address).status_code == 404
        assert Client().get(address).status_code == 302

    @pytest.mark.parametrize("text", ["x", "0" * 32, "%00"])
    def test_asks_for_a_project_that_is_none_of_theirs(self, ann: Client, text: str) -> None:
        assert ann.get(f"{PAGE}?project={text}").status_code == 404


def test_a_page_costs_the_same_with_many(ann: Client, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert ann.get(PAGE).status_code == 200
        return len(captured)

    given(project)
    queries()
    before = queries()
    for number in range(6):
        given(project, ProjectFactory(creator=project.creator), name=f"Giver {number}", user=UserFactory())
    monkeypatch.setattr(views_received, "PAGE_SIZE", 4)
    assert queries() == before <= 8
    first = ann.get(PAGE).context["page"]
    second = ann.get(first.next_url).context["page"]
    assert not {part.pk for part in first.items} & {part.pk for part in second.items}
