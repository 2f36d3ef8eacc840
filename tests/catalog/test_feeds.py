"""What programs read: feeds, the sitemap, robots.txt."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.test import Client

from showpiece.catalog import sitemaps
from showpiece.catalog.models import Status
from tests.catalog.test_lists import HIDDEN
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def _nothing_cached() -> None:
    cache.clear()


def titles(client: Client, url: str) -> list[str | None]:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return [item.findtext("title") for item in ET.fromstring(answer.content).iter("item")]  # noqa: S314


def test_feeds_hold_the_newest_of_their_list(client: Client, django_assert_max_num_queries: Any) -> None:
    one = ProjectFactory(name="A <b> & c", translations={"ru": {"name": "Вещь"}})
    two = ProjectFactory()
    assert titles(client, "/projects/feed/") == [two.name, one.name]
    assert titles(client, f"/categories/{one.category.slug}/feed/") == [one.name]
    assert titles(client, f"/@{two.creator.slug}/feed/") == [two.name]
    for _ in range(25):
        ProjectFactory(creator=two.creator)
    with django_assert_max_num_queries(2):  # whose it is, and the projects
        assert len(titles(client, f"/@{two.creator.slug}/feed/")) == 20
    atom = ET.fromstring(client.get(f"/categories/{one.category.slug}/feed/atom/").content)  # noqa: S314
    (entry,) = atom.iter(f"{ATOM}entry")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"http://testserver{one.get_absolute_url()}"
    russian = client.get(f"/categories/{one.category.slug}/feed/", headers={"Accept-Language": "ru"}).content.decode()
    assert "Вещь" in russian


def test_pages_name_their_feeds(client: Client) -> None:
    project = ProjectFactory()
    for url in ("/projects/", project.category.get_absolute_url(), project.creator.get_absolute_url()):
        html = client.get(url).content.decode()
        for feed in ("feed/", "feed/atom/"):
            assert f'href="{url}{feed}"' in html
            assert client.get(url + feed).status_code == 200


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN)
def test_what_is_not_on_display_is_in_no_feed_and_no_map(client: Client, fields: dict[str, Any]) -> None:
    project = ProjectFactory(name="Hidden thing", **fields)
    shelf, maker = project.category.get_absolute_url(), project.creator.get_absolute_url()
    assert titles(client, "/projects/feed/") == []
    for url, row in ((shelf, project.category), (maker, project.creator)):
        expected = 404 if row.status == Status.ARCHIVED else 200
        assert client.get(f"{url}feed/").status_code == expected
    assert not any(project.slug in address for address in addresses(client))


def addresses(client: Client) -> list[str]:
    """All that the sitemap leads to."""
    index = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314
    parts = [str(part.text) for part in index.iter(f"{MAP}loc")]
    found = [loc.text for part in parts for loc in ET.fromstring(client.get(part).content).iter(f"{MAP}loc")]  # noqa: S314
    return [str(address).removeprefix("http://testserver") for address in found]


@pytest.mark.parametrize("count", [0, 1, 4, 7])
def test_sitemap_names_every_page_once(client: Client, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(sitemaps, "PART", 3)
    creator, category = CreatorFactory(), CategoryFactory()
    projects = [ProjectFactory(creator=creator, category=category) for _ in range(count)]
    expected = ["/", "/projects/", category.get_absolute_url(), creator.get_absolute_url()]
    expected += [project.get_absolute_url() for project in projects]
    assert sorted(addresses(client)) == sorted(expected)


def test_part_that_is_none(client: Client) -> None:
    assert client.get("/sitemap-secrets-from-00000000-0000-0000-0000-000000000000.xml").status_code == 404
    assert client.get("/sitemap-projects-from-x.xml").status_code == 404
    assert client.get("/sitemap-projects-from-ffffffff-ffff-ffff-ffff-ffffffffffff.xml").status_code == 200


def test_robots_names_the_map(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /studio/" in text
