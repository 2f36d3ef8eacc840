"""Bundles: made of own projects on display, sold at one price, gone when one of them is."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from showpiece.catalog.models import Creator, PriceKind, Project, Role, Status
from showpiece.orders import services
from showpiece.orders.models import Bundle, CartItem, PromoCode
from showpiece.orders.studio import forms
from tests.catalog.studio import said, signed_in, works_on
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import filled, placed, priced, quoted

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("studio_bundles"), reverse("studio_bundle_new")


@pytest.fixture
def creator() -> Creator:
    return CreatorFactory(slug="ann")


@pytest.fixture
def ann(creator: Creator) -> Client:
    return signed_in(creator.user)


@pytest.fixture
def two(creator: Creator) -> list[Project]:
    return [priced(1000, creator=creator, name="Clock"), priced(3000, creator=creator, name="Board")]


def published(projects: list[Project], price_minor: int = 2000, name: str = "Chess night") -> Bundle:
    bundle = services.bundle_create(creator=projects[0].creator, name=name, price_minor=price_minor, projects=projects)
    return services.bundle_set_status(bundle=bundle, status=Status.PUBLISHED)


def body(projects: list[Project], **changes: Any) -> dict[str, Any]:
    return {"name": "Chess night", "price": "20", "projects": [str(project.pk) for project in projects]} | changes


class TestMany:
    """A creator with a lot of projects, of which a page shows some and finds the others."""

    @pytest.fixture(autouse=True)
    def _few_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(forms, "SHOWN", 3)

    @pytest.fixture
    def many(self, creator: Creator) -> list[Project]:
        return [priced(1000, creator=creator, name=f"Clock {number:02}") for number in range(8)]

    @pytest.mark.parametrize("kind", ["bundle", "code"])
    def test_page_does_not_grow_and_finds_the_others(self, ann: Client, many: list[Project], kind: str) -> None:
        new = reverse(f"studio_{kind}_new")
        shown = said(ann.get(new))
        assert "Clock 02" in shown
        assert "Clock 03" not in shown
        typed = {"projects": [str(many[6].pk)], "name": "Night", "code": "NIGHT", "kind": "percent", "percent": "x"}
        answer = ann.post(new, typed | {"find": "clock 07", "look": "1"})
        assert answer.status_code == 200
        form = answer.context["form"]
        assert not form.errors
        boxes = {choice.choice_label.split(",")[0]: choice.data["selected"] for choice in form["projects"]}
        assert boxes == {"Clock 06": True, "Clock 07": False}
        for part in ('value="NIGHT"', 'value="x"') if kind == "code" else ('value="Night"',):
            assert part in answer.content.decode()
        assert "Clock" not in said(ann.post(new, typed | {"find": "%", "look": "1", "projects": []}))
        by_enter = ann.post(new, typed | {"find": "clock 05", "found": "clock 07"})
        assert "Clock 05" in said(by_enter)
        assert by_enter.status_code == 200
        assert b'name="found" value="clock 05"' in b" ".join(by_enter.content.split())
        assert not Bundle.objects.exists()
        assert not PromoCode.objects.exists()

    def test_what_was_found_is_saved_and_shown_again(self, ann: Client, many: list[Project]) -> None:
        chosen = many[6:]
        assert ann.post(NEW, body(chosen, price="15", find="Clock", save="1")).status_code == 302
        bundle = Bundle.objects.get()
        assert [part.project for part in bundle.parts.order_by("position")] == chosen
        answer = ann.get(reverse("studio_bundle", args=[bundle.pk]))
        boxes = {
            choice.choice_label.split(",")[0]: choice.data["selected"] for choice in answer.context["form"]["projects"]
        }
        assert boxes == {"Clock 06": True, "Clock 07": True, "Clock 00": False, "Clock 01": False, "Clock 02": False}
        other = priced(1000, name="Of another")
        refused = ann.post(NEW, body([many[0], other]))
        assert "projects" in refused.context["form"].errors

    def test_a_code_names_only_so_many(self, ann: Client, many: list[Project], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(forms, "MOST_NAMED", 4)
        chosen = [str(project.pk) for project in many[:5]]
        base = {"code": "NIGHT", "kind": "percent", "percent": "10", "currency": "EUR"}
        answer = ann.post(reverse("studio_code_new"), base | {"projects": chosen})
        assert answer.context["form"].errors["projects"] == ["At most 4 projects."]
        assert ann.post(reverse("studio_code_new"), base | {"projects": chosen[:4]}).status_code == 302
        assert PromoCode.objects.get().projects.count() == 4


class TestStudio:
    def test_made_changed_published_and_taken_off(self, ann: Client, two: list[Project], client: Client) -> None:
        answer = ann.post(NEW, body(two, summary="All you need."), follow=True)
        assert "One by one €40.00: it saves €20.00." in said(answer)
        bundle = Bundle.objects.get()
        assert (bundle.slug, bundle.currency, bundle.price_minor, bundle.status) == (
            "chess-night",
            "EUR",
            2000,
            "draft",
        )
        assert client.get(bundle.get_absolute_url()).status_code == 404
        status = reverse("studio_bundle_status", args=[bundle.pk])
        assert "is on display" in said(ann.post(status, {"to": "publish"}, follow=True))
        assert client.get(bundle.get_absolute_url()).status_code == 200
        address = reverse("studio_bundle", args=[bundle.pk])
        assert ann.post(address, body(two, name="Chess evening", price="25,50")).status_code == 302
        bundle.refresh_from_db()
        assert (bundle.name, bundle.slug, bundle.price_minor, bundle.status) == (
            "Chess evening",
            "chess-night",
            2550,
            "published",
        )
        for step, word in (("archive", "is archived"), ("draft", "is a draft again")):
            assert word in said(ann.post(status, {"to": step}, follow=True))
            assert client.get(bundle.get_absolute_url()).status_code == 404
        assert ann.post(status, {"to": "nonsense"}).status_code == 404
        assert "Chess evening" in said(ann.get(LIST))

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            *(({"price": text}, "price") for text in ("", "0", "-1", "1.005", "NaN", "40", "40.01", "99999999999")),
            ({"name": " "}, "name"),
            ({"name": "x" * 101}, "name"),
            ({"summary": "x" * 161}, "summary"),
            ({"projects": []}, "projects"),
            ({"projects": ["nonsense"]}, "projects"),
        ],
    )
    def test_what_makes_no_sense_is_told_at_the_field(
        self, ann: Client, two: list[Project], changes: Any, field: str
    ) -> None:
        answer = ann.post(NEW, body(two) | changes)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert not Bundle.objects.exists()

    @pytest.mark.parametrize(
        "fields",
        [
            {"creator": None},
            {"status": Status.DRAFT},
            {"status": Status.ARCHIVED},
            {"price_kind": PriceKind.FREE, "price_minor": 0},
            {"currency": "USD"},
        ],
    )
    def test_only_own_ones_that_are_sold_in_one_currency(
        self, ann: Client, creator: Creator, two: list[Project], fields: dict[str, Any]
    ) -> None:
        third = priced(500, **({"creator": creator} | fields if fields.get("creator", "") is not None else {}))
        assert ann.post(NEW, body([*two, third])).status_code == 422
        with pytest.raises(ValidationError) as told:
            services.bundle_create(creator=creator, name="X", price_minor=100, projects=[*two, third])
        assert "projects" in told.value.message_dict

    def test_from_two_to_twenty(self, creator: Creator, two: list[Project]) -> None:
        many = [priced(100, creator=creator) for _number in range(21)]
        for projects in (two[:1], [two[0], two[0]], many):
            with pytest.raises(ValidationError):
                services.bundle_create(creator=creator, name="X", price_minor=50, projects=projects)
        assert services.bundle_create(creator=creator, name="X", price_minor=50, projects=many[:20])

    def test_what_left_the_display_is_named_and_not_dropped_in_silence(
        self, ann: Client, creator: Creator, two: list[Project]
    ) -> None:
        third = priced(500, creator=creator, name="Gone")
        bundle = published([*two, third])
        Project.objects.filter(pk=third.pk).update(status=Status.ARCHIVED)
        address = reverse("studio_bundle", args=[bundle.pk])
        shown = ann.get(address).context["form"]
        ticked = [str(choice.data["value"]) for choice in shown["projects"] if choice.data["selected"]]
        answer = ann.post(address, body(two) | {"projects": ticked})
        assert "Not on display, or free: Gone." in said(answer)
        assert ann.post(address, body(two)).status_code == 302
        assert bundle.parts.count() == 2

    def test_addresses_are_free(self, creator: Creator, two: list[Project]) -> None:
        names = ["Versions", "Chess night", "Chess night"]
        made = [published(two, name=name).slug for name in names]
        assert made == ["versions-2", "chess-night", "chess-night-2"]

    def test_others_do_not_reach_it(self, creator: Creator, two: list[Project], client: Client) -> None:
        bundle = published(two)
        friend = UserFactory()
        works_on(two[0], friend, Role.OWNER)
        assert client.get(LIST).status_code == 302
        assert signed_in(friend).get(LIST).status_code == 404
        other = signed_in(CreatorFactory(user=friend).user)
        assert other.post(reverse("studio_bundle", args=[bundle.pk]), body(two)).status_code == 404
        assert other.post(reverse("studio_bundle_status", args=[bundle.pk]), {"to": "archive"}).status_code == 404
        bundle.refresh_from_db()
        assert bundle.status == Status.PUBLISHED

    def test_the_empty_list_says_what_to_do(self, ann: Client) -> None:
        assert "No bundles yet" in said(ann.get(LIST))
        assert "Publish two projects with a price first" in said(ann.get(NEW))


class TestVisitors:
    def test_see_what_is_in_it_and_what_it_saves(self, client: Client, two: list[Project]) -> None:
        bundle = published(two)
        text = said(client.get(bundle.get_absolute_url()))
        for part in ("Chess night", "€20.00", "€40.00 one by one", "You save €20.00", "Clock", "Board"):
            assert part in text
        for page in (two[0].get_absolute_url(), two[0].creator.get_absolute_url()):
            shown = said(client.get(page))
            assert "Chess night" in shown
            assert "saves €20.00" in shown

    def test_put_it_into_the_cart(self, client: Client, two: list[Project]) -> None:
        bundle = published(two)
        assert f'value="{bundle.pk}"' in client.get(bundle.get_absolute_url()).content.decode()
        client.post(reverse("cart_add"), {"bundle": str(bundle.pk)})
        assert CartItem.objects.filter(bundle=bundle).exists()

    @pytest.mark.parametrize("change", [{"status": Status.DRAFT}, {"status": Status.ARCHIVED}])
    def test_do_not_see_it_when_one_of_it_is_gone(
        self, client: Client, two: list[Project], change: dict[str, Any]
    ) -> None:
        bundle = published(two)
        Project.objects.filter(pk=two[1].pk).update(**change)
        assert client.get(bundle.get_absolute_url()).status_code == 404
        for page in (two[0].get_absolute_url(), two[0].creator.get_absolute_url()):
            assert "Chess night" not in said(client.get(page))
        with pytest.raises(ValidationError):
            services.bundle_set_status(bundle=bundle, status=Status.PUBLISHED)

    def test_pages_of_a_project_that_is_called_bundles_stay(self, client: Client, creator: Creator) -> None:
        project = priced(1000, creator=creator, slug="bundles")
        for name in ("versions", "about"):
            assert client.get(f"{project.get_absolute_url()}{name}/").status_code in (200, 404)
        assert client.get(reverse("versions", args=["ann", "bundles"])).resolver_match.url_name == "versions"

    def test_a_price_that_saves_nothing_any_more_claims_nothing(self, client: Client, two: list[Project]) -> None:
        bundle = published(two)
        Project.objects.update(price_minor=500)
        text = said(client.get(bundle.get_absolute_url()))
        assert "You save" not in text
        assert "one by one" not in text


def test_an_order_of_it_shares_its_price_out(two: list[Project]) -> None:
    bundle = published(two)
    cart = filled()
    services.cart_add(cart=cart, bundle=bundle)
    assert quoted(cart).total_minor == 2000
    order, _payment = placed(cart)
    assert [line.total_minor for line in order.lines.order_by("position")] == [500, 1500]
