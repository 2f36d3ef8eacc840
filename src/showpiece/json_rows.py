"""A few rows that belong to another, read with it: one query less than a prefetch."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BooleanField, DateTimeField, Field, JSONField, Model, QuerySet, Subquery, UUIDField

M = TypeVar("M", bound=Model)


class JsonRows(Subquery):
    """The rows that `values_list` with names gives, in its order, as a list of lists. None where there are none.

    Dates and ids come as the database writes them. So does JSON, objects and lists alone: SQLite gives
    them as text.
    """

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(SELECT JSON_GROUP_ARRAY(JSON_ARRAY(%(columns)s)) FROM (%(subquery)s) AS part)"
        return self._as_sql(compiler, connection, template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(SELECT JSONB_AGG(JSONB_BUILD_ARRAY(%(columns)s)) FROM (%(subquery)s) AS part)"
        return self._as_sql(compiler, connection, template, **more)

    def _as_sql(self, compiler: Any, connection: Any, template: str, **more: Any) -> Any:
        columns = ", ".join(f"part.{connection.ops.quote_name(name)}" for name in self._names)
        return super().as_sql(compiler, connection, template=template, columns=columns, **more)

    def __init__(self, rows: "QuerySet[Any, Any]") -> None:
        super().__init__(rows)
        self._names = tuple(rows.query.selected or ())


class JsonObjects(Generic[M]):
    """Rows of a model as objects again: `of` is what to annotate, `read` makes objects of what that gave.

    `names` are columns, or JSON beside them, as `user_id`; of another row, as `user__name`. Each row of another model
    is told with its key, by which is known whether there is one. What has no name here is read when it is asked for.
    """

    def __init__(self, model: type[M], *names: str) -> None:
        self._model, self._names = model, names

    def of(self, rows: "QuerySet[M]") -> JsonRows:
        return JsonRows(rows.values_list(*self._names))

    def read(self, rows: list[list[Any]] | None) -> list[M]:
        return [self._maker.make(row) for row in rows or []]

    @cached_property
    def _maker(self) -> "_Maker":
        return _Maker(self._model, [(place, name.split("__")) for place, name in enumerate(self._names)])


class _Maker:
    """Makes an object of a row, and those that hang on it."""

    def __init__(self, model: type[Model], names: list[tuple[int, list[str]]]) -> None:
        self._model = model
        own = {name: place for place, (name, *deeper) in names if not deeper}
        # In the order of the model's fields, as Django takes them.
        fields = [field for field in model._meta.concrete_fields if field.attname in own]
        self._columns = {field.attname: (own.pop(field.attname), _reader(field)) for field in fields}
        self._key = self._columns[model._meta.pk.attname][0]
        self._beside = own
        self._others = [
            (model._meta.get_field(first), _Maker(self._related(first), self._below(first, names)))
            for first in dict.fromkeys(name for _place, (name, *deeper) in names if deeper)
        ]

    def _related(self, name: str) -> Any:
        return self._model._meta.get_field(name).related_model

    @staticmethod
    def _below(first: str, names: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
        return [(place, deeper) for place, (name, *deeper) in names if deeper and name == first]

    def make(self, row: list[Any]) -> Any:
        values = [row[place] if read is None else read(row[place]) for place, read in self._columns.values()]
        made = self._model.from_db(DEFAULT_DB_ALIAS, list(self._columns), values)
        for name, place in self._beside.items():
            setattr(made, name, _json(row[place]))
        for link, maker in self._others:
            other = maker.make(row) if row[maker._key] is not None else None
            link.set_cached_value(made, other)  # type: ignore[union-attr]  # a key, or its other end
            if other is not None and link.one_to_one:
                link.remote_field.set_cached_value(other, made)  # type: ignore[union-attr]
        return made


def _reader(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    """What makes a value of such a field of what stands in JSON; None where it stands there as it is."""
    field = getattr(field, "target_field", field)
    kinds = ((UUIDField, _uuid), (DateTimeField, _moment), (JSONField, _json), (BooleanField, _truth))
    return next((reader for kind, reader in kinds if isinstance(field, kind)), None)


def _uuid(value: str | None) -> uuid.UUID | None:
    return value and uuid.UUID(value)  # type: ignore[return-value]


def _truth(value: int | None) -> bool | None:
    return value if value is None else bool(value)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _moment(value: str | None) -> datetime | None:
    """SQLite keeps UTC without saying so."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
