"""Pages that join rooms: what they show and what they cost."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog.models import Project, ProjectPicture, ReleaseFile
from showpiece.demos import services
from showpiece.demos.models import Demo
from showpiece.orders.models import Bundle, BundleProject
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


def full_project(people: int) -> Project:
    """One that has all that a page can show."""
    ends = timezone.now() + timedelta(days=3)
    sale = {"price_kind": "fixed", "price_minor": 1500, "sale_percent": 20, "sale_ends_at": ends}
    project: Project = DemoFactory(predictor="faces", project=ProjectFactory(**sale)).project
    project.tags.set(["maps", "coast"])
    for _ in range(5):
        ProjectFactory(creator=project.creator)
        ProjectFactory(category=project.category).tags.set(["maps"])
    for position in range(3):
        sizes = {f"{size}_{side}": 400 for size in ("thumb", "small", "large") for side in ("width", "height")}
        names = {size: f"projects/x/{position}-{size}.webp" for size in ("thumb", "small", "large")}
        ProjectPicture.objects.bulk_create(
            [ProjectPicture(project=project, position=position, alt="x", **names, **sizes)]
        )
    for number in range(3):
        release = ReleaseFactory(project=project, version=f"1.{number}.0")
        ReleaseFile.objects.bulk_create(
            [ReleaseFile(release=release, name=name, file=name, size=1, sha256=name) for name in ("b.zip", "a.zip")]
        )
    for _ in range(people):
        ContributorFactory(project=project)
        RatingFactory(project=project)
    bundle = Bundle.objects.create(
        creator=project.creator, slug="both", name="Both", price_minor=900, currency="EUR", status="published"
    )
    for part in (project, ProjectFactory(creator=project.creator)):
        BundleProject.objects.create(bundle=bundle, project=part)
    Project.objects.filter(pk=project.pk).update(rating=4000, rating_sum=4 * people, rating_count=people)
    return project


# The project with its tags, the viewer's stars, its people, the gallery and the versions with their files; the keys of
# others beside it, and their cards; the bundles that hold it. A visitor with a cart: session, and whether it is in
# there. Whoever is signed in: session, user, and what they have to do with it already. Who has supported it.
@pytest.mark.parametrize(
    ("viewer", "queries"), [("visitor", 5), ("buyer", 7), ("member", 8), ("contributor", 8), ("owner", 8)]
)
@pytest.mark.parametrize("people", [1, 30])
def test_project_page_costs(
    client: Client, viewer: str, queries: int, people: int, django_assert_num_queries: Any
) -> None:
    """And as much with any number of people and stars."""
    project = full_project(people)
    person = {
        "member": UserFactory,
        "contributor": lambda: project.contributors.all()[0].user,
        "owner": lambda: project.creator.user,
    }.get(viewer)
    if person:
        client.force_login(person())
    if viewer == "buyer":
        client.post(reverse("cart_add"), {"project": project.pk})
    url = project.get_absolute_url()
    client.get(url)
    with django_assert_num_queries(queries):
        page = client.get(url)
    context = page.context
    assert [len(context[name]) for name in ("related", "similar", "gallery", "tags", "people")] == [3, 3, 3, 2, people]
    assert project not in context["related"]
    assert [offer.bundle.name for offer in context["bundles"]] == ["Both"]
    assert context["standing"].in_cart == (viewer == "buyer")
    assert context["project"].rating_count == people
    assert context["releases"][0].version == "1.2.0"
    assert [file.name for file in context["releases"][0].offered] == ["a.zip", "b.zip"]
    assert "b.zip" in page.content.decode()


def test_parts_that_are_kept_are_each_readers_own(client: Client) -> None:
    """Rendered pieces of the page are kept between visits: nobody gets what was made for somebody else."""
    demo = DemoFactory(predictor="faces")
    url = demo.project.get_absolute_url()
    reader, rater = UserFactory(), RatingFactory(project=demo.project, stars=2).user
    pages = {}
    for _again in range(2):
        client.logout()
        for language in ("en", "ru"):
            pages["visitor", language] = client.get(url, headers={"Accept-Language": language}).content.decode()
        for person in (reader, rater):
            client.force_login(person)
            pages[person, "en"] = client.get(url).content.decode()
    for name, (one, other) in {
        "failure": ("If it keeps happening, reload the page", "Если не помогает, обновите страницу"),
        "actions": ("Only this browser will see", "Результат увидит только этот браузер"),
        "badge": ("Live demo", "Живое демо"),
    }.items():
        assert one in pages["visitor", "en"], name
        assert one not in pages["visitor", "ru"], name
        assert other in pages["visitor", "ru"], name
    for person in (reader, rater):
        assert "Only you will see the result." in pages[person, "en"]
        assert "Only this browser will see" not in pages[person, "en"]
    chosen = r'value="2"\s+required\s+checked'
    assert re.search(chosen, pages[rater, "en"])
    assert not re.search(r"required\s+checked", pages[reader, "en"])


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
