"""What is not on display is nowhere: every public page of the site, for every way of not being on display.

Addresses go by name. A page that shows projects and is not in this table is missing from it: add it here.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from showpiece.catalog.models import Category, Creator, Project, Status
from tests.factories import CategoryFactory, CreatorFactory, DemoFactory, ProjectFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db
STATES = ("draft", "scheduled", "archived", "archived category", "archived creator")
NAME = "Zanzibar lighthouse"


def shown() -> Project:
    project: Project = DemoFactory(predictor="faces", project__name=NAME, project__summary=NAME).project
    project.tags.set(["zanzibar"])
    project.demo.sample.save(".jpg", ContentFile(b"a sample"))
    return project


def hide(project: Project, state: str) -> None:
    if state == "archived category":
        Category.objects.filter(pk=project.category_id).update(status=Status.ARCHIVED)
    elif state == "archived creator":
        Creator.objects.filter(pk=project.creator_id).update(status=Status.ARCHIVED)
    elif state == "scheduled":
        Project.objects.filter(pk=project.pk).update(published_at=timezone.now() + timedelta(hours=1))
    else:
        Project.objects.filter(pk=project.pk).update(status=state)


def lists(project: Project) -> dict[str, str]:
    """Pages that list projects, by the name of the address; other projects keep them from being empty."""
    slugs = {"project": project.slug, "creator": project.creator.slug, "name": project.creator.slug}
    slugs |= {"slug": project.category.slug}
    found = {}
    for name, (_, pattern, *_rest) in _patterns():
        if name in LISTS:
            wanted = {key: slugs[key] for key in pattern[0][1]}
            found[name] = reverse(name, kwargs=wanted)
    assert set(found) == set(LISTS), "an address has another name now"
    return found


def _patterns() -> list[tuple[str, Any]]:
    reversed_ = get_resolver().reverse_dict
    return [(name, (name, reversed_.getlist(name)[0][0])) for name in reversed_ if isinstance(name, str)]


# Name of an address: what is asked of it.
LISTS: dict[str, dict[str, str]] = {
    "front": {},
    "project_list": {},
    "category": {},
    "person": {},
    "people": {},
    "project_feed": {},
    "project_feed_atom": {},
    "category_feed": {},
    "category_feed_atom": {},
    "creator_feed": {},
    "creator_feed_atom": {},
    "sitemap": {},
    "sitemap_pages": {},
}
# Asked of every list that takes them.
QUERIES = ({}, {"q": "zanzibar"}, {"tag": "zanzibar"}, {"price": "free"}, {"sort": "popular"}, {"sort": "top"})
# Addresses below a project that anybody may open while it is on display.
PAGES = ("project", "about", "demo_run", "demo_sample", "versions")
# What an address of the catalogue or the demos may be beside: pages for who is signed in, actions, runs, and files.
OTHERS = {
    # Tested by themselves: the secret link, files (in test_media_pages), parts of the sitemap (below).
    *("project_preview", "release_file", "sitemap_part", "robots"),
    *("project_rate", "project_archive", "project_restore", "project_feature", "demo_run_film"),
    *("run", "run_panel", "run_json", "run_events", "run_cancel", "run_delete", "run_file", "run_poster", "run_table"),
}


@pytest.mark.parametrize("state", STATES)
def test_no_list_names_it(client: Client, state: str) -> None:
    project = shown()
    for _ in range(3):
        ProjectFactory(creator=project.creator) if state != "archived creator" else ProjectFactory()
        ProjectFactory(category=project.category) if state != "archived category" else ProjectFactory()
    before = {name: client.get(where).content.decode() for name, where in lists(project).items()}
    for name in ("front", "project_list", "category", "person"):
        assert NAME in before[name], f"{name}: the test would see nothing"
    hide(project, state)
    for name, where in lists(project).items():
        for query in QUERIES:
            answer = client.get(where, query)
            assert answer.status_code in (200, 404), (name, query)
            text = answer.content.decode()
            assert NAME not in text, (name, query)
            assert project.get_absolute_url() not in text, (name, query)


@pytest.mark.parametrize("state", STATES)
def test_no_address_of_it_opens(client: Client, state: str) -> None:
    project = shown()
    keys = [project.creator.slug, project.slug]
    for name in PAGES:
        assert client.get(reverse(name, args=keys)).status_code in (200, 302), f"{name}: the test would see nothing"
    hide(project, state)
    member = Client()
    member.force_login(UserFactory())
    for who in (client, member):
        for name in (*PAGES, "demo_run_film"):
            assert who.get(reverse(name, args=keys)).status_code == 404, name
        for name in ("demo_run", "demo_run_film", "project_rate"):
            assert who.post(reverse(name, args=keys), {"stars": "5"}).status_code == 404, name


@pytest.mark.parametrize("state", STATES)
def test_other_projects_do_not_relate_to_it(client: Client, state: str) -> None:
    project = shown()
    other = ProjectFactory(creator=project.creator, category=project.category)
    assert NAME in client.get(other.get_absolute_url()).content.decode()
    hide(project, state)
    assert NAME not in client.get(other.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", STATES)
def test_a_run_of_it_stays_with_who_made_it(client: Client, state: str) -> None:
    user = UserFactory()
    run = RunFactory(demo=shown().demo, user=user, status="failed", completed_at=timezone.now())
    hide(run.demo.project, state)
    client.force_login(user)
    assert client.get(run.get_absolute_url()).status_code == 200
    assert Client().get(run.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("model", ["category", "creator"])
def test_shelves_are_gone_with_all_on_them(client: Client, model: str) -> None:
    shelf = {"category": CategoryFactory, "creator": CreatorFactory}[model]()
    ProjectFactory(**{model: shelf, "name": NAME})
    assert NAME in client.get(shelf.get_absolute_url(), follow=True).content.decode()
    type(shelf).objects.update(status=Status.ARCHIVED)
    answer = client.get(shelf.get_absolute_url(), follow=True)
    assert answer.status_code == 404
    assert shelf.name not in client.get(reverse("project_list")).content.decode()


def test_every_public_address_is_in_this_table() -> None:
    """A new page that shows projects fails here until it stands in the table."""
    known = {*LISTS, *PAGES, *OTHERS}
    rooms = ("showpiece.catalog.", "showpiece.demos.", "showpiece.web.pages")
    missing = {
        name
        for name, module in _views()
        if module.startswith(rooms) and not name.startswith("studio") and name not in known
    }
    assert not missing, f"not in the table: {sorted(missing)}"


def _views(resolver: Any = None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            if entry.app_name != "admin":
                found += _views(entry)
        elif entry.name:
            found.append((entry.name, entry.callback.__module__))
    return found
