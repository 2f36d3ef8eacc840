"""Queries that are written once and asked often.

To write a query as SQL takes Django longer than a database takes to answer it, and from one visit of a page to the next
nothing in it changes but a few values. Such a query is built with a `Slot` for each of those, and called with them:

    _people = Prepared(lambda: Contributor.objects.filter(project=Slot(0, Project._meta.pk)))
    people = _people(project.pk)

One that locks rows may be among them; it is asked within a transaction only, as Django has it.

Each connection, and so each thread, keeps the SQL and what else Django worked out for it. This rests on two habits of
Django: a compiler can run its SQL again, and `ModelIterable` makes objects of what it gives.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)


class Slot(Expression):
    """The place of a value that is not known yet: the `place`th that the query is called with, of the kind of `field`.

    None has no place in a query: whether something is missing is another question.
    """

    def __init__(self, place: int, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.place = place

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> Any:
        return "%s", [self]


class Prepared(Generic[M]):
    """The rows of the query that `build` makes, as a function of the values for its slots."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build

    def __call__(self, *values: Any) -> list[M]:
        kept: dict[Prepared[Any], _Written] = vars(connections[DEFAULT_DB_ALIAS]).setdefault("_prepared_queries", {})
        if self not in kept:
            kept[self] = _Written(self._build())
        return kept[self].rows(values)


class _Written:
    """A query as SQL. To `ModelIterable` it is both a queryset and its query."""

    _known_related_objects: dict[Any, Any] = {}  # Django's own name

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.model, self.db, self.query = rows.model, DEFAULT_DB_ALIAS, self
        self._compiler: Any = rows.query.get_compiler(self.db)
        self._sql, self._parameters = self._compiler.as_sql()
        converters = self._compiler.get_converters([column for column, *_ in self._compiler.select])
        self._compiler.get_converters = lambda _columns: converters
        connection = self._compiler.connection
        self._locks = rows.query.select_for_update and connection.features.has_select_for_update

    def get_compiler(self, using: str) -> Any:
        return self._compiler

    def rows(self, values: tuple[Any, ...]) -> list[Any]:
        if self._locks and not self._compiler.connection.in_atomic_block:
            raise TransactionManagementError("Rows are locked inside a transaction.")
        filled = self._sql, tuple(self._filled(part, values) for part in self._parameters)
        self._compiler.as_sql = lambda: filled
        return list(ModelIterable(cast(QuerySet[Any], self)))

    def _filled(self, part: Any, values: tuple[Any, ...]) -> Any:
        if isinstance(part, Slot):
            return part.output_field.get_db_prep_value(values[part.place], self._compiler.connection, prepared=False)
        return part
