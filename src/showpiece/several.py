"""Several questions on one journey to the database."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def ids_of(queries: Sequence["QuerySet[Any, Any]"]) -> list[list[uuid.UUID]]:
    """The ids that each query finds: it selects that column alone. Each is planned by itself, with its own limit."""
    parts: list[str] = []
    values: list[Any] = []
    found: list[list[uuid.UUID]] = [[] for _ in queries]
    for place, rows in enumerate(queries):
        sql, given = rows.query.sql_with_params()
        parts.append(f"SELECT {place} AS place, part.* FROM ({sql}) AS part")  # noqa: S608  # Django wrote it
        values += given
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for place, pk in cursor.fetchall():
            found[place].append(pk if isinstance(pk, uuid.UUID) else uuid.UUID(pk))
    return found
