"""A few rows that belong to another, read with it: one query less than a prefetch."""

from typing import Any

from django.db.models import JSONField, QuerySet, Subquery


class JsonRows(Subquery):
    """The rows that `values_list` with names gives, in its order, as a list of lists. None where there are none.

    Dates and ids come as the database writes them.
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
        self._names = rows.query.values_select
