"""Pages that join rooms: what they show and what they cost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from showpiece.demos import services
from showpiece.demos.models import Demo
from tests.factories import ContributorFactory, DemoFactory, ProjectFactory, RatingFactory, ReleaseFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_empty_shop_has_a_front(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.context["project_count"] == 0


@pytest.mark.parametrize("count", [1, 30])
def test_front_costs_the_same_for_any_shop(client: Client, django_assert_max_num_queries: Any, count: int) -> None:
    DemoFactory(predictor="faces")
    for _ in range(count):
        ProjectFactory()
    client.get("/")
    with django_assert_max_num_queries(5):  # what is featured, what to try, the newest, how many, the categories
        assert client.get("/").status_code == 200


@pytest.mark.parametrize("older", [0, 20])
def test_front_shows_what_runs_before_what_will_run(client: Client, older: int) -> None:
    """In a shop that is read whole and in one that is not."""
    for _ in range(older):
        ProjectFactory()
    soon = DemoFactory(predictor="plates", state="soon")
    live = DemoFactory(predictor="faces")
    link = DemoFactory(kind="link", predictor="", url="https://example.org/bot")
    plain = ProjectFactory()
    context = client.get("/").context
    assert context["live"] == [live.project, soon.project]
    assert context["fresh"][:2] == [plain, link.project]
    assert context["project_count"] == older + 4


def test_front_shows_each_project_once(client: Client) -> None:
    projects = {ProjectFactory() for _ in range(9)} | {DemoFactory(predictor="faces").project for _ in range(4)}
    context = client.get("/").context
    shown = [*context["live"], *context["fresh"], *context["more"]]
    assert len(shown) == len(set(shown)) == 13
    assert set(shown) == projects


@pytest.mark.parametrize("people", [0, 30])
def test_project_page_costs_a_member(client: Client, people: int, django_assert_max_num_queries: Any) -> None:
    """And as much with any number of people and stars."""
    project = DemoFactory(predictor="faces").project
    project.tags.set(["one", "two"])
    for _ in range(people):
        ContributorFactory(project=project)
        RatingFactory(project=project)
    client.force_login(UserFactory())
    url = project.get_absolute_url()
    client.get(url)
    with django_assert_max_num_queries(10):  # as above, and session and user; own stars come with the project
        assert client.get(url).status_code == 200


def test_project_page_costs(client: Client, django_assert_max_num_queries: Any) -> None:
    demo = DemoFactory(predictor="faces")
    for _ in range(5):
        ProjectFactory(creator=demo.project.creator)
    ReleaseFactory(project=demo.project)
    demo.project.tags.set(["maps", "coast"])
    url = demo.project.get_absolute_url()
    client.get(url)
    # The project, people, tags, gallery, versions and their files, the keys of others beside it, and their cards.
    with django_assert_max_num_queries(8):
        page = client.get(url)
    assert len(page.context["related"]) == 3
    assert demo.project not in page.context["related"]


def test_project_of_a_missing_predictor_is_no_fault(client: Client) -> None:
    """Its package was removed: the page says that the demo is closed for now."""
    demo = DemoFactory(predictor="gone")
    page = client.get(demo.project.get_absolute_url())
    assert page.status_code == 200
    assert page.context["form"] is None


def test_about_page_in_the_readers_language_or_the_first(client: Client) -> None:
    demo = DemoFactory(predictor="faces")
    services.about_section_create(demo=demo, kind="api", language="en", body="English *API*")
    services.about_section_create(demo=demo, kind="overview", language="en", body="English overview")
    services.about_section_create(demo=demo, kind="overview", language="ru", body="По-русски")
    english = client.get(demo.about_url)
    assert [section.kind for section in english.context["sections"]] == ["overview", "api"]
    assert "<em>API</em>" in english.content.decode()
    russian = client.get(demo.about_url, headers={"Accept-Language": "ru"}).content.decode()
    assert "По-русски" in russian
    assert "English overview" not in russian
    assert "English <em>API</em>" in russian


def test_about_page_needs_a_demo(client: Client) -> None:
    project = ProjectFactory()
    assert client.get(reverse("about", args=[project.creator.slug, project.slug])).status_code == 404


def test_link_demo_leads_out_safely(client: Client) -> None:
    demo = DemoFactory(kind=Demo.Kind.LINK, predictor="", url="https://example.org/bot")
    html = client.get(demo.project.get_absolute_url()).content.decode()
    assert 'href="https://example.org/bot"' in html
    assert "noopener" in html


def test_monitors_may_ask_for_the_head_alone(client: Client) -> None:
    demo = DemoFactory(predictor="faces")
    for url in ("/", demo.project.get_absolute_url(), demo.about_url, "/projects/", "/health/live"):
        assert client.head(url).status_code == 200, url
