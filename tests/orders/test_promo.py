"""Promo codes of creators: for their own projects, within their limits, theirs alone to change."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import Creator, Project, Role, Status
from showpiece.orders import services
from showpiece.orders.models import PromoCode
from tests.catalog.studio import said, signed_in, works_on
from tests.factories import CreatorFactory, UserFactory
from tests.orders.shop import filled, placed, priced, quoted

pytestmark = pytest.mark.django_db
LIST, NEW = reverse("studio_codes"), reverse("studio_code_new")
BASE = {"code": "SPRING", "kind": "percent", "percent": "20", "currency": "EUR"}


@pytest.fixture
def creator() -> Creator:
    return CreatorFactory()


@pytest.fixture
def ann(creator: Creator) -> Client:
    return signed_in(creator.user)


class TestCode:
    def test_is_made_and_takes_off_what_it_says(self, ann: Client, creator: Creator) -> None:
        mine, other = priced(1000, creator=creator), priced(500)
        answer = ann.post(NEW, BASE, follow=True)
        assert "SPRING counts from now on" in said(answer)
        quote = quoted(filled(mine, other, code="spring"))
        assert [line.discount_minor for line in quote.lines] == [200, 0]

    def test_holds_for_some_projects(self, ann: Client, creator: Creator) -> None:
        some, not_that = priced(1000, creator=creator), priced(1000, creator=creator)
        ann.post(NEW, BASE | {"kind": "free", "projects": [str(some.pk)]})
        quote = quoted(filled(some, not_that, code="SPRING"))
        assert [line.discount_minor for line in quote.lines] == [1000, 0]

    def test_uses_are_counted_no_further_than_to_the_limit(self, creator: Creator) -> None:
        project = priced(1000, creator=creator)
        services.promo_create(creator=creator, code="FEW", kind="percent", percent=10, max_uses=2, max_uses_each=1)
        cart = filled(project, code="FEW")
        with CaptureQueriesContext(connection) as asked:
            assert not quoted(cart, email="ann@example.org").promo_problem
        counted = [query["sql"] for query in asked if "orders_promouse" in query["sql"]]
        assert [sql.partition(" LIMIT ")[2][:1] for sql in counted] == ["2", "1"]
        for number in range(2):
            placed(filled(project, code="FEW"), email=f"buyer{number}@example.org")
        assert quoted(cart, email="ann@example.org").promo_problem == "This promo code is used up."

    def test_is_changed_switched_off_and_on(self, ann: Client, creator: Creator) -> None:
        project = priced(1000, creator=creator)
        ann.post(NEW, BASE)
        promo = PromoCode.objects.get()
        address = reverse("studio_code", args=[promo.pk])
        body = {"code": "Autumn", "kind": "amount", "amount": "2,50", "currency": "EUR", "max_uses": "1"}
        assert ann.post(address, body).status_code == 302
        promo.refresh_from_db()
        assert (promo.code, promo.percent, promo.amount_minor, promo.max_uses) == ("Autumn", None, 250, 1)
        assert ann.get(address).context["form"]["amount"].value() == "2.50"
        placed(filled(project, code="AUTUMN"))
        assert "used 1 time of 1" in said(ann.get(LIST))
        switch = reverse("studio_code_switch", args=[promo.pk])
        assert "is switched off" in said(ann.post(switch, {"to": "off"}, follow=True))
        assert quoted(filled(project, code="Autumn")).promo_problem
        ann.post(switch, {"to": "on"})
        promo.refresh_from_db()
        assert promo.is_active

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"code": ""}, "code"),
            ({"code": "a b"}, "code"),
            ({"code": "x" * 21}, "code"),
            ({"code": "A\x00"}, "code"),
            ({"code": "taken"}, "code"),
            ({"kind": "gift"}, "kind"),
            *(({"percent": text}, "percent") for text in ("", "0", "100", "-5", "1.5", "NaN")),
            *(({"kind": "amount", "amount": text}, "amount") for text in ("", "0", "-1", "1.005", "NaN", "1e3")),
            ({"kind": "amount", "amount": "1", "currency": "XXX"}, "currency"),
            ({"starts_at": "2030-01-02T10:00", "ends_at": "2030-01-02T10:00"}, "ends_at"),
            ({"starts_at": "soon"}, "starts_at"),
            ({"max_uses": "0"}, "max_uses"),
            ({"max_uses_each": "99999999999999"}, "max_uses_each"),
            ({"projects": ["nonsense"]}, "projects"),
        ],
    )
    def test_what_makes_no_sense_is_told_at_the_field(self, ann: Client, changes: Any, field: str) -> None:
        services.promo_create(code="Taken", kind="free")
        answer = ann.post(NEW, BASE | changes)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert PromoCode.objects.count() == 1

    def test_for_a_project_that_was_archived_is_not_for_all_after_a_save(self, ann: Client, creator: Creator) -> None:
        gone, other = priced(1000, creator=creator), priced(1000, creator=creator)
        promo = services.promo_create(creator=creator, code="ONE", kind="free", projects=[gone])
        Project.objects.filter(pk=gone.pk).update(status=Status.ARCHIVED)
        address = reverse("studio_code", args=[promo.pk])
        shown = ann.get(address).context["form"]
        ticked = [str(choice.data["value"]) for choice in shown["projects"] if choice.data["selected"]]
        assert ann.post(address, BASE | {"code": "ONE", "kind": "free", "projects": ticked}).status_code == 302
        assert list(promo.projects.all()) == [gone]
        assert quoted(filled(other, code="ONE")).promo_problem

    def test_never_for_projects_of_others(self, ann: Client, creator: Creator) -> None:
        other = priced(1000)
        answer = ann.post(NEW, BASE | {"projects": [str(other.pk)]})
        assert "projects" in answer.context["form"].errors
        with pytest.raises(ValidationError):
            services.promo_create(creator=creator, projects=[other], code="X", kind="free")
        assert not PromoCode.objects.exists()

    def test_two_of_one_name_whatever_their_case(self) -> None:
        services.promo_create(code="Same", kind="free")
        with pytest.raises(ValidationError) as told:
            services.promo_create(code="SAME", kind="free")
        assert "code" in told.value.message_dict


class TestWho:
    def test_others_do_not_reach_it(self, creator: Creator, client: Client) -> None:
        promo = services.promo_create(creator=creator, code="MINE", kind="free")
        shops = services.promo_create(code="SHOP", kind="free")
        friend = UserFactory()
        works_on(priced(1000, creator=creator), friend, Role.OWNER)
        addresses = [reverse("studio_code", args=[promo.pk]), reverse("studio_code_switch", args=[promo.pk])]
        assert client.get(LIST).status_code == 302
        assert signed_in(friend).get(LIST).status_code == 404
        other = signed_in(CreatorFactory(user=friend).user)
        assert "MINE" not in said(other.get(LIST))
        for address in addresses:
            assert other.post(address, {"to": "off"}).status_code == 404
        mine = signed_in(creator.user)
        assert "SHOP" not in said(mine.get(LIST))
        assert mine.post(reverse("studio_code", args=[shops.pk]), BASE).status_code == 404
        promo.refresh_from_db()
        assert promo.is_active

    def test_list_tells_where_each_stands_within_few_queries(self, ann: Client, creator: Creator) -> None:
        now = timezone.now()
        services.promo_create(creator=creator, code="NOW", kind="free")
        ann.get(LIST)
        with CaptureQueriesContext(connection) as few:
            ann.get(LIST)
        services.promo_create(creator=creator, code="LATER", kind="free", starts_at=now + timedelta(days=1))
        services.promo_create(creator=creator, code="OVER", kind="free", ends_at=now - timedelta(days=1))
        services.promo_create(creator=creator, code="OFF", kind="free", is_active=False)
        with CaptureQueriesContext(connection) as many:
            text = said(ann.get(LIST))
        assert len(many) == len(few) <= 6
        for word in ("Counts", "Not yet", "Over", "Switched off", "all your projects"):
            assert word in text

    def test_the_empty_list_says_what_to_do(self, ann: Client) -> None:
        assert "No codes yet" in said(ann.get(LIST))
