"""The catalogue in the pages for staff: permission by action, and what the services refuse."""

import csv
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece import staff_export as export
from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.admin.base import WithHistory
from showpiece.catalog.models import (
    BlockedFile,
    Category,
    Creator,
    PriceKind,
    Project,
    Rating,
    Release,
    ReleaseFile,
    Role,
    Status,
    Tag,
)
from showpiece.catalog.services import staff
from tests.catalog.test_reindexing import worked
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory, RatingFactory, UserFactory

pytestmark = pytest.mark.django_db
MODELS = ["project", "category", "creator", "tag", "release", "rating", "blockedfile"]


def staff_with(*codenames: str) -> Client:
    user = UserFactory(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog", codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def root() -> Client:
    client = Client()
    client.force_login(UserFactory(is_staff=True, is_superuser=True, username="root"))
    return client


@pytest.fixture
def project() -> Project:
    return ProjectFactory(name="Before", description="What it does.")


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:catalog_{name}", args=args)


def act(client: Client, model: str, action: str, *rows: Any) -> Any:
    body = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(page(f"{model}_changelist"), body, follow=True)


def form_of(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What a browser would send from that page, with changes."""
    form = client.get(address).context["adminform"].form
    body = {name: form[name].value() for name in form.fields} | changes
    return {name: "" if value is None else value for name, value in body.items()}


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


class TestPermissions:
    """Django's own names: view, add, change, delete. A superuser has them all, and nobody else by another way."""

    @pytest.mark.parametrize("model", MODELS)
    def test_looking_needs_view(self, model: str) -> None:
        address = page(f"{model}_changelist")
        assert staff_with(f"view_{model}").get(address).status_code == 200
        others = [f"view_{other}" for other in MODELS if other != model]
        assert staff_with(*others).get(address).status_code == 403

    @pytest.mark.parametrize("model", MODELS)
    def test_members_are_refused(self, client: Client, model: str) -> None:
        user = UserFactory()
        user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog"))
        assert client.get(page(f"{model}_changelist")).status_code == 302  # to sign in
        client.force_login(user)
        assert client.get(page(f"{model}_changelist"), follow=True).status_code == 403

    def test_category_by_permission(self) -> None:
        category, empty = CategoryFactory(name="Old"), CategoryFactory()
        ProjectFactory(category=category)
        change, add, delete = (
            page("category_change", category.pk),
            page("category_add"),
            page("category_delete", empty.pk),
        )
        looker = staff_with("view_category")
        for address in (change, add, delete):
            assert looker.post(address, {"name": "New", "slug": "new", "post": "yes"}).status_code == 403
        editor = staff_with("view_category", "change_category")
        assert editor.post(change, form_of(editor, change, name="New")).status_code == 302
        assert fresh(category).name == "New"
        assert editor.post(add, {"name": "Made", "slug": "made"}).status_code == 403
        act(editor, "category", "archive", category)
        assert fresh(category).status == Status.PUBLISHED
        maker = staff_with("view_category", "add_category")
        assert maker.post(add, {"name": "Made", "slug": "made", "name_ru": "Сделано"}).status_code == 302
        assert Category.objects.get(slug="made").translations == {"ru": {"name": "Сделано"}}
        archiver = staff_with("view_category", "delete_category")
        act(archiver, "category", "archive", category)
        assert fresh(category).status == Status.ARCHIVED
        assert archiver.post(delete, {"post": "yes"}).status_code == 302
        assert not Category.objects.filter(pk=empty.pk).exists()
        assert archiver.post(page("category_delete", category.pk), {"post": "yes"}).status_code in (200, 403)
        assert Category.objects.filter(pk=category.pk).exists()

    def test_project_by_permission(self, project: Project) -> None:
        change = page("project_change", project.pk)
        looker = staff_with("view_project")
        assert looker.post(change, {"name": "After"}).status_code == 403
        for action in ("feature", "archive"):
            act(looker, "project", action, project)
        assert (fresh(project).featured_at, fresh(project).status) == (None, Status.PUBLISHED)
        editor = staff_with("view_project", "change_project")
        assert editor.post(change, form_of(editor, change, name="After")).status_code == 302
        act(editor, "project", "feature", project)
        act(editor, "project", "archive", project)
        assert fresh(project).name == "After"
        assert fresh(project).featured_at
        assert fresh(project).status == Status.PUBLISHED
        act(editor, "project", "unfeature", project)
        assert not fresh(project).featured_at
        archiver = staff_with("view_project", "delete_project")
        act(archiver, "project", "archive", project)
        assert (fresh(project).status, fresh(project).archived_by_staff) == (Status.ARCHIVED, True)
        act(archiver, "project", "restore", project)
        assert (fresh(project).status, fresh(project).archived_by_staff) == (Status.PUBLISHED, False)
        assert archiver.post(page("project_delete", project.pk), {"post": "yes"}).status_code == 403
        assert act(archiver, "project", "delete_selected", project).status_code == 200
        assert Project.objects.filter(pk=project.pk).exists()

    def test_creator_by_permission(self) -> None:
        creator = CreatorFactory(name="Before")
        project = ProjectFactory(creator=creator)
        change = page("creator_change", creator.pk)
        assert staff_with("view_creator").post(change, {"name": "After"}).status_code == 403
        editor = staff_with("view_creator", "change_creator")
        assert editor.post(change, form_of(editor, change, name="After", about_ru="Пишу")).status_code == 302
        assert (fresh(creator).name, fresh(creator).translations) == ("After", {"ru": {"about": "Пишу"}})
        act(editor, "creator", "archive", creator)
        assert fresh(creator).status == Status.PUBLISHED
        archiver = staff_with("view_creator", "delete_creator")
        act(archiver, "creator", "archive", creator)
        assert Client().get(project.get_absolute_url()).status_code == 404
        act(archiver, "creator", "restore", creator)
        assert Client().get(project.get_absolute_url()).status_code == 200

    def test_rating_is_read_and_taken_out(self) -> None:
        rating = RatingFactory()
        editor = staff_with("view_rating", "change_rating", "add_rating")
        assert editor.post(page("rating_change", rating.pk), {"stars": 1}).status_code == 403
        assert editor.get(page("rating_add")).status_code == 403
        staff_with("view_rating", "delete_rating").post(page("rating_delete", rating.pk), {"post": "yes"})
        assert not Rating.objects.exists()
        assert rating.project.recounts.exists()


class TestChanges:
    def test_go_through_the_services_with_the_name_of_who_makes_them(self, root: Client, project: Project) -> None:
        address = page("project_change", project.pk)
        body = form_of(root, address, summary="Now in short.", summary_ru="Коротко.", tag_names="maps, MAPS, free")
        assert root.post(address, body).status_code == 302
        kept = fresh(project)
        assert (kept.summary, kept.translations) == ("Now in short.", {"ru": {"summary": "Коротко."}})
        assert {tag.name for tag in kept.tags.all()} == {"maps", "free"}
        assert kept.revision == project.revision + 1
        assert kept.history.first().history_user.username == "root"

    def test_second_of_two_who_edit_at_once_hears_of_the_first(self, root: Client, project: Project) -> None:
        address = page("project_change", project.pk)
        body = form_of(root, address, name="Mine")
        services.project_change(project=project, actor=None, revision=project.revision, name="Theirs")
        answer = root.post(address, body)
        assert answer.status_code == 200
        assert "Theirs" in str(answer.context["adminform"].form.non_field_errors())
        assert fresh(project).name == "Theirs"

    @pytest.mark.parametrize("model", ["category", "creator"])
    def test_so_it_is_with_shelves(self, root: Client, model: str) -> None:
        row = {"category": CategoryFactory, "creator": CreatorFactory}[model]()
        address = page(f"{model}_change", row.pk)
        body, late = form_of(root, address, name="First"), form_of(root, address, name="Second")
        assert root.post(address, body).status_code == 302
        answer = root.post(address, late)
        form = answer.context["adminform"].form
        assert "Name: First" in str(form.non_field_errors())
        assert fresh(row).name == "First"
        again = late | {"version": form["version"].value()}  # having read what the first one saved
        assert root.post(address, again).status_code == 302
        assert fresh(row).name == "Second"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", "x" * 101),
            ("name", ""),
            ("summary", "x" * 161),
            ("description", ""),  # on display: the service refuses
            ("description", "x" * 50_001),
            ("name_ru", "x" * 101),
            ("url", "javascript:alert(1)"),
            ("source_url", "ftp://example.org"),
            ("tag_names", "x" * 31),
            ("tag_names", ",".join("abcdefghijk")),
            ("category", "none"),
            ("language", "xx"),
        ],
    )
    def test_bad_fields_are_told_at_the_field(self, root: Client, project: Project, field: str, value: str) -> None:
        address = page("project_change", project.pk)
        answer = root.post(address, form_of(root, address, **{field: value}))
        assert answer.status_code == 200
        assert list(answer.context["adminform"].form.errors) == [field]
        assert fresh(project).revision == project.revision

    @pytest.mark.parametrize(
        ("field", "value"),
        [("name", "maps"), ("name", "x" * 31), ("name", ""), ("description", "x" * 201), ("slug", "a b")],
    )
    def test_bad_category_is_told(self, root: Client, field: str, value: str) -> None:
        CategoryFactory(name="Maps")
        answer = root.post(page("category_add"), {"name": "New", "slug": "new", "description": ""} | {field: value})
        assert answer.status_code == 200
        errors = answer.context["adminform"].form.errors
        assert errors
        assert Category.objects.count() == 1

    def test_archived_category_is_no_choice(self, root: Client, project: Project) -> None:
        gone = CategoryFactory(status=Status.ARCHIVED)
        address = page("project_change", project.pk)
        answer = root.post(address, form_of(root, address, category=str(gone.pk)))
        assert list(answer.context["adminform"].form.errors) == ["category"]

    def test_history_tells_who_what_when(self, root: Client, project: Project) -> None:
        services.project_change(
            project=project, actor=User.objects.get(username="root"), revision=project.revision, name="<After>"
        )
        answer = root.get(page("project_history", project.pk))
        html = answer.content.decode()
        assert "@root" in html
        assert "Before → &lt;After&gt;" in html
        services.project_archive(project=project, actor=None)
        html = root.get(page("project_history", project.pk), headers={"accept-language": "ru"}).content.decode()
        assert "опубликовано → в архиве" in html
        version = project.history.first().pk
        assert root.get(reverse("admin:catalog_project_simple_history", args=[project.pk, version])).status_code == 404
        assert staff_with("view_category").get(page("project_history", project.pk)).status_code == 403

    def test_history_tells_tags_and_people(self, root: Client, project: Project) -> None:
        owner, person = project.creator.user, UserFactory(name="Ada Lovelace")
        services.project_change(project=project, actor=owner, revision=project.revision, tags=["maps", "coast"])
        asked = services.contributor_invite(project=project, user=person, role=Role.MAINTAINER, actor=owner)
        services.contributor_accept(contributor=asked)
        services.contributor_set_role(contributor=asked, role=Role.CONTRIBUTOR, actor=owner)
        services.contributor_remove(contributor=asked, actor=person)
        address = page("project_history", project.pk)
        html = " ".join(root.get(address).content.decode().split())
        assert "Tags:</strong> — → coast, maps" in html
        assert "Ada Lovelace:</strong> — → invited as maintainer" in html
        assert "Ada Lovelace:</strong> invited as maintainer → maintainer" in html
        assert "Ada Lovelace:</strong> maintainer → contributor" in html
        assert "Ada Lovelace:</strong> contributor → —" in html
        html = root.get(address, headers={"accept-language": "ru"}).content.decode()
        assert "Метки:" in html

    @pytest.mark.parametrize("model", ["project", "creator"])
    def test_history_shortens_long_texts_in_the_readers_language(
        self, root: Client, project: Project, model: str
    ) -> None:
        if model == "project":
            text = "a" * 60 + "b" * 60
            services.project_change(project=project, actor=None, revision=project.revision, description=text)
            address = page("project_history", project.pk)
        else:
            services.creator_change(creator=project.creator, actor=None, about="a" * 60 + "b" * 60)
            address = page("creator_history", project.creator.pk)
        html = root.get(address, headers={"accept-language": "ru"}).content.decode()
        assert " chars]" not in html
        assert re.search(r"b\[\d+ знак(а|ов)?\]bbbbb", html)  # noqa: RUF001

    def test_history_compares_over_the_ends_of_its_pages(
        self, root: Client, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(WithHistory, "history_list_per_page", 2)
        for name in ("One", "Two", "Three"):
            project = services.project_change(project=project, actor=None, revision=project.revision, name=name)
            services.creator_change(creator=project.creator, actor=None, name=name)
        for address in (page("project_history", project.pk), page("creator_history", project.creator.pk)):
            assert "One → Two" in root.get(address).content.decode()

    def test_tags_are_renamed_and_merged(self, root: Client) -> None:
        one, two = ProjectFactory(), ProjectFactory()
        one.tags.set(["Map", "Maps"])
        two.tags.set(["Maps"])
        few, many = Tag.objects.get(name="Map"), Tag.objects.get(name="Maps")
        act(root, "tag", "merge", few, many)
        worked()
        assert [[tag.name for tag in project.tags.all()] for project in (one, two)] == [["Maps"], ["Maps"]]
        assert list(Tag.objects.all()) == [many]
        address = page("tag_change", many.pk)
        assert root.post(address, form_of(root, address, name="Cards")).status_code == 302
        assert (fresh(many).name, fresh(many).slug) == ("Cards", "maps")
        address = page("tag_delete", many.pk)
        assert root.post(address, {"post": "yes"}).status_code == 302
        worked()
        assert not Tag.objects.exists()

    @pytest.mark.parametrize("merged", [False, True])
    def test_tag_that_goes_is_no_aim(self, root: Client, merged: bool) -> None:
        project = ProjectFactory()
        project.tags.set(["Map", "Maps"])
        one, other = Tag.objects.get(name="Map"), Tag.objects.get(name="Maps")
        if merged:
            services.tags_merge(into=other, others=[one])
            other.tagged.all().delete()
        else:
            services.tag_delete(tag=one)
            other.tagged.all().delete()
        answer = act(root, "tag", "merge", one, other)
        assert "Please wait until that is done." in answer.content.decode()

    def test_file_is_blocked_and_allowed_again(self, root: Client) -> None:
        number = "AB" * 32
        for bad in ("", "xyz", number + "0"):
            answer = root.post(page("blockedfile_add"), {"sha256": bad, "reason": "malware"})
            assert list(answer.context["adminform"].form.errors) == ["sha256"]
        assert root.post(page("blockedfile_add"), {"sha256": number, "reason": "malware"}).status_code == 302
        answer = root.post(page("blockedfile_add"), {"sha256": number, "reason": "again"})
        assert list(answer.context["adminform"].form.errors) == ["sha256"]
        (row,) = BlockedFile.objects.all()
        assert row.sha256 == number.lower()
        root.post(page("blockedfile_delete", row.pk), {"post": "yes"})
        assert not BlockedFile.objects.exists()


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
            assert len(answer.context["cl"].result_list) == 100, model

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


def test_creators_keep_what_they_had_when_archived_twice() -> None:
    creator: Creator = CreatorFactory()
    for _ in range(2):
        staff.shelf_set_archived(shelf=creator, actor=None, archived=True)
    assert creator.history.filter(status=Status.ARCHIVED).count() == 1
