"""What a giver and a creator take along, and what is left of them."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from showpiece.accounts import erasure, export
from showpiece.accounts.models import User
from showpiece.donations import services
from showpiece.donations.models import Donation, Goal
from showpiece.payments.services import ledger_faults
from tests.donations.giving import begun, given
from tests.factories import ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db
FILES = ("donations", "monthly-donations", "donations-received", "goals")


def exported(user: User, folder: Path) -> dict[str, Any]:
    with zipfile.ZipFile(folder / "data.zip", "w") as archive:
        export.write(user, export.ZipPackage(archive, lambda: None))
    with zipfile.ZipFile(folder / "data.zip") as archive:
        return {name: json.loads(archive.read(f"{name}.json")) for name in FILES}


def test_a_giver_takes_along_what_they_gave(tmp_path: Path) -> None:
    giver = UserFactory()
    given(ProjectFactory(name="Plates"), amount=700, user=giver, message="Thanks")
    given(ProjectFactory(), user=UserFactory())
    (donation,) = exported(giver, tmp_path)["donations"]
    assert (donation["amount_minor"], donation["message"]) == (700, "Thanks")
    assert donation["parts"][0]["project"] == "Plates"
    assert donation["payments"][0]["card_ends_with"] == "4242"


def test_a_creator_takes_along_what_came_but_nobody_who_is_anonymous(tmp_path: Path) -> None:
    project = ProjectFactory(name="Plates")
    services.goal_set(project=project, title="A server", target_minor=5000)
    given(project, ProjectFactory(name="Of another"), name="Bob", message="Hi", email="bob@example.org")
    given(project, name="Carol", is_anonymous=True)
    found = exported(project.creator.user, tmp_path)
    assert [(row["project"], row["name"]) for row in found["donations-received"]] == [("Plates", "Bob"), ("Plates", "")]
    assert found["goals"][0]["raised_minor"] == 1500
    told = json.dumps(found)
    assert "Carol" not in told
    assert "bob@example.org" not in told


def test_books_stay_when_a_giver_goes_and_do_not_name_them() -> None:
    giver, project = UserFactory(name="Bob Giver"), ProjectFactory()
    paid, _payment = given(project, user=giver, name="Bobby", message="It is me, Bob")
    waiting, _payment = begun(project, user=giver)
    secret = paid.secret
    for _again in range(2):
        erasure.erase(giver, lambda: None)
    paid.refresh_from_db()
    waiting.refresh_from_db()
    assert (paid.status, waiting.status) == (Donation.Status.PAID, Donation.Status.CANCELLED)
    assert (paid.user_id, paid.email, paid.name, paid.message, paid.is_anonymous) == (None, "", "", "", True)
    assert Client().get(f"/donations/{paid.number}/{secret}/").status_code == 404
    assert ledger_faults() == []


def test_a_creator_who_goes_asks_for_nothing_any_more() -> None:
    project = ProjectFactory()
    services.goal_set(project=project, title="A kidney", target_minor=5000, about="Mine, from Ann")
    given(project)
    erasure.erase(project.creator.user, lambda: None)
    goal = Goal.objects.get()
    assert goal.closed_at
    assert "Ann" not in goal.title + goal.about
    assert goal.raised_minor == 1000
    assert ledger_faults() == []
