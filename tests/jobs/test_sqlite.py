"""What SQLite's planner is told, and what it makes of it."""

import sqlite3
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import QuerySet

from showpiece.catalog import selectors
from showpiece.catalog.models import Project
from showpiece.jobs.sqlite_upkeep import statistics_renew
from tests.factories import CategoryFactory, CreatorFactory, ProjectFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")


def some_projects(count: int) -> None:
    creator, category = CreatorFactory(), CategoryFactory()
    ProjectFactory.create_batch(count, creator=creator, category=category)


def some_of_them() -> QuerySet[Project]:
    return selectors.project_cards().filter(pk__in=list(Project.objects.values_list("pk", flat=True)[:3]))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="is about the planner of SQLite")
def test_few_of_many_projects_are_looked_up_by_their_keys() -> None:
    some_projects(30)
    by_status, by_key = "project USING INDEX project_", "project USING INDEX sqlite_autoindex_catalog_project_1 (id=?)"
    assert by_status in some_of_them().explain()
    statistics_renew()
    assert by_key in some_of_them().explain()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="is about the planner of SQLite")
def test_connections_that_stay_open_hear_of_it() -> None:
    other = sqlite3.connect(connection.settings_dict["NAME"])

    def told() -> str:
        other.execute("SELECT 1 FROM catalog_project LIMIT 1").fetchall()
        plan = "EXPLAIN QUERY PLAN SELECT * FROM catalog_project WHERE status = 'published' AND id IN ('1', '2', '3')"
        return " ".join(row[3] for row in other.execute(f"{plan} -- {total}"))

    total = 0
    statistics_renew()  # of an empty shop
    assert "project_" in told()
    some_projects(30)
    statistics_renew()
    total = 30
    assert "(id=?)" in told()
    other.close()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="is about PostgreSQL")
def test_postgresql_is_left_alone(django_assert_num_queries: pytest.FixtureRequest) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        statistics_renew()
