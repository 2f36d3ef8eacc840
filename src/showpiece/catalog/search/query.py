"""Asking the index: at most so many keys, read whole and sorted here.

No database ranks a hundred thousand hits in a moment, so nobody asks it to. What has the words in its name is looked
for first, then in tags, then in the summary, then anywhere, each so far and no further.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from showpiece.catalog.models import Status
from showpiece.catalog.search import sqlite
from showpiece.catalog.search.wanted import LIMIT, ON_DISPLAY, SORTED_BY, Found, Key, Wanted, answer
from showpiece.catalog.search.words import stem

# How many are read of what has words: in the name or a tag, and elsewhere.
IN_HEADS, ELSEWHERE = 150, 200
# Of a word that more have than are read, so many of the most popular projects are looked through too.
POPULAR = 250
# Of what so many are expected to have in name or tags, nobody needs those that have it elsewhere.
SURELY = 10 * IN_HEADS
# A word that one of so many entries has is met often enough on a walk through the newest.
WALKED = 50
# Of filters that leave more than this by the planner's statistics, not even the keys are read.
FAR_MORE = 10 * LIMIT


def find(wanted: Wanted, *, newest: bool = False) -> Found:
    """What is on display and matches. Never more than `LIMIT`; of more the newest, if only those are wanted."""
    if connection.vendor == "postgresql":
        rows, capped = _postgresql(wanted, _now())
    else:
        rows, capped = sqlite.ask(wanted, _now(), newest=newest)
    best: dict[Any, Any] = {}
    for row in rows:
        known = best.setdefault(row[0], row)
        if known[1] < row[1]:
            best[row[0]] = row
    keys = [Key(_uuid(pk), score, _moment(published), *rest) for pk, score, published, *rest in best.values()]
    if len(keys) <= LIMIT:
        return Found(keys, capped)
    keys.sort(key=lambda key: (key.score, key.popularity, key.pk.int), reverse=True)
    return Found(keys[:LIMIT], capped=True)


def _now() -> Any:
    now = timezone.now()
    return now if connection.vendor == "postgresql" else str(now.astimezone(UTC).replace(tzinfo=None))


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _moment(value: int | str) -> datetime:
    """Of a text on SQLite, which keeps UTC without saying so; of microseconds on PostgreSQL.

    A column of that type is made a datetime by Python code of the driver or of Django, ten times as slowly.
    """
    if isinstance(value, int):
        return EPOCH + timedelta(microseconds=value)
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# PostgreSQL: tsvectors of exact words, `heads` of names and tags and `document` of all, each under a GIN.
MICROSECONDS = "(extract(epoch FROM p.published_at) * 1000000)::bigint"
JOINED = "JOIN catalog_project p ON p.id = e.project_id JOIN catalog_creator c ON c.id = p.creator_id"
# The few categories are read once: to plan one join more takes as long as to read a hundred entries.
SHOWN = f"""{ON_DISPLAY} AND p.category_id = ANY (ARRAY(
    SELECT id FROM catalog_category WHERE status = '{Status.PUBLISHED}'))"""  # noqa: S608
SCORE = """(CASE WHEN e.names @@ %s::tsquery THEN 4 WHEN e.names @@ %s::tsquery THEN 3
    WHEN e.heads @@ %s::tsquery THEN 2 WHEN (e.names || e.tags || e.summary) @@ %s::tsquery THEN 1 ELSE 0 END)"""


def _postgresql(wanted: Wanted, now: datetime) -> tuple[list[Any], bool]:
    parts = [f"'{facet}'" for facet in wanted.facets]
    if not wanted.words:
        return _postgresql_filtered(" & ".join(parts), now)
    exact = [f"'{stem(word)}'" for word in wanted.words]
    # The last word may be one that is still being typed, unless it is a common one.
    typed = f"'{wanted.words[-1]}':*"
    open_end = typed if stem(wanted.words[-1]).startswith(wanted.words[-1]) else f"({exact[-1]} | {typed})"
    whole = " & ".join([*exact[:-1], open_end, *parts])
    everything, last, *expected = _expected(("document", exact[-1]), ("heads", whole), ("document", whole))
    said = " & ".join(exact if last > FAR_MORE else [*exact[:-1], open_end])
    whole = " & ".join([said, *parts])
    select = f"SELECT p.id, {SCORE}, {MICROSECONDS}, {SORTED_BY} FROM"
    values = [" & ".join(exact), said, said, said, whole, now]
    heads, elsewhere = (
        f"""({select} catalog_searchentry e {JOINED} WHERE e.{column} @@ %s::tsquery AND {SHOWN}
        {"ORDER BY e.id DESC" if rows * WALKED > everything else ""} LIMIT {limit})"""
        for column, limit, rows in zip(("heads", "document"), (IN_HEADS, ELSEWHERE + 1), expected, strict=True)
    )
    rows = answer(heads, values) if expected[0] > SURELY else []
    if len(rows) < IN_HEADS:
        found = answer(f"{heads} UNION ALL {elsewhere}", values * 2)
        # What was looked for first is among the rest, unless that was not read to its end.
        rows = list({row[0]: row for row in found}.values())
        if len(rows) <= ELSEWHERE:
            return rows, False
    popular = f"""{select} (SELECT * FROM catalog_project WHERE status = '{Status.PUBLISHED}'
        ORDER BY popularity DESC, id DESC LIMIT {POPULAR}) p JOIN catalog_searchentry e ON e.project_id = p.id
        JOIN catalog_creator c ON c.id = p.creator_id WHERE e.document @@ %s::tsquery AND {SHOWN}"""  # noqa: S608
    return rows + answer(popular, values), True


def _postgresql_filtered(match: str, now: datetime) -> tuple[list[Any], bool]:
    if _expected(("document", match))[1] > FAR_MORE:
        return [], True
    sql = f"""SELECT p.id, 0, {MICROSECONDS}, {SORTED_BY} FROM catalog_searchentry e {JOINED}
        WHERE e.document @@ %s::tsquery AND {SHOWN} LIMIT {LIMIT + 1}"""  # noqa: S608
    rows = answer(sql, [match, now])
    return rows, len(rows) > LIMIT


def _expected(*matches: tuple[str, str]) -> list[int]:
    """How many entries there are, and how many of them match, by the planner's statistics: nothing is read.

    They know the common words well, and those are the ones for which a bitmap of all that match would be made.
    """
    entries = "SELECT 1 FROM catalog_searchentry"
    parts = (f"{entries} WHERE {column} @@ %s::tsquery" for column, _ in matches)
    # As of a cursor: no workers in parallel, each of whom would be expected to find a share.
    sql = f"EXPLAIN (FORMAT JSON) DECLARE expected CURSOR FOR {' UNION ALL '.join((entries, *parts))}"
    (plan,), *_ = answer(sql, [match for _, match in matches])
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return [part["Plan Rows"] for part in plan[0]["Plan"]["Plans"]]
