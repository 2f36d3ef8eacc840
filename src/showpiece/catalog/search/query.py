"""Asking the index: at most so many keys, read whole and sorted here.

No database ranks a hundred thousand hits in a moment, so nobody asks it to. What has the words in its name is looked
for first, then in tags, then in the summary, then anywhere, each so far and no further.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from showpiece.catalog.models import Category, PriceKind, Status, Tag
from showpiece.catalog.search.index import facets
from showpiece.catalog.search.words import stem, words

MAX_QUERY, MAX_WORDS = 200, 8
# How many are read: of what has no words to rank by, and in the name and elsewhere of what has.
LIMIT, IN_HEADS, ELSEWHERE = 1000, 150, 200
# Of a word that more have than are read, the most popular projects are looked through too.
POPULAR = 250
# Of what so many are expected to have in name or tags, nobody needs those that have it elsewhere.
SURELY = 10 * IN_HEADS
# A word that one of so many entries has is met often enough on a walk through the newest.
WALKED = 50
# Of filters that leave more than this by the planner's statistics, not even the keys are read.
FAR_MORE = 10 * LIMIT


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for."""

    words: tuple[str, ...] = ()
    category: Category | None = None
    tags: tuple[Tag, ...] = ()
    price: str = ""
    demo: bool = False
    language: str = ""

    @property
    def facets(self) -> list[str]:
        return facets(
            category=self.category.pk if self.category else None,
            tags=[tag.pk for tag in self.tags],
            price=self.price if self.price in PriceKind.values else "",
            demo=self.demo,
            language=self.language,
        )


class Key(NamedTuple):
    """A project that was found: what it may be sorted by."""

    pk: UUID
    score: int
    published_at: datetime
    popularity: int
    rating: int
    currency: str
    price_minor: int


@dataclass(frozen=True)
class Found:
    """In no order. `capped`: there are more, which were not read."""

    keys: list[Key]
    capped: bool


def query_words(text: str) -> tuple[str, ...]:
    """The words that somebody typed, as many as are looked for. Whatever else is in the text is not."""
    return tuple(dict.fromkeys(words(text[:MAX_QUERY])))[:MAX_WORDS]


def find(wanted: Wanted) -> Found:
    """What is on display and matches. Never more than `LIMIT`."""
    ask = _postgresql if connection.vendor == "postgresql" else _sqlite
    rows, capped = ask(wanted, _now())
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
SORTED_BY = "p.popularity, p.rating, p.currency, p.price_minor"
ON_DISPLAY = f"""p.status = '{Status.PUBLISHED}' AND p.published_at <= %s AND c.status = '{Status.PUBLISHED}'"""


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
    rows = _rows(heads, values) if expected[0] > SURELY else []
    if len(rows) < IN_HEADS:
        found = _rows(f"{heads} UNION ALL {elsewhere}", values * 2)
        # What was looked for first is among the rest, unless that was not read to its end.
        rows = list({row[0]: row for row in found}.values())
        if len(rows) <= ELSEWHERE:
            return rows, False
    popular = f"""{select} (SELECT * FROM catalog_project WHERE status = '{Status.PUBLISHED}'
        ORDER BY popularity DESC, id DESC LIMIT {POPULAR}) p JOIN catalog_searchentry e ON e.project_id = p.id
        JOIN catalog_creator c ON c.id = p.creator_id WHERE e.document @@ %s::tsquery AND {SHOWN}"""  # noqa: S608
    return rows + _rows(popular, values), True


def _postgresql_filtered(match: str, now: datetime) -> tuple[list[Any], bool]:
    if _expected(("document", match))[1] > FAR_MORE:
        return [], True
    sql = f"""SELECT p.id, 0, {MICROSECONDS}, {SORTED_BY} FROM catalog_searchentry e {JOINED}
        WHERE e.document @@ %s::tsquery AND {SHOWN} LIMIT {LIMIT + 1}"""  # noqa: S608
    rows = _rows(sql, [match, now])
    return rows, len(rows) > LIMIT


def _expected(*matches: tuple[str, str]) -> list[int]:
    """How many entries there are, and how many of them match, by the planner's statistics: nothing is read.

    They know the common words well, and those are the ones for which a bitmap of all that match would be made.
    """
    entries = "SELECT 1 FROM catalog_searchentry"
    parts = (f"{entries} WHERE {column} @@ %s::tsquery" for column, _ in matches)
    # As of a cursor: no workers in parallel, each of whom would be expected to find a share.
    sql = f"EXPLAIN (FORMAT JSON) DECLARE expected CURSOR FOR {' UNION ALL '.join((entries, *parts))}"
    (plan,), *_ = _rows(sql, [match for _, match in matches])
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return [part["Plan Rows"] for part in plan[0]["Plan"]["Plans"]]


# SQLite: FTS5 gives what it finds in the order of its rows, the latest first, without looking at the others.


def _sqlite(wanted: Wanted, now: str) -> tuple[list[Any], bool]:
    held = " AND ".join(f'facets : "{facet}"' for facet in wanted.facets)
    if not wanted.words:
        rows = _rows(_tier(0, LIMIT), [held, now])
        return rows, len(rows) > LIMIT
    exact = [f'"{stem(word)}"' for word in wanted.words]
    said = " AND ".join([*exact[:-1], f'({exact[-1]} OR "{wanted.words[-1]}" *)'])
    tiers = [
        "{names} : (" + " AND ".join(exact) + ")",
        "{names} : (" + said + ")",
        "{names tags} : (" + said + ")",
        "{names tags summary} : (" + said + ")",
        "{names tags summary body} : (" + said + ")",
    ]
    limit = LIMIT // len(tiers)
    before = ["", *tiers]
    matches = [
        (f"{held} AND " if held else "") + (f"({tier} NOT {better})" if better else tier)
        for tier, better in zip(tiers, before, strict=False)
    ]
    sql = " UNION ALL ".join(_tier(score, limit) for score in (4, 3, 2, 1, 0))
    rows = _rows(sql, [parameter for match in matches for parameter in (match, now)])
    counts = [sum(row[1] == score for row in rows) for score in range(5)]
    return rows, max(counts) > limit


def _tier(score: int, limit: int) -> str:
    return f"""SELECT * FROM (SELECT p.id, {score} AS score, CAST(p.published_at AS text), {SORTED_BY}
        FROM catalog_search s
        CROSS JOIN catalog_searchentry e ON e.id = s.rowid CROSS JOIN catalog_project p ON p.id = e.project_id
        CROSS JOIN catalog_creator c ON c.id = p.creator_id CROSS JOIN catalog_category k ON k.id = p.category_id
        WHERE s.catalog_search MATCH %s AND {ON_DISPLAY}
        AND k.status = '{Status.PUBLISHED}' ORDER BY s.rowid DESC LIMIT {limit + 1})"""  # noqa: S608


def _rows(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
