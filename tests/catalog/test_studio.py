"""Becoming a creator, the list of one's projects, and new ones."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from showpiece.accounts.services import links_save
from showpiece.catalog import services
from showpiece.catalog.models import Creator, Project, ProjectDraft, Role, Status
from tests.catalog.studio import draft, form_of, said, signed_in, url, works_on
from tests.factories import CategoryFactory, CreatorFactory, UserFactory

pytestmark = pytest.mark.django_db


def join_form(**changes: Any) -> dict[str, Any]:
    return {"name": "Ann's studio", "slug": "ann", "about": "I *make*.", "link_1": "example.org/ann", **changes}


def test_member_becomes_a_creator_in_one_step() -> None:
    user = UserFactory(username="ann", name="Ann Lee")
    client = signed_in(user)
    page = client.get(url("studio_join"))
    assert page.context["form"]["slug"].value() == "ann"
    assert page.context["form"]["name"].value() == "Ann Lee"
    assert client.post(url("studio_join"), join_form(), follow=True).redirect_chain == [("/studio/", 302)]
    creator = Creator.objects.get(user=user)
    assert (creator.slug, creator.name, creator.about) == ("ann", "Ann's studio", "I *make*.")
    assert [link.url for link in user.profile.links.all()] == ["https://example.org/ann"]
    assert client.get("/@ann/").status_code == 200


def test_link_that_is_refused_leaves_no_page() -> None:
    user = UserFactory(username="ann")
    response = signed_in(user).post(url("studio_join"), join_form(link_1="javascript:alert(1)"))
    assert list(response.context["form"].errors) == ["link_1"]
    assert not Creator.objects.exists()


def test_page_that_is_refused_leaves_the_links_as_they_were() -> None:
    CreatorFactory(slug="taken")
    user = UserFactory(username="ann")
    links_save(user, ["https://example.org/old"])
    response = signed_in(user).post(url("studio_join"), join_form(slug="Taken"))
    assert list(response.context["form"].errors) == ["slug"]
    assert [link.url for link in user.profile.links.all()] == ["https://example.org/old"]


@pytest.mark.parametrize("slug", ["other", "OTHER", "admin", "a b", "ж", "x" * 41])
def test_address_of_somebody_else_or_of_the_site_is_refused(slug: str) -> None:
    UserFactory(username="other")
    response = signed_in(UserFactory(username="ann")).post(url("studio_join"), join_form(slug=slug))
    assert list(response.context["form"].errors) == ["slug"]
    assert not Creator.objects.exists()


def test_name_that_passes_for_another_is_refused() -> None:
    response = signed_in(UserFactory(username="ann")).post(url("studio_join"), join_form(name="Аdmin"))  # noqa: RUF001
    assert list(response.context["form"].errors) == ["name"]


def test_second_click_makes_no_second_page() -> None:
    client = signed_in(UserFactory(username="ann"))
    for _ in range(2):
        assert client.post(url("studio_join"), join_form()).status_code == 302
    assert Creator.objects.count() == 1


def test_archived_creator_is_told_and_not_asked_again() -> None:
    client = signed_in(CreatorFactory(status=Status.ARCHIVED).user)
    response = client.get(url("studio_join"))
    assert response.status_code == 403
    assert "is archived" in said(response)
    assert client.get(url("studio_project_new")).status_code == 403
    assert "New project" not in said(client.get(url("studio")))


def test_creator_changes_the_page_and_not_its_address() -> None:
    creator = CreatorFactory(slug="ann", name="Before")
    client = signed_in(creator.user)
    client.post(url("studio_page"), join_form(name="After", slug="elsewhere"))
    creator.refresh_from_db()
    assert (creator.name, creator.slug) == ("After", "ann")
    assert creator.history.first().history_user == creator.user


def test_visitor_is_sent_to_sign_in_and_back(client: Client) -> None:
    response = client.get(url("studio_join"))
    assert response["Location"] == "/accounts/login/?next=/studio/join/"


def new_form(**changes: Any) -> dict[str, Any]:
    category = changes.pop("category", None) or CategoryFactory()
    return {"key": uuid.uuid4(), "name": "Карта дорог", "category": category.pk, "language": "ru", **changes}


def test_name_and_category_make_a_draft_at_an_address_of_its_own() -> None:
    creator = CreatorFactory()
    client = signed_in(creator.user)
    for slug in ("karta-dorog", "karta-dorog-2", "karta-dorog-3"):
        response = client.post(url("studio_project_new"), new_form())
        made = Project.objects.get(slug=slug)
        assert response["Location"] == url("studio_project", made)
        assert (made.status, made.creator, made.language, made.published_at) == ("draft", creator, "ru", None)


@pytest.mark.parametrize(
    ("name", "slug"),
    [("日本", "project"), ("Donate", "donate-2"), ("Щука & Ёж!", "shchuka-ezh"), ("n" * 100, "n" * 100)],
)
def test_address_is_made_of_any_name(name: str, slug: str) -> None:
    creator = CreatorFactory()
    signed_in(creator.user).post(url("studio_project_new"), new_form(name=name))
    assert Project.objects.get(creator=creator).slug == slug


def test_form_that_is_sent_twice_makes_one_project() -> None:
    client, form = signed_in(CreatorFactory().user), new_form()
    places = {client.post(url("studio_project_new"), form)["Location"] for _ in range(2)}
    assert len(places) == 1 == Project.objects.count()


def test_key_of_another_creator_opens_nothing() -> None:
    theirs = draft(name="Theirs")
    creator = CreatorFactory()
    signed_in(creator.user).post(url("studio_project_new"), new_form(key=theirs.pk, name="Mine"))
    theirs.refresh_from_db()
    assert theirs.name == "Theirs"
    assert Project.objects.get(creator=creator).pk != theirs.pk


def test_new_project_is_refused_at_its_fields() -> None:
    client = signed_in(CreatorFactory().user)
    archived = CategoryFactory(status=Status.ARCHIVED)
    for changes, field in (
        ({"name": "x" * 101}, "name"),
        ({"name": ""}, "name"),
        ({"category": archived}, "category"),
        ({"language": "tlh"}, "language"),
    ):
        response = client.post(url("studio_project_new"), new_form(**changes))
        assert list(response.context["form"].errors) == [field]
    assert not Project.objects.exists()


def test_member_who_is_no_creator_makes_a_page_first() -> None:
    response = signed_in(UserFactory()).get(url("studio_project_new"))
    assert response["Location"] == url("studio_join")


def test_list_has_own_projects_and_those_one_works_on_and_no_others(django_assert_num_queries: Any) -> None:
    creator = CreatorFactory()
    mine = draft(creator=creator, name="Mine", status=Status.ARCHIVED)
    ours, asked = draft(name="Ours"), draft(name="Asked")
    draft(name="Foreign")
    works_on(ours, creator.user, Role.CONTRIBUTOR)
    asked.contributors.create(user=creator.user)
    client = signed_in(creator.user)
    client.get(url("studio"))
    with django_assert_num_queries(8):
        page = client.get(url("studio"))
    assert {project.pk for project in page.context["page"].items} == {mine.pk, ours.pk}
    assert [one.project for one in page.context["invitations"]] == [asked]
    assert "Foreign" not in said(page)


def test_list_is_cut_by_state_and_name_and_paged() -> None:
    creator = CreatorFactory()
    for number in range(14):
        draft(creator=creator, name=f"Draft {number}")
    draft(creator=creator, name="Карта", status=Status.ARCHIVED)
    client = signed_in(creator.user)

    def names(query: str) -> list[str]:
        return [project.name for project in client.get(url("studio") + query).context["page"].items]

    first = client.get(url("studio")).context["page"]
    second = client.get(first.next_url).context["page"]
    assert (len(first.items), len(second.items)) == (12, 3)
    assert names("?state=archived") == ["Карта"]
    assert names("?q=карта") == ["Карта"]
    assert names("?q=draft+13") == ["Draft 13"]
    assert names("?state=published") == names("?q=nothing") == []
    assert len(names("?state=nonsense")) == 12
    assert client.get(url("studio") + "?after=nonsense").status_code == 404


def test_few_projects_need_no_search() -> None:
    creator = CreatorFactory()
    draft(creator=creator)
    assert "studio-search" not in signed_in(creator.user).get(url("studio")).content.decode()


def test_list_of_projects_leads_to_the_studio(client: Client) -> None:
    doors = {"visitor": client, "member": signed_in(UserFactory()), "creator": signed_in(CreatorFactory().user)}
    found = {
        who: [
            name
            for name in ("studio_join", "studio_project_new")
            if f'"{url(name)}"' in page.get("/projects/").content.decode()
        ]
        for who, page in doors.items()
    }
    assert found == {"visitor": ["studio_join"], "member": ["studio_join"], "creator": ["studio_project_new"]}


def test_page_that_staff_archive_meanwhile_stays_archived() -> None:
    """It was read before, and is saved after."""
    creator = CreatorFactory(name="Before")
    read = Creator.objects.get()
    Creator.objects.update(status=Status.ARCHIVED, rating=4000)
    with pytest.raises(ValidationError):
        services.creator_page_save(creator=read, links=[], name="After", about="")
    creator.refresh_from_db()
    assert (creator.name, creator.status, creator.rating) == ("Before", Status.ARCHIVED, 4000)


def test_saving_the_page_keeps_the_stars_that_were_counted_meanwhile() -> None:
    creator = CreatorFactory()
    read = Creator.objects.get()
    Creator.objects.update(rating=4000)
    services.creator_page_save(creator=read, links=[], name="After", about="")
    creator.refresh_from_db()
    assert (creator.name, creator.rating) == ("After", 4000)


def test_characters_that_a_database_does_not_keep() -> None:
    """NUL: PostgreSQL has it neither in texts nor in JSON."""
    project = draft(name="Ready")
    client = signed_in(project.creator.user)
    assert [one.name for one in client.get("/studio/?q=re%00ady").context["page"].items] == ["Ready"]
    typed = form_of(client, project) | {"name": "Rea\x00dier", "base": "\x00"}
    assert client.post(url("studio_draft", project), typed).status_code == 200
    assert ProjectDraft.objects.get().data["name"] == "Readier"
    assert list(client.post(url("studio_project", project), typed).context["form"].errors) == ["name"]
