"""Changes on the pages for staff: they go through the services, and history tells of them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from showpiece.accounts.models import User
from showpiece.catalog import services
from showpiece.catalog.admin.base import WithHistory
from showpiece.catalog.models import (
    BlockedFile,
    Category,
    Creator,
    Project,
    Role,
    Status,
    Tag,
)
from showpiece.catalog.services import staff
from tests.catalog.staff import act, form_of, fresh, page, staff_with
from tests.catalog.test_reindexing import worked
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


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


def test_creators_keep_what_they_had_when_archived_twice() -> None:
    creator: Creator = CreatorFactory()
    for _ in range(2):
        staff.shelf_set_archived(shelf=creator, actor=None, archived=True)
    assert creator.history.filter(status=Status.ARCHIVED).count() == 1
