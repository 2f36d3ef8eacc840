"""Lists of the catalogue: what is on display, page by page, at a cost that does not grow."""

import base64
import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from showpiece.catalog import selectors, services
from showpiece.catalog.lists import ORDERS
from showpiece.catalog.models import Project, Status
from showpiece.catalog.views import PAGE_SIZE
from showpiece.demos.models import Demo
from tests.demos.conftest import picture_bytes
from tests.factories import CategoryFactory, CreatorFactory, DemoFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def names_on(client: Client, url: str) -> list[str]:
    page = client.get(url).context["page"]
    return [project.name for project in page.items]


def walk(client: Client, url: str, way: str) -> list[list[str]]:
    """The names on each page in one direction."""
    pages = []
    while url:
        page = client.get(url).context["page"]
        pages.append([project.name for project in page.items])
        url = getattr(page, f"{way}_url")
        assert len(pages) < 50
    return pages


def test_list_shows_newest_first(client: Client) -> None:
    names = [ProjectFactory().name for _ in range(3)]
    assert names_on(client, reverse("project_list")) == names[::-1]


@pytest.mark.parametrize("count", [0, 1, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE + 5])
def test_pages_hold_every_project_once_and_lead_back(client: Client, count: int) -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    moment = timezone.now() - timedelta(days=1)
    # Five at a time share their moment: the second key has to keep them apart.
    names = [
        ProjectFactory(creator=creator, category=category, published_at=moment + timedelta(seconds=n // 5)).name
        for n in range(count)
    ]
    forth = walk(client, reverse("project_list"), "next")
    assert [name for page in forth for name in page] == names[::-1]
    assert all(len(page) == PAGE_SIZE for page in forth[:-1])
    last = reverse("project_list")
    while next_url := client.get(last).context["page"].next_url:
        last = next_url
    assert walk(client, last, "previous") == forth[::-1]


def test_new_project_does_not_shift_the_next_page(client: Client) -> None:
    for _ in range(PAGE_SIZE + 3):
        ProjectFactory()
    first = client.get(reverse("project_list")).context["page"]
    ProjectFactory(published_at=timezone.now())
    second = names_on(client, first.next_url)
    assert not set(second) & {project.name for project in first.items}
    assert len(second) == 3


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL does so in whatever order")
@pytest.mark.parametrize("sort", ["", "sort=popular"])
def test_a_deep_page_starts_in_the_index_where_it_begins(client: Client, sort: str) -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    for _ in range(PAGE_SIZE + 1):
        ProjectFactory(creator=creator, category=category)
    next_url = client.get(f"{reverse('project_list')}?{sort}").context["page"].next_url
    with CaptureQueriesContext(connection) as captured:
        assert client.get(next_url).context["page"].items
    cards = next(query["sql"] for query in captured.captured_queries if "cover_thumb" in query["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {cards}")
        plan = " ".join(row[-1] for row in cursor.fetchall())
    assert f"({'popularity' if sort else 'published_at'},id)<(?,?)" in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps statistics by itself")
@pytest.mark.parametrize("name", sorted(set(ORDERS) - {"relevance"}))
def test_no_order_sorts_the_shop_where_there_are_no_statistics(name: str) -> None:
    order = ORDERS[name]
    sign = "-" if order.descending else ""
    names = [f"{sign}{name}" for name in (*order.fields, "pk")]
    for cards in (selectors.project_cards(), selectors.project_cards().filter(category=CategoryFactory())):
        assert "TEMP B-TREE" not in cards.order_by(*names)[:13].explain()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps statistics by itself")
def test_the_newest_to_try_are_found_without_sorting_all_demos() -> None:
    with CaptureQueriesContext(connection) as captured:
        selectors.projects_to_try(3)
    (query,) = captured.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
        plan = " ".join(row[-1] for row in cursor.fetchall())
    assert "demo_in_the_window" in plan
    assert "TEMP B-TREE" not in plan


def cursor_of(*place: object, order: str = "new", pk: object = uuid.UUID(int=7)) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, *place, str(pk)]).encode()).decode()


ODD = ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01", "2026-01-01T00:00:00", "nan", None, 7)
NOW = "2026-01-01T00:00:00+00:00"
OTHER = [
    cursor_of(NOW, order="popular"),
    cursor_of(5, order="popular"),
    cursor_of(NOW, NOW),
    cursor_of(),
    cursor_of(NOW, pk="x"),
    cursor_of([NOW]),
    base64.urlsafe_b64encode(b"7").decode(),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
]


@pytest.mark.parametrize(
    "cursor", [*map(cursor_of, ODD), *OTHER, "x", "%00", "MjAyNg", "bm90IGEgZGF0ZXxub3QgYSB1dWlk", "é", "A" * 5000]
)
@pytest.mark.parametrize("way", ["after", "before"])
def test_made_up_cursor_is_not_found(client: Client, way: str, cursor: str) -> None:
    assert client.get(reverse("project_list"), {way: cursor}).status_code == 404


HIDDEN = {
    "draft": {"status": Status.DRAFT},
    "archived": {"status": Status.ARCHIVED},
    "scheduled": {"published_at": timezone.now() + timedelta(days=1)},
    "archived creator": {"creator__status": Status.ARCHIVED},
    "archived category": {"category__status": Status.ARCHIVED},
}


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN)
def test_what_is_not_on_display_is_nowhere(client: Client, fields: dict[str, Any]) -> None:
    project = ProjectFactory(name="Hidden thing", **fields)
    assert client.get(project.get_absolute_url()).status_code == 404
    for url in ("/", reverse("project_list"), project.creator.get_absolute_url(), project.category.get_absolute_url()):
        assert b"Hidden thing" not in client.get(url).content, url
    assert not selectors.on_display().exists()


def test_archived_category_and_creator_are_not_found(client: Client) -> None:
    category, creator = CategoryFactory(status=Status.ARCHIVED), CreatorFactory(status=Status.ARCHIVED)
    assert client.get(category.get_absolute_url()).status_code == 404
    assert client.get(creator.get_absolute_url()).status_code == 404
    assert category.name.encode() not in client.get(reverse("project_list")).content


def test_category_and_creator_show_their_own_projects_only(client: Client) -> None:
    mine, other = ProjectFactory(), ProjectFactory()
    assert names_on(client, mine.category.get_absolute_url()) == [mine.name]
    assert names_on(client, other.creator.get_absolute_url()) == [other.name]


def test_paging_keeps_within_the_category(client: Client) -> None:
    category = CategoryFactory()
    for _ in range(PAGE_SIZE + 1):
        ProjectFactory(category=category)
    ProjectFactory()
    page = client.get(category.get_absolute_url()).context["page"]
    assert page.next_url.startswith(category.get_absolute_url())
    assert len(names_on(client, page.next_url)) == 1


def test_card_follows_every_change_at_once(client: Client) -> None:
    """Rendered cards are kept, so what a card shows has to be part of what they are kept under."""
    demo = DemoFactory(predictor="faces", state=Demo.State.SOON)
    project = demo.project
    project.name, project.price_kind, project.price_minor = "Before", "fixed", 500
    project.save()

    def page(**headers: str) -> str:
        return client.get(reverse("project_list"), headers=headers).content.decode()

    assert "Before" in page()
    Project.objects.update(name="After", price_minor=700, summary="Told anew")
    project.creator.name = "Another Name"
    project.creator.save()
    demo.state = Demo.State.LIVE
    demo.save()
    services.picture_add(project=project, source=picture_bytes(), alt="A new cover", translations={})
    shown = page()
    for part in ("After", "€7.00", "Told anew", "Another Name", "Live demo", "A new cover"):
        assert part in shown, part
    assert "Before" not in shown
    Project.objects.update(translations={"ru": {"name": "После"}})
    assert "После" in page(**{"Accept-Language": "ru"})
    assert "После" not in page()


@pytest.mark.parametrize("count", [1, 3 * PAGE_SIZE])
def test_queries_do_not_grow_with_the_list(client: Client, django_assert_num_queries: Any, count: int) -> None:
    project = ProjectFactory()
    for _ in range(count - 1):
        ProjectFactory(creator=project.creator, category=project.category)
    more = int(count > PAGE_SIZE)
    with django_assert_num_queries(
        2 + more
    ):  # projects with their covers, the categories, how many of more than a page
        client.get(reverse("project_list"))
    with django_assert_num_queries(2 + more):
        client.get(project.category.get_absolute_url())
    with django_assert_num_queries(5):  # creator, person, links, projects with the covers, who has supported them
        client.get(project.creator.get_absolute_url())


def test_text_of_people_is_shown_as_text(client: Client) -> None:
    project = ProjectFactory(
        name="<script>alert(1)</script>", summary="a & b", tags=["<b>"], description="<script>x</script>"
    )
    for url in (project.get_absolute_url(), reverse("project_list"), "/"):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html
        assert "<script>x" not in html
        assert "<b>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in client.get(project.get_absolute_url()).content.decode()


def test_slug_of_a_project_is_free_for_another_creator(client: Client) -> None:
    one, two = ProjectFactory(slug="same", name="One"), ProjectFactory(slug="same", name="Two")
    assert client.get(one.get_absolute_url()).context["project"] == one
    assert client.get(two.get_absolute_url()).context["project"] == two
    wrong = reverse("project", args=[one.creator.slug, two.slug + "x"])
    assert client.get(wrong).status_code == 404


def test_only_read(client: Client) -> None:
    project = ProjectFactory()
    assert client.post(project.get_absolute_url()).status_code == 405
    assert Project.objects.count() == 1


def test_language_of_the_reader(client: Client) -> None:
    project = ProjectFactory(name="Thing", translations={"ru": {"name": "Вещь"}})
    russian = client.get(project.get_absolute_url(), headers={"Accept-Language": "ru"}).content.decode()
    assert re.search(r"<h1[^>]*>\s*Вещь", russian)
    assert "Вещь" not in client.get(project.get_absolute_url()).content.decode()
