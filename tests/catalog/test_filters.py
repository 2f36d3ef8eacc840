"""Lists: what filters keep, what orders order, and that neither loses, repeats or shows what it should not."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from showpiece.catalog import lists, services
from showpiece.catalog.lists import PAGE_SIZE
from showpiece.catalog.models import Project
from showpiece.demos.services import demo_create
from tests.catalog.test_lists import HIDDEN, names_on, walk
from tests.factories import CategoryFactory, CreatorFactory, listed

pytestmark = pytest.mark.django_db
LIST = "/projects/"


@pytest.fixture
def shop() -> dict[str, Project]:
    creator, category, other = CreatorFactory(), CategoryFactory(slug="one"), CategoryFactory(slug="two")
    demo = listed(name="Demo", creator=creator, category=category, tags=["python", "Vision"])
    demo_create(project=demo, kind="local", state="live", predictor="faces")
    soon = listed(name="Soon", creator=creator, category=other)
    demo_create(project=soon, kind="local", state="soon", predictor="faces")
    fixed = {"price_kind": "fixed", "price_minor": 500}
    return {
        "Demo": demo,
        "Soon": soon,
        "Paid": listed(name="Paid", creator=creator, category=other, tags=["python"], **fixed),
        "Open": listed(name="Open", creator=creator, category=category, price_kind="open", language="ru"),
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("price=free", {"Demo", "Soon"}),
        ("price=fixed", {"Paid"}),
        ("price=open", {"Open"}),
        ("demo=1", {"Demo"}),
        ("lang=ru", {"Open"}),
        ("tag=python", {"Demo", "Paid"}),
        ("tag=python&tag=vision", {"Demo"}),
        ("tag=python&price=fixed", {"Paid"}),
        ("tag=vision&price=fixed", set()),
    ],
)
@pytest.mark.parametrize("many", [False, True])
def test_filters(
    client: Client, shop: dict[str, Project], monkeypatch: pytest.MonkeyPatch, query: str, names: set[str], many: bool
) -> None:
    """Where the list is short enough to be read, and where it is walked along an index."""
    if many:
        capped = lists.find
        monkeypatch.setattr(lists, "find", lambda wanted, **more: lists.Found(capped(wanted, **more).keys, capped=True))
    answer = client.get(f"{LIST}?{query}")
    assert {project.name for project in answer.context["page"].items} == names
    assert b'name="robots" content="noindex, follow"' in answer.content


def test_filters_hold_within_a_category(client: Client, shop: dict[str, Project]) -> None:
    assert names_on(client, "/categories/one/?tag=python") == ["Demo"]
    assert names_on(client, "/categories/two/?tag=python") == ["Paid"]
    assert client.get("/categories/three/?tag=python").status_code == 404


def test_category_as_a_parameter_leads_to_its_page(client: Client, shop: dict[str, Project]) -> None:
    answer = client.get(f"{LIST}?category=one&tag=python")
    assert (answer.status_code, answer["Location"]) == (302, "/categories/one/?tag=python")


@pytest.mark.parametrize("query", ["price=cheap", "lang=xx", "demo=2", "sort=random", "sort=relevance", "price=%00"])
def test_unknown_filter_is_told_and_left_out(client: Client, shop: dict[str, Project], query: str) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert len(answer.context["page"].items) == len(shop)
    assert "It was left out" in answer.content.decode()


def test_unknown_tag_finds_nothing_and_offers_a_way_back(client: Client, shop: dict[str, Project]) -> None:
    answer = client.get(f"{LIST}?tag=cobol&price=free")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.context["page"].items
    assert "No project has the tag “cobol”" in html
    assert 'href="/projects/?price=free"' in html


@pytest.mark.parametrize(
    ("query", "tidy"),
    [
        ("price=&tag=&sort=new", "/projects/"),
        ("tag=PYTHON&price=", "/projects/?tag=python"),
        ("q=++a++b&sort=relevance", "/projects/?q=a+b"),
    ],
)
def test_form_leads_to_an_address_worth_sharing(
    client: Client, shop: dict[str, Project], query: str, tidy: str
) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert (answer.status_code, answer["Location"]) == (302, tidy)


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN)
def test_what_is_not_on_display_is_in_no_filtered_list(client: Client, fields: dict[str, Any]) -> None:
    """Even if the index still knew it."""
    project = listed(name="Hidden thing", tags=["secret"])
    for name, value in fields.items():
        owner, _, field = name.rpartition("__")
        row = getattr(project, owner) if owner else project
        type(row).objects.filter(pk=row.pk).update(**{field: value})
    for query in ("tag=secret", "price=free", "q=hidden", "q=hidden&sort=new", "sort=popular", "lang=en"):
        answer = client.get(f"{LIST}?{query}")
        assert not answer.context["page"].items, query


def test_services_keep_the_index_up(client: Client) -> None:
    project = services.project_create(
        creator=CreatorFactory(),
        category=CategoryFactory(),
        slug="x",
        name="Lighthouse",
        summary="s",
        description="d",
        tags=["sea"],
    )
    assert names_on(client, f"{LIST}?q=lighthouse") == []
    services.project_publish(project=project, actor=None)
    assert names_on(client, f"{LIST}?q=lighthouse") == ["Lighthouse"]
    project.refresh_from_db()
    changed = services.project_change(
        project=project, actor=None, revision=project.revision, name="Beacon", tags=["shore"], price_kind="open"
    )
    assert names_on(client, f"{LIST}?q=lighthouse") == names_on(client, f"{LIST}?tag=sea") == []
    assert names_on(client, f"{LIST}?q=beacon&tag=shore&price=open") == ["Beacon"]
    services.project_archive(project=changed, actor=None)
    assert names_on(client, f"{LIST}?tag=shore") == []
    services.project_restore(project=changed, actor=None)
    assert names_on(client, f"{LIST}?tag=shore") == ["Beacon"]
    services.project_delete(project=Project.objects.get())
    assert names_on(client, f"{LIST}?tag=shore") == []


SORTS = {
    "new": lambda project: (project.published_at, project.pk),
    "popular": lambda project: (project.popularity, project.pk),
    "rated": lambda project: (project.rating, project.pk),
    "price-down": lambda project: (project.currency, project.price_minor, project.pk),
    "price": lambda project: (project.currency, project.price_minor, project.pk),
}


@pytest.mark.parametrize("query", ["", "lang=en", "q=project"])
@pytest.mark.parametrize("sort", SORTS)
def test_every_order_pages_through_everything_once_and_back(client: Client, sort: str, query: str) -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    moment = timezone.now() - timedelta(days=1)
    rows = [
        listed(
            creator=creator,
            category=category,
            published_at=moment + timedelta(seconds=n % 7),
            popularity=n % 5,
            rating=n % 3,
            currency=("EUR", "USD")[n % 2],
            price_kind="fixed",
            price_minor=100 + n % 4,
        )
        for n in range(2 * PAGE_SIZE + 3)
    ]
    expected = [project.name for project in sorted(rows, key=SORTS[sort], reverse=sort != "price")]
    url = f"{LIST}?{query}{'&' if query else ''}sort={sort}".replace(
        "sort=new", "" if not query.startswith("q") else "sort=new"
    )
    answer = client.get(url, follow=True)
    url = answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"]
    forth = walk(client, url, "next")
    assert [name for page in forth for name in page] == expected
    last = url
    while next_url := client.get(last).context["page"].next_url:
        last = next_url
    assert walk(client, last, "previous") == forth[::-1]


def test_cursor_of_another_order_is_not_found(client: Client) -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    for _ in range(PAGE_SIZE + 1):
        listed(creator=creator, category=category)
    url = client.get(f"{LIST}?sort=popular").context["page"].next_url
    assert client.get(url).status_code == 200
    for other in ("rated", "price", "price-down"):
        assert client.get(url.replace("popular", other)).status_code == 404


def test_many_are_counted_as_so_many_and_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_COUNTED", PAGE_SIZE + 1)
    caches["template_fragments"].clear()  # that there are many is remembered
    creator, category = CreatorFactory(), CategoryFactory()
    for _ in range(PAGE_SIZE + 1):
        listed(creator=creator, category=category)
    assert f"{PAGE_SIZE + 1} projects" in client.get(LIST).content.decode()
    listed(creator=creator, category=category)
    assert f"{PAGE_SIZE + 1}+ projects" in client.get(LIST).content.decode()


@pytest.mark.parametrize("count", [1, 3 * PAGE_SIZE])
def test_filtered_and_searched_lists_cost_few_queries(
    client: Client, django_assert_max_num_queries: Any, count: int
) -> None:
    creator, category = CreatorFactory(), CategoryFactory(slug="one")
    for _ in range(count):
        listed(creator=creator, category=category, tags=["python"])
    for query, queries in (("price=free&sort=popular", 4), ("tag=python", 5), ("q=project&tag=python&sort=price", 5)):
        # Categories, tags, how much there is or is expected to be, what is found, its cards.
        with django_assert_max_num_queries(queries):
            assert client.get(f"/categories/one/?{query}").context["page"].items


def test_a_page_may_be_indexed_only_as_it_is(client: Client) -> None:
    html = client.get(LIST).content.decode()
    assert '<link rel="canonical" href="http://testserver/projects/">' in html
    assert "noindex" not in html
    assert "noindex" in client.get(f"{LIST}?sort=popular").content.decode()
    assert client.post(LIST).status_code == 405


def test_similar_projects_share_tags_before_the_category(client: Client) -> None:
    one, two = CategoryFactory(), CategoryFactory()
    project = listed(name="It", category=one, tags=["a", "b"])
    listed(name="Both", category=two, tags=["a", "b"])
    listed(name="One tag", category=two, tags=["a"])
    listed(name="Shelf", category=one)
    listed(name="Own", category=one, tags=["a", "b"], creator=project.creator)
    listed(name="Gone", category=one, tags=["a", "b"], status="archived")
    listed(name="Other", category=two)
    similar = client.get(project.get_absolute_url()).context["similar"]
    assert similar[0].name == "Both"
    assert {item.name for item in similar} == {"Both", "One tag", "Shelf"}
