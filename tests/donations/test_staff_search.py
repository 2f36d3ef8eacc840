"""What staff search for among monthly donations is found by an index, however many there are."""

from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from showpiece.donations import staff
from showpiece.donations.models import Pledge, PledgePart
from tests.donations.pledging import begun_monthly
from tests.factories import ProjectFactory, UserFactory
from tests.peers.stripe import StripePeer

pytestmark = pytest.mark.django_db


def newest(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-pk").values("pk")[: staff.MOST_FOUND]


WAYS = {
    "pledge_of_address": lambda: newest(Pledge.objects.filter(email="a@example.org")),
    "pledge_by_name": lambda: newest(Pledge.objects.filter(name="Ada").exclude(name="")),
    "pledge_part_newest": lambda: newest(PledgePart.objects.filter(project=ProjectFactory())),
}


@pytest.fixture(autouse=True)
def _by_index_if_there_is_one() -> None:
    """PostgreSQL reads a table of few rows whole else."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")


@pytest.mark.parametrize("index", WAYS)
def test_each_way_has_its_index(index: str) -> None:
    plan = WAYS[index]().explain()
    assert index in plan, plan
    assert "TEMP B-TREE" not in plan


def test_no_way_reads_all_of_them() -> None:
    """As the search asks: each query goes by an index, and no two ways are asked in one."""
    ProjectFactory(name="Chess")
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    plans: list[str] = []

    def told(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "donations_pledge" in sql and sql.startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"{explain} {sql}", params)
                plans.extend(str(row[-1]) for row in cursor.fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(told):
        staff.pledges_like("chess")
    assert plans
    whole = ("SCAN donations_pledge", "Seq Scan on donations_pledge", "TEMP B-TREE")
    assert not [plan for plan in plans if any(word in plan for word in whole)], plans


def test_the_newest_of_each_project_is_found(stripe: StripePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project with many does not hide what another one is given."""
    monkeypatch.setattr(staff, "MOST_FOUND", 2)
    old, popular = ProjectFactory(name="Chess one"), ProjectFactory(name="Chess two")
    first, _subscription = begun_monthly(old, user=UserFactory())
    later = [begun_monthly(popular, user=UserFactory())[0] for _number in range(3)]
    assert staff.pledges_like("chess") == {first.pk, later[1].pk, later[2].pk}
