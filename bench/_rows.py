"""Filling tables with a million rows in a minute: those that are there are doubled by SQL until there are so many."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Below(NamedTuple):
    """Rows that hang on those that are doubled: by which column, and what of them is anew."""

    model: Any
    column: str
    changes: Mapping[str, str]


def new_id() -> str:
    """SQL of a fresh id."""
    from django.db import connection

    return "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"


def new_number(place: str) -> str:
    """SQL of a number of nine letters that nobody else has."""
    from django.db import connection

    return f"lpad(upper(to_hex({place})), 9, '0')" if connection.vendor == "postgresql" else f"printf('%09X', {place})"


def double(model: Any, changes: Mapping[str, str], below: Sequence[Below], *, size: int) -> None:
    """Until there are `size` rows of `model`. In `changes` the row of before is `t`; `d.place` counts the new ones."""
    from django.db import connection, transaction

    def copy(of: Any, joined: str, anew: Mapping[str, str]) -> None:
        names = [field.column for field in of._meta.concrete_fields]
        taken = ", ".join(anew.get(name, f"t.{name}") for name in names)
        table = of._meta.db_table
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {taken} FROM {table} t {joined}")  # noqa: S608

    while (there := model.objects.count()) < size:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS doubled")
            cursor.execute(
                f"CREATE TEMPORARY TABLE doubled AS SELECT id AS old, {new_id()} AS new, "  # noqa: S608
                f"row_number() OVER () + {there} AS place FROM {model._meta.db_table} LIMIT {size - there}"
            )
            cursor.execute("CREATE UNIQUE INDEX doubled_old ON doubled (old)")
            copy(model, "JOIN doubled d ON d.old = t.id", {"id": "d.new"} | dict(changes))
            for one in below:
                copy(one.model, f"JOIN doubled d ON d.old = t.{one.column}", {one.column: "d.new"} | dict(one.changes))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
