"""A fixed price that is lower for a time."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import PriceKind, Project
from showpiece.catalog.services import project_change
from showpiece.orders import services
from tests.catalog.studio import form_of, said, signed_in, url
from tests.factories import CreatorFactory
from tests.orders.shop import filled, placed, priced, quoted

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def on_sale(percent: int = 25, starts: timedelta | None = -DAY, ends: timedelta = DAY, **fields: Any) -> Project:
    now = timezone.now()
    window = {"sale_starts_at": None if starts is None else now + starts, "sale_ends_at": now + ends}
    return priced(fields.pop("minor", 1000), sale_percent=percent, **window, **fields)


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, 750),
        ({"starts": None}, 750),
        ({"starts": DAY, "ends": 2 * DAY}, 1000),
        ({"starts": -2 * DAY, "ends": -DAY}, 1000),
        ({"percent": 90, "minor": 1}, 1),
        ({"percent": 33, "minor": 999}, 669),
        ({"percent": 50, "minor": 5}, 3),
    ],
)
def test_is_asked_within_its_window_alone(fields: dict[str, Any], asked: int) -> None:
    project = on_sale(**fields)
    assert project.price_now_minor == asked
    assert quoted(filled(project)).total_minor == asked


def test_who_saw_it_before_it_ended_is_asked_again() -> None:
    project = on_sale()
    cart = filled(project)
    seen = quoted(cart).digest
    Project.objects.update(sale_ends_at=timezone.now())
    with pytest.raises(services.PriceChanged) as told:
        placed(cart, seen=seen)
    assert told.value.quote.total_minor == 1000


def test_an_order_keeps_what_it_was_made_with() -> None:
    order, _payment = placed(filled(on_sale()))
    Project.objects.update(sale_ends_at=timezone.now())
    order.refresh_from_db()
    assert order.total_minor == 750


@pytest.mark.parametrize(
    "fields",
    [
        {"sale_percent": 91},
        {"sale_percent": 0},
        {"sale_ends_at": None},
        {"sale_percent": None},
        {"price_kind": PriceKind.OPEN},
        {"sale_starts_at": timezone.now() + 9 * DAY},
    ],
)
def test_the_database_keeps_it_sensible(fields: dict[str, Any]) -> None:
    project = on_sale()
    with pytest.raises(ValidationError):
        project_change(project=project, actor=None, revision=project.revision, **fields)
    with pytest.raises(IntegrityError):
        Project.objects.filter(pk=project.pk).update(**fields)


class TestShown:
    def test_on_page_and_card_with_the_old_price_struck_through(self, client: Client) -> None:
        project = on_sale(name="Cheaper")
        for address in (project.get_absolute_url(), project.creator.get_absolute_url()):
            page = client.get(address).content.decode()
            assert "<s>€10.00</s>" in page
            assert "€7.50" in page
        assert "until" in said(client.get(project.get_absolute_url()))
        Project.objects.update(sale_ends_at=timezone.now())  # a card that was kept is of before
        for address in (project.get_absolute_url(), project.creator.get_absolute_url()):
            page = client.get(address).content.decode()
            assert "€7.50" not in page
            assert "<s>" not in page

    def test_to_search_engines(self, client: Client) -> None:
        project = on_sale()
        offer = client.get(project.get_absolute_url()).context["linked_data"]["offers"]
        assert offer["price"] == "7.50"
        assert offer["priceValidUntil"] == project.sale_ends_at.isoformat()  # type: ignore[union-attr]


class TestStudio:
    @pytest.fixture
    def project(self) -> Project:
        return priced(1000, creator=CreatorFactory(), description="What it does.")

    def save(self, project: Project, **changes: str) -> Any:
        client = signed_in(project.creator.user)
        return client.post(url("studio_project", project), form_of(client, project) | changes)

    def test_made_told_in_the_history_and_ended(self, project: Project) -> None:
        answer = self.save(project, sale_percent="25", sale_ends_at="2099-01-02T10:00")
        assert answer.status_code == 302, answer.context["form"].errors
        project.refresh_from_db()
        assert (project.sale_percent, project.price_now_minor) == (25, 750)
        client = signed_in(project.creator.user)
        history = said(client.get(reverse("studio_history", args=[project.pk])))
        assert "Sale, in percent: — → 25" in history
        assert "2 January 2099" in history
        # Saved again as it stands, nothing is changed and nobody is asked.
        assert self.save(project).status_code == 302
        project.refresh_from_db()
        assert project.sale_percent == 25
        assert self.save(project, price_kind="free", price="").status_code == 302
        project.refresh_from_db()
        assert (project.sale_percent, project.sale_ends_at) == (None, None)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            *(
                ({"sale_percent": text, "sale_ends_at": "2099-01-01T10:00"}, "sale_percent")
                for text in ("0", "91", "x")
            ),
            ({"sale_percent": "", "sale_ends_at": "2099-01-01T10:00"}, "sale_percent"),
            ({"sale_percent": "10"}, "sale_ends_at"),
            ({"sale_percent": "10", "sale_ends_at": "soon"}, "sale_ends_at"),
            (
                {"sale_percent": "10", "sale_starts_at": "2099-01-01T10:00", "sale_ends_at": "2099-01-01T10:00"},
                "sale_ends_at",
            ),
        ],
    )
    def test_what_makes_no_sense_is_told_at_the_field(
        self, project: Project, changes: dict[str, str], field: str
    ) -> None:
        answer = self.save(project, **changes)
        assert list(answer.context["form"].errors) == [field]
        project.refresh_from_db()
        assert project.sale_percent is None
