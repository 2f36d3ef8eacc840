"""What the sample shop shows of giving, and the keys that it gives out."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from post_office.models import Email

from showpiece.catalog.models import Project
from showpiece.donations.models import Donation, DonationPart, Goal
from showpiece.donations.services import goal_close
from showpiece.orders.delivery.versions import version_notice_steps
from showpiece.orders.models import LicenseKey, LicensePolicy, VersionNotice
from showpiece.payments.models import Entry, Payment
from showpiece.sample import loader
from tests.orders.shop import paid_order


def text(page: Any) -> str:
    return " ".join(page.content.decode().split())


@pytest.mark.django_db
def test_giving_is_shown_and_the_books_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    loader.fill()
    leaf_log, halves = (Project.objects.get(slug=slug) for slug in ("leaf-log", "halves"))
    goal = Goal.objects.get()
    on_wall = DonationPart.objects.filter(on_wall=True)
    assert (on_wall.filter(project=leaf_log).count(), on_wall.filter(project=halves).count()) == (6, 2)
    assert goal.raised_minor == sum(on_wall.filter(goal=goal).values_list("amount_minor", flat=True)) > 0
    assert goal.raised_minor < goal.target_minor
    assert not Donation.objects.exclude(status=Donation.Status.PAID).exists()
    assert not Payment.objects.exclude(provider="sandbox", status=Payment.Status.CONFIRMED).exists()
    call_command("ledger", "check")
    assert "8 movements, every sum is zero." in capsys.readouterr().out
    parts = DonationPart.objects.order_by("donation__pk").select_related("donation")
    moments = [part.given_at for part in parts if part.given_at is not None and part.given_at == part.donation.paid_at]
    assert len(moments) == 9
    assert moments == sorted(moments), "the list by id and the list by date are the same"
    assert (timezone.now() - moments[0]).days > 20
    assert set(Entry.objects.values_list("made_at", flat=True)) == set(moments)
    page = text(Client().get("/@yuki-grows/leaf-log/"))
    for shown in (
        "Sensors for a school garden",
        "Полина Ветрова",
        "ליאור בן־דרור",
        "For the tomatoes of the second form.",
    ):
        assert shown in page
    # Nobody is written to, of the versions neither.
    for pk in VersionNotice.objects.values_list("pk", flat=True):
        version_notice_steps(release_id=pk)
    assert not Email.objects.exists()


@pytest.mark.django_db
def test_twice_gives_once_and_what_was_changed_stays() -> None:
    loader.fill()
    goal_close(goal=Goal.objects.get())
    LicensePolicy.objects.update(max_activations=9)
    Donation.objects.filter(name="Jun Tachibana").update(archived_at=timezone.now())
    before = set(Donation.objects.values_list("pk", "archived_at"))
    loader.fill()
    assert set(Donation.objects.values_list("pk", "archived_at")) == before
    assert Goal.objects.get().closed_at is not None
    assert LicensePolicy.objects.get().max_activations == 9


@pytest.mark.django_db
def test_where_money_is_real_none_is_invented(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = ["transfer"]
    loader.fill()
    assert not Donation.objects.exists()
    assert not Goal.objects.exists()


def lockstep(kept: Path) -> ModuleType:
    """The program that the shop sells, as a module."""
    file = loader.HERE / "releases" / "lockstep" / "1.1.0" / "lockstep.py"
    spec = importlib.util.spec_from_file_location("sample_lockstep", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.KEPT = kept  # type: ignore[attr-defined]
    return module


@pytest.mark.django_db(transaction=True)
def test_lockstep_asks_a_running_shop_whether_its_key_holds(
    live_server: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loader.fill()
    paid_order(Project.objects.get(slug="lockstep"))
    key, program = LicenseKey.objects.get().key, lockstep(tmp_path / "config" / "lockstep.json")
    assert program.main(["--license"]) == 1
    assert program.main(["--activate", key]) == 2
    assert program.main(["--activate", "NONE", "--shop", live_server.url]) == 1
    assert "There is no such license key." in capsys.readouterr().err
    assert program.main(["--activate", key.lower(), "--shop", f"{live_server.url}/"]) == 0
    assert ": 1 of 3 machines." in capsys.readouterr().out
    assert program.main(["--license"]) == 0
    program.VERSION = "1.0.0"  # type: ignore[attr-defined]
    assert program.main(["--license"]) == 0
    assert capsys.readouterr().out == "The license holds.\nThe license holds.\nThere is version 1.1.0.\n"
    assert program.main(["--deactivate"]) == 0
    assert not program.KEPT.exists()
    assert program.main(["--activate", key, "--shop", "http://127.0.0.1:9"]) == 2
