"""Changes of the database that a running site does not notice."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddField, AddIndex
from django.db.migrations.operations.base import Operation


class AddIndexOnline(AddIndexConcurrently):
    """Adds an index while others go on writing; its migration is not `atomic`. May be run again after it was cut off.

    PostgreSQL builds it beside the work. SQLite has no such way, and needs none.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)
            return
        # What was cut off leaves an index of that name that nothing uses.
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        way_back: type[Operation] = (
            AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else AddIndex
        )
        way_back.database_backwards(self, app_label, schema_editor, from_state, to_state)


class AddFieldOnce(AddField):
    """Adds a field, unless it is there: a migration that is not `atomic` may have been cut off after it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        connection = schema_editor.connection
        model = to_state.apps.get_model(app_label, self.model_name)
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, model._meta.db_table)
        if model._meta.get_field(self.name).column not in {column.name for column in columns}:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
