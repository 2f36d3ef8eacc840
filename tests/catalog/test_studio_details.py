"""The form of a project: what it takes, what it refuses, and what two people at it see."""

from typing import Any

import pytest

from showpiece.catalog.models import Project, ProjectDraft, Status
from tests.catalog.studio import draft, form_of, said, signed_in, url, works_on
from tests.factories import CategoryFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def save(project: Project, **changes: Any) -> Any:
    client = signed_in(project.creator.user)
    return client.post(url("studio_project", project), {**form_of(client, project), **changes})


def errors(project: Project, **changes: Any) -> list[str]:
    response = save(project, **changes)
    assert response.status_code == 200
    form = response.context["form"]
    for name, value in changes.items():
        assert str(form[name].value()) == str(value)  # nothing typed is lost
    assert Project.objects.get(pk=project.pk).revision == project.revision
    return list(form.errors)


def test_everything_that_a_page_says_can_be_changed() -> None:
    project, category = draft(), CategoryFactory()
    response = save(
        project,
        name="  A  map ",
        slug="a-map",
        summary="Shows roads.",
        description="Line\r\nline",
        category=category.pk,
        tags="Maps, open data, maps",
        language="en",
        ru_name="Карта",
        ru_summary="Показывает дороги.",
        url="example.org",
        source_url="https://example.org/code",
        price_kind="open",
        price="5",
        suggested="12.50",
        currency="EUR",
    )
    assert response.status_code == 302
    saved = Project.objects.get(pk=project.pk)
    assert (saved.name, saved.slug, saved.description, saved.category) == ("A map", "a-map", "Line\nline", category)
    assert sorted(tag.name for tag in saved.tags.all()) == ["Maps", "open data"]
    assert saved.translations == {"ru": {"name": "Карта", "summary": "Показывает дороги."}}
    assert (saved.url, saved.docs_url) == ("https://example.org", "")
    assert (saved.price_kind, saved.price_minor, saved.suggested_minor) == ("open", 500, 1250)
    assert saved.history.first().history_user == project.creator.user


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("slug", "no address"),
        ("slug", "donate"),
        ("summary", "x" * 161),
        ("description", "x" * 50_001),
        ("category", "00000000-0000-0000-0000-000000000000"),
        ("tags", "x" * 31),
        ("tags", ",".join("abcdefghijk")),
        ("language", "xx"),
        ("url", "javascript:alert(1)"),
        ("source_url", "ftp://example.org"),
        ("docs_url", "no address"),
        ("price_kind", "barter"),
        ("currency", "XXX"),
        ("ru_name", "x" * 101),
    ],
)
def test_bad_value_is_refused_at_its_field(field: str, value: str) -> None:
    assert errors(draft(), **{field: value}) == [field]


@pytest.mark.parametrize(
    ("kind", "currency", "price", "suggested", "field"),
    [
        ("fixed", "EUR", "12.505", "", "price"),
        ("fixed", "JPY", "100.5", "", "price"),
        ("fixed", "EUR", "-5", "", "price"),
        ("fixed", "EUR", "", "", "price"),
        ("fixed", "EUR", "0", "", "price"),
        ("fixed", "EUR", "a lot", "", "price"),
        ("fixed", "EUR", "99999999999", "", "price"),
        ("open", "EUR", "10", "5", "suggested"),
        ("open", "EUR", "", "0", "suggested"),
    ],
)
def test_amount_is_refused_at_its_field(kind: str, currency: str, price: str, suggested: str, field: str) -> None:
    given = {"price_kind": kind, "currency": currency, "price": price, "suggested": suggested}
    assert errors(draft(), **given) == [field]


def test_price_is_dropped_where_the_project_is_free() -> None:
    project = draft(price_kind="fixed", price_minor=500)
    assert save(project, price_kind="free").status_code == 302
    assert Project.objects.get(pk=project.pk).price_minor == 0


def test_address_of_another_project_of_the_page_is_refused() -> None:
    project = draft()
    draft(creator=project.creator, slug="taken")
    assert errors(project, slug="taken") == ["slug"]


def test_address_stays_once_the_project_was_published() -> None:
    project = ProjectFactory(description="What it does.", slug="kept")
    client = signed_in(project.creator.user)
    form = form_of(client, project)
    assert "slug" not in form
    client.post(url("studio_project", project), {**form, "slug": "other", "name": "New"})
    saved = Project.objects.get(pk=project.pk)
    assert (saved.slug, saved.name) == ("kept", "New")


def test_what_is_on_display_cannot_be_emptied() -> None:
    assert errors(ProjectFactory(description="What it does."), summary="") == ["summary"]


def test_archived_category_keeps_its_projects_and_takes_no_others() -> None:
    archived = CategoryFactory(status=Status.ARCHIVED)
    assert save(draft(category=archived), name="New").status_code == 302
    assert errors(draft(), category=str(archived.pk)) == ["category"]


def test_language_with_a_translation_is_not_taken_as_the_first_one() -> None:
    project = draft(translations={"ru": {"name": "Карта"}, "de": {"name": "Karte"}})
    assert errors(project, language="ru") == ["language"]
    assert save(project, language="ru", ru_name="").status_code == 302
    assert Project.objects.get(pk=project.pk).translations == {"de": {"name": "Karte"}}


def test_markdown_is_shown_before_it_is_saved() -> None:
    project = draft()
    client = signed_in(project.creator.user)
    text = "**Bold** <script>alert(1)</script> ![](https://example.org/spy.png)"
    form = {**form_of(client, project), "description": text, "name": ""}
    fragment = client.post(url("studio_markdown", project), form).content.decode()
    page = client.post(url("studio_project", project), {**form, "preview": "1"})
    for shown in (fragment, page.content.decode()):
        assert "<strong>Bold</strong>" in shown
        assert "<script>alert" not in shown
        assert "<img" not in fragment
    assert page.context["form"]["name"].value() == ""
    assert Project.objects.get(pk=project.pk).description == "What it does."


# Two at once


def test_second_of_two_sees_what_differs_and_loses_nothing() -> None:
    project = draft(name="Before", summary="Before", tags=[])
    other = UserFactory(name="Olga Other")
    works_on(project, other)
    mine, theirs = signed_in(project.creator.user), signed_in(other)
    my_form, their_form = form_of(mine, project), form_of(theirs, project)
    category = CategoryFactory(name="Their shelf")
    theirs.post(
        url("studio_project", project),
        {**their_form, "name": "Theirs", "summary": "Theirs", "category": category.pk, "url": "https://example.org"},
    )
    response = mine.post(url("studio_project", project), {**my_form, "name": "Mine", "description": "Mine"})
    assert response.status_code == 200
    assert Project.objects.get(pk=project.pk).name == "Theirs"
    assert response.context["form"]["name"].value() == "Mine"
    differences = response.context["conflict"].differences
    untouched = {name: one.untouched for name, one in differences.items()}
    assert untouched == {"name": False, "summary": True, "category": True, "url": True, "description": False}
    assert (differences["name"].theirs, differences["category"].theirs) == ("Theirs", "Their shelf")
    assert "Olga Other has saved this project" in said(response)
    again = {
        **{name: response.context["form"][name].value() for name in response.context["form"].fields},
        "revision": response.context["revision"],
        "base": response.context["base"],
        "theirs": ["summary", "category", "url"],
    }
    assert mine.post(url("studio_project", project), again).status_code == 302
    saved = Project.objects.get(pk=project.pk)
    assert (saved.name, saved.description) == ("Mine", "Mine")
    assert (saved.summary, saved.category, saved.url) == ("Theirs", category, "https://example.org")


def test_every_field_that_differs_is_named_above_and_can_be_left() -> None:
    project = draft(name="Before", price_kind="free")
    client = signed_in(project.creator.user)
    form = form_of(client, project)
    saved = {"summary": "Theirs", "price_kind": "open", "ru_name": "Их"}
    assert client.post(url("studio_project", project), {**form_of(client, project), **saved}).status_code == 302
    response = client.post(url("studio_project", project), {**form, "name": "Mine"})
    html = response.content.decode()
    names = {"name", "summary", "price_kind", "ru_name"}
    assert set(response.context["conflict"].differences) == names
    for name in names:
        assert html.count(f'href="#id_{name}"') == html.count(f'id="id_{name}"') == 1
        assert f'id="id_theirs_{name}"' in html


def test_third_save_in_between_is_seen_too() -> None:
    project = draft()
    client = signed_in(project.creator.user)
    form = form_of(client, project)
    for name in ("One", "Two"):
        assert (
            client.post(url("studio_project", project), {**form_of(client, project), "name": name}).status_code == 302
        )
        response = client.post(url("studio_project", project), {**form, "name": "Mine"})
        assert response.context["conflict"].differences["name"].theirs == name
        form["revision"] = str(response.context["revision"])
    assert client.post(url("studio_project", project), {**form, "name": "Mine"}).status_code == 302


@pytest.mark.parametrize("broken", [{"revision": ""}, {"revision": "9" * 30}, {"base": "[]"}, {"base": "{"}])
def test_form_without_its_marks_is_asked_about(broken: dict[str, str]) -> None:
    response = save(draft(name="Saved"), name="Typed", **broken)
    if "revision" in broken:
        assert response.context["conflict"].differences["name"].theirs == "Saved"
    else:
        assert response.status_code == 302


# What is typed and not saved


def test_what_is_typed_is_kept_and_comes_back() -> None:
    project = draft(name="Saved")
    client = signed_in(project.creator.user)
    typed = {**form_of(client, project), "name": "", "price_kind": "fixed", "price": "a lot", "description": "Typed"}
    assert "Kept as a draft" in said(client.post(url("studio_draft", project), typed))
    assert Project.objects.get(pk=project.pk).name == "Saved"
    page = client.get(url("studio_project", project))
    form = page.context["form"]
    assert [form[name].value() for name in ("name", "price", "description")] == ["", "a lot", "Typed"]
    assert "You have unsaved changes" in said(page)
    assert (
        client.post(
            url("studio_project", project), {**form_of(client, project), "name": "New", "price": "1"}
        ).status_code
        == 302
    )
    assert not ProjectDraft.objects.exists()
    assert "You have unsaved changes" not in said(client.get(url("studio_project", project)))


def test_each_has_a_draft_of_their_own_and_can_discard_it() -> None:
    project, other = draft(), UserFactory()
    works_on(project, other)
    for user in (project.creator.user, other):
        client = signed_in(user)
        client.post(url("studio_draft", project), {**form_of(client, project), "name": f"By {user.username}"})
    assert ProjectDraft.objects.count() == 2
    client.post(url("studio_draft_discard", project))
    assert ProjectDraft.objects.get().user == project.creator.user
    assert client.get(url("studio_project", project)).context["form"]["name"].value() == project.name


def test_draft_that_says_what_is_saved_is_none() -> None:
    """One that comes late, after the form itself was sent, must not ask whether to restore it."""
    project = draft()
    client = signed_in(project.creator.user)
    typed = {**form_of(client, project), "name": "New"}
    client.post(url("studio_project", project), typed)
    client.post(url("studio_draft", project), typed)
    assert not ProjectDraft.objects.exists()


def test_save_from_a_draft_of_an_older_state_hears_of_the_newer_one() -> None:
    project = draft()
    client = signed_in(project.creator.user)
    client.post(url("studio_draft", project), {**form_of(client, project), "name": "Typed"})
    other = UserFactory()
    works_on(project, other)
    theirs = signed_in(other)
    theirs.post(url("studio_project", project), {**form_of(theirs, project), "summary": "Theirs"})
    assert "has been saved since" in said(client.get(url("studio_project", project)))
    response = client.post(url("studio_project", project), form_of(client, project))
    assert {name: one.untouched for name, one in response.context["conflict"].differences.items()} == {
        "name": False,
        "summary": True,
    }


def test_draft_is_not_kept_beyond_all_measure() -> None:
    project = draft()
    client = signed_in(project.creator.user)
    response = client.post(url("studio_draft", project), {**form_of(client, project), "description": "x" * 500_000})
    assert response.status_code == 422
    assert not ProjectDraft.objects.exists()


def test_opening_the_form_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    project = draft()
    client = signed_in(project.creator.user)
    client.get(url("studio_project", project))
    with django_assert_max_num_queries(8):
        client.get(url("studio_project", project))
