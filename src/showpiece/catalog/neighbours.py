"""What else somebody who looks at a project may like: more of its creator, and what is like it. Two queries in all."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from showpiece.catalog.models import Project, Status, Tag
from showpiece.catalog.selectors import project_cards

# Of each tag, of the category and of the creator so many are looked at: that a tag is on a million projects changes
# nothing.
LOOKED_AT, MAX_TAGS = 12, 10

_TAGGED = "SELECT content_object_id FROM catalog_projecttag WHERE tag_id = %s ORDER BY content_object_id DESC"
_NEWEST = "SELECT id FROM catalog_project WHERE {} = %s AND status = %s ORDER BY published_at DESC, id DESC"


class Neighbours(NamedTuple):
    """`own`: the newest others of the same creator. `similar`: of other creators, the most alike first."""

    own: list[Project]
    similar: list[Project]


def neighbours(project: Project, tags: Iterable[Tag], *, limit: int = 3) -> Neighbours:
    """Projects on display beside that one. Alike is what shares most tags, or else the category."""
    shared = _near(project, tags)
    wanted = [pk for pk, _ in shared.most_common() if pk != project.pk]
    cards = {card.pk: card for card in project_cards().filter(pk__in=wanted)}
    found = [cards[pk] for pk in wanted if pk in cards]
    own = sorted((card for card in found if card.creator_id == project.creator_id), key=_newest, reverse=True)
    others = (card for card in found if card.creator_id != project.creator_id)
    similar = sorted(others, key=lambda card: (shared[card.pk], card.pk), reverse=True)
    return Neighbours(own[:limit], similar[:limit])


def _newest(project: Project) -> Any:
    return project.published_at, project.pk


def _near(project: Project, tags: Iterable[Tag]) -> "Counter[UUID]":
    """How many of the project's shelves and tags each of the keys shares."""
    parts: list[tuple[str, list[Any]]] = [(_TAGGED, [tag.pk]) for tag in islice(tags, MAX_TAGS)]
    parts.append((_NEWEST.format("category_id"), [project.category_id, Status.PUBLISHED]))
    parts.append((_NEWEST.format("creator_id"), [project.creator_id, Status.PUBLISHED]))
    # Each part in a bracket of its own: SQLite knows no LIMIT inside a union otherwise.
    queries = (f"SELECT * FROM ({part} LIMIT {LOOKED_AT + 1}) AS near_{place}" for place, (part, _) in enumerate(parts))  # noqa: S608
    plain = connection.vendor == "sqlite"
    parameters = [value.hex if plain and isinstance(value, UUID) else value for _, values in parts for value in values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries), parameters)
        return Counter(UUID(str(pk)) for (pk,) in cursor.fetchall())
