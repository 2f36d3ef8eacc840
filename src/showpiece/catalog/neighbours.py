"""What else somebody who looks at a project may like: more of its creator, and what is like it. Two queries in all."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from showpiece.catalog.models import Project, Status, Tag
from showpiece.catalog.selectors import FEW, cards_of

# Of each tag, of the category and of the creator so many are looked at: that a tag is on a million projects changes
# nothing.
LOOKED_AT, MAX_TAGS = 12, 10
SHOWN = FEW // 2

_TAGGED = """SELECT content_object_id AS id, 1 AS alike FROM catalog_projecttag WHERE tag_id = %s
ORDER BY content_object_id DESC"""
_NEWEST = """SELECT id, {} AS alike FROM catalog_project WHERE {} = %s AND status = %s
ORDER BY published_at DESC, id DESC"""
# What is on display of them, and how many of the project's tags, and its category, each shares. CROSS: with another
# kind of join SQLite may begin at the categories, and go through the whole shop.
_SHARED = """SELECT project.id, project.creator_id, project.published_at, SUM(near.alike) FROM ({}) AS near
CROSS JOIN catalog_project AS project CROSS JOIN catalog_creator AS creator CROSS JOIN catalog_category AS category
WHERE project.id = near.id AND creator.id = project.creator_id AND category.id = project.category_id
AND project.id <> %s AND project.published_at <= %s
AND project.status = %s AND creator.status = %s AND category.status = %s
GROUP BY project.id, project.creator_id, project.published_at"""


class Neighbours(NamedTuple):
    """`own`: the newest others of the same creator. `similar`: the most alike of other creators, then of the same."""

    own: list[Project]
    similar: list[Project]


class _Key(NamedTuple):
    pk: UUID
    creator: UUID
    published_at: Any  # as the database gives it, for sorting
    shared: int


def neighbours(project: Project, tags: Iterable[Tag]) -> Neighbours:
    """Projects on display beside that one. Alike is what shares most tags, or else the category."""
    keys = _near(project, tags)
    own = [key for key in keys if key.creator == project.creator_id]
    others = [key for key in keys if key.creator != project.creator_id]
    own.sort(key=lambda key: (key.published_at, key.pk), reverse=True)
    newest, more = own[:SHOWN], [key for key in own[SHOWN:] if key.shared]
    alike = [*_most_alike(others), *_most_alike(more)][:SHOWN]
    cards = cards_of([key.pk for key in (*newest, *alike)])
    return Neighbours(*([cards[key.pk] for key in part if key.pk in cards] for part in (newest, alike)))


def _most_alike(keys: list[_Key]) -> list[_Key]:
    return sorted(keys, key=lambda key: (key.shared, key.pk), reverse=True)


def _near(project: Project, tags: Iterable[Tag]) -> list[_Key]:
    parts: list[tuple[str, list[Any]]] = [(_TAGGED, [tag.pk]) for tag in islice(tags, MAX_TAGS)]
    parts.append((_NEWEST.format(1, "category_id"), [project.category_id, Status.PUBLISHED]))
    parts.append((_NEWEST.format(0, "creator_id"), [project.creator_id, Status.PUBLISHED]))
    # Each part in a bracket of its own: SQLite knows no LIMIT inside a union otherwise.
    queries = (f"SELECT * FROM ({part} LIMIT {LOOKED_AT + 1}) AS near_{place}" for place, (part, _) in enumerate(parts))  # noqa: S608
    values = [value for _, values in parts for value in values]
    values += [project.pk, connection.ops.adapt_datetimefield_value(timezone.now()), *[Status.PUBLISHED] * 3]
    plain = connection.vendor == "sqlite"
    parameters = [value.hex if plain and isinstance(value, UUID) else value for value in values]
    with connection.cursor() as cursor:
        cursor.execute(_SHARED.format(" UNION ALL ".join(queries)), parameters)
        return [_Key(UUID(str(pk)), UUID(str(creator)), *rest) for pk, creator, *rest in cursor.fetchall()]
