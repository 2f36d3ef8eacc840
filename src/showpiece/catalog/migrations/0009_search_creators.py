"""Projects are found by their creator's name too, and what somebody meant who mistyped by a GIN index.

With its signatures of twelve bytes GiST looked at most of a large shop's words.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from showpiece.catalog.search.words import words_and_stems

POSTGRESQL = """UPDATE catalog_searchentry e SET tags = e.tags || array_to_tsvector(%s::text[])
    FROM catalog_project p WHERE p.id = e.project_id AND p.creator_id = %s"""
SQLITE = """UPDATE catalog_searchentry SET tags = tags || ' ' || %s
    WHERE project_id IN (SELECT id FROM catalog_project WHERE creator_id = %s)"""


# Made anew afterwards: to write a million rows into them one by one takes far longer.
INDEXES = {
    "search_heads": "USING gin (heads) WITH (fastupdate = off)",
    "search_all": "USING gin (document) WITH (fastupdate = off)",
}


def forwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    postgresql = editor.connection.vendor == "postgresql"
    creators = apps.get_model("catalog", "Creator").objects.exclude(name="")
    with editor.connection.cursor() as cursor:
        for name in INDEXES if postgresql else ():
            cursor.execute(f"DROP INDEX {name}")
        for pk, name in creators.values_list("pk", "name"):
            found = words_and_stems([name])
            if postgresql:
                cursor.execute(POSTGRESQL, [found, pk])
            else:
                cursor.execute(SQLITE, [" ".join(found), pk.hex])
        for name, made in INDEXES.items() if postgresql else ():
            cursor.execute(f"CREATE INDEX {name} ON catalog_searchentry {made}")
    _similar_words(editor, "gin (word gin_trgm_ops) WITH (fastupdate = off)")


def _similar_words(editor: BaseDatabaseSchemaEditor, kind: str) -> None:
    """Where the extension could be made, see the migration before."""
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE relname = 'search_similar'")
        if cursor.fetchone():
            cursor.execute("DROP INDEX search_similar")
            cursor.execute(f"CREATE INDEX search_similar ON catalog_searchword USING {kind}")


def backwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """More words than the code before would write do no harm to it."""
    _similar_words(editor, "gist (word gist_trgm_ops)")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_search")]

    operations = [migrations.RunPython(forwards, backwards)]
