"""What is shown beside a project."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from showpiece.catalog.models import Project, Status
from showpiece.catalog.neighbours import LOOKED_AT, SHOWN, neighbours
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory

pytestmark = pytest.mark.django_db


def tagged(*tags: str, **fields: Any) -> Project:
    project: Project = ProjectFactory(**fields)
    project.tags.set(tags)
    return project


def test_hidden_projects_take_nobodys_place() -> None:
    shown = tagged("maps", category=(shelf := CategoryFactory()))
    here, own = {"category": shelf}, {"creator": shown.creator}
    later = timezone.now() + timedelta(hours=1)
    alike = tagged("maps")
    more = tagged(**own)
    for place in range(LOOKED_AT // 4):
        for hidden in (
            {"status": Status.ARCHIVED},
            {"published_at": later},
            {"category": CategoryFactory(status=Status.ARCHIVED)},
            {"creator": CreatorFactory(status=Status.ARCHIVED)},
        ):
            tagged(*(["maps"] if place else []), **here | hidden)
    tagged(**own, published_at=later)
    tagged(**own, status=Status.ARCHIVED)
    assert neighbours(shown, shown.tags.all()) == ([more], [alike])


def test_only_what_is_shown_is_read_whole(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any) -> None:
    shown = tagged("maps", "coast")
    for _ in range(LOOKED_AT):
        tagged("maps", category=shown.category)
        tagged("coast", creator=shown.creator)
    best = tagged("maps", "coast", category=shown.category)
    read: list[object] = []
    from_db = Project.from_db.__func__  # type: ignore[attr-defined]

    def counted(cls: type[Project], *row: Any) -> Any:
        read.append(row)
        return from_db(cls, *row)

    tags = list(shown.tags.all())
    monkeypatch.setattr(Project, "from_db", classmethod(counted))
    with django_assert_num_queries(2):
        beside = neighbours(shown, tags)
    assert len(read) == 2 * SHOWN
    assert beside.similar[0] == best
    newest = Project.objects.filter(creator=shown.creator).exclude(pk=shown.pk).order_by("-published_at", "-pk")
    assert beside.own == list(newest[:SHOWN])


def test_creator_who_fills_a_shelf_gets_similar_ones_of_their_own() -> None:
    """None stands there twice. What has neither tag nor category in common is not alike."""
    shown = tagged("maps")
    here = {"creator": shown.creator, "category": shown.category}
    alike = tagged("maps", **here)
    plain = tagged(**here)
    elsewhere = [tagged(creator=shown.creator) for _ in range(2)]
    newest = [tagged(**here) for _ in range(SHOWN)][::-1]
    assert neighbours(shown, shown.tags.all()) == (newest, [alike, plain])
    other = tagged(category=shown.category, published_at=shown.published_at)
    assert neighbours(shown, shown.tags.all()) == (newest, [other, alike, plain])
    assert not {one.pk for one in elsewhere} & {one.pk for one in neighbours(shown, []).similar}


def test_alone_is_no_second_query(django_assert_num_queries: Any) -> None:
    project = ProjectFactory()
    with django_assert_num_queries(1):
        assert neighbours(project, []) == ([], [])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps statistics by itself")
def test_no_step_goes_through_the_shop() -> None:
    """Nor in a database that nobody has analysed, where SQLite takes few rows for published."""
    shown = tagged("maps")
    for _ in range(SHOWN):
        tagged("maps")
    with CaptureQueriesContext(connection) as captured:
        neighbours(shown, shown.tags.all())
    steps: list[str] = []
    for query in captured.captured_queries[1:]:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            steps += [row[3] for row in cursor.fetchall()]
    of_projects = [step for step in steps if re.match(r"(SEARCH|SCAN) (catalog_)?project ", step)]
    narrow = ("(id=?)", "(category_id=? AND status=?)", "(creator_id=? AND status=?)")
    assert len(of_projects) == 4
    assert all(step.endswith(narrow) for step in of_projects), of_projects
