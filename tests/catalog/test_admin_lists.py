"""Lists and exports on the pages for staff."""

import csv
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from showpiece import staff_export as export
from showpiece.catalog.models import (
    BlockedFile,
    PriceKind,
    Project,
    Release,
    ReleaseFile,
    Status,
)
from showpiece.staff_lists import PER_PAGE
from tests.catalog.staff import page, staff_with
from tests.factories import ProjectFactory, RatingFactory

pytestmark = pytest.mark.django_db
MODELS = ["project", "category", "creator", "tag", "release", "rating", "blockedfile"]


class TestLists:
    @pytest.fixture
    def full(self) -> None:
        """A hundred rows a list, each with people and shelves of its own."""
        for number in range(100):
            project = ProjectFactory(name=f"Project {number:03}")
            project.tags.set([f"tag {number}"])
            RatingFactory(project=project)
            release = Release.objects.create(project=project, version="1.0.0", released_at=timezone.now())
            ReleaseFile.objects.create(release=release, name="a", file="a", size=1, sha256=f"{number:064}")
            BlockedFile.objects.create(sha256=f"{number:064}", reason="malware")

    def test_hundred_rows_cost_few_queries(self, root: Client, full: None, django_assert_max_num_queries: Any) -> None:
        for model in MODELS:
            root.get(page(f"{model}_changelist"))
            with django_assert_max_num_queries(10):
                answer = root.get(page(f"{model}_changelist"))
            assert answer.context["cl"].result_count == 100, model
            assert len(answer.context["cl"].result_list) == PER_PAGE, model

    def test_search_and_filters(self, root: Client) -> None:
        free = ProjectFactory(name="Free one", featured_at=timezone.now(), creator__name="Ann")
        # Names of their own: one drawn by lot may have the word in it.
        price = {"price_kind": PriceKind.FIXED, "price_minor": 500}
        sold = ProjectFactory(name="Sold one", status=Status.ARCHIVED, creator__name="Bob", **price)

        def found(**query: str) -> set[Project]:
            return set(root.get(page("project_changelist"), query).context["cl"].result_list)

        assert found(q="free") == found(price_kind__exact="free") == found(featured_at__isempty="0") == {free}
        assert found(q=sold.creator.slug) == found(status__exact="archived") == {sold}
        assert found(category__id__exact=str(sold.category_id)) == {sold}
        assert found(q="nothing") == set()

    def test_odd_addresses_are_no_errors(self, root: Client) -> None:
        for model in MODELS:
            for query in ({"p": "x"}, {"o": "99"}, {"q": "\x00"}, {"e": "1"}):
                assert root.get(page(f"{model}_changelist"), query, follow=True).status_code == 200
            assert root.get(page(f"{model}_change", "nonsense"), follow=True).status_code == 200

    def test_secrets_cannot_be_guessed_through_filters(self, root: Client) -> None:
        for model, lookup in (("project", "preview_key__startswith"), ("creator", "user__password__startswith")):
            answer = root.get(page(f"{model}_changelist"), {lookup: "a"})
            assert answer.status_code == 400 or "e=1" in answer.get("Location", "")

    def test_pages_keep_the_policy(self, root: Client, project: Project) -> None:
        addresses = [
            *(page("project_changelist"), page("project_change", project.pk), page("project_history", project.pk)),
            *(page("category_add"), page("tag_changelist"), page("blockedfile_add")),
        ]
        for address in addresses:
            html = root.get(address).content.decode()
            assert "<style" not in html, address
            assert "onclick=" not in html, address
            for script in html.split("<script")[1:]:
                opening = script.split(">")[0]
                assert "src=" in opening or "application/json" in opening, address


class TestExport:
    def rows(self, client: Client, **query: str) -> list[dict[str, str]]:
        answer = client.get(page("project_export"), query)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/csv"
        return list(csv.DictReader(answer.content.decode("utf-8-sig").splitlines()))

    def test_what_was_searched(self, root: Client) -> None:
        ProjectFactory(name="Карта", price_kind=PriceKind.FIXED, price_minor=1250, creator__name="Ann")
        ProjectFactory(name="Other")
        (row,) = self.rows(root, q="Карта")
        assert (row["name"], row["creator"], row["price"], row["currency"]) == ("Карта", "Ann", "12.50", "EUR")
        assert not any("preview" in name for name in row)

    @pytest.mark.parametrize("name", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
    def test_no_text_is_run_as_a_formula(self, root: Client, name: str) -> None:
        ProjectFactory(name=name)
        answer = root.get(page("project_export")).content.decode("utf-8-sig")
        (_head, row) = (
            csv.reader(answer.splitlines(keepends=True))
            if "\r=" not in name
            else list(csv.reader([*answer.split("\r\n", 1)]))[:2]
        )
        assert f"'{name[0]}" in ",".join(row)

    def test_who_may_not_look_gets_none(self, project: Project) -> None:
        assert staff_with("view_category", "change_project").get(page("project_export")).status_code == 403

    def test_long_lists_are_narrowed_down_first(self, root: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(export, "MAX_ROWS", 2)
        ProjectFactory.create_batch(3)
        answer = root.get(page("project_export"), {"status__exact": "published"})
        assert answer["Location"] == f"{page('project_changelist')}?status__exact=published"
        assert len(self.rows(root, q=Project.objects.all()[0].slug)) == 1

    def test_costs_the_same_for_any_number(self, root: Client, django_assert_max_num_queries: Any) -> None:
        ProjectFactory.create_batch(40)
        with django_assert_max_num_queries(8):
            assert len(self.rows(root)) == 40
