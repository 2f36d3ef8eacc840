"""The search: its table on both databases, GIN indexes on PostgreSQL, FTS5 kept up by triggers on SQLite."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import DatabaseError, migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import showpiece.catalog.models.search

COLUMNS = "names, tags, summary, body, facets"
OLD, NEW = (", ".join(f"{row}.{name}" for name in COLUMNS.split(", ")) for row in ("old", "new"))

# What is searched is kept, and not put together of each row that is looked at. It stays with the row, the body need not.
POSTGRESQL = [
    """ALTER TABLE catalog_searchentry
       ADD heads tsvector GENERATED ALWAYS AS (names || tags || facets) STORED,
       ADD document tsvector GENERATED ALWAYS AS (names || tags || summary || body || facets) STORED""",
    """ALTER TABLE catalog_searchentry ALTER document SET STORAGE MAIN, ALTER heads SET STORAGE MAIN""",
    """CREATE INDEX search_heads ON catalog_searchentry USING gin (heads) WITH (fastupdate = off)""",
    """CREATE INDEX search_all ON catalog_searchentry USING gin (document) WITH (fastupdate = off)""",
]
SQLITE = [
    f"""CREATE VIRTUAL TABLE catalog_search USING fts5({COLUMNS}, content='catalog_searchentry', content_rowid='id',
        detail='column', prefix='2 3', tokenize='unicode61 remove_diacritics 0')""",
    f"""CREATE TRIGGER catalog_search_insert AFTER INSERT ON catalog_searchentry BEGIN
        INSERT INTO catalog_search(rowid, {COLUMNS}) VALUES (new.id, {NEW}); END""",  # noqa: S608
    f"""CREATE TRIGGER catalog_search_delete AFTER DELETE ON catalog_searchentry BEGIN
        INSERT INTO catalog_search(catalog_search, rowid, {COLUMNS}) VALUES ('delete', old.id, {OLD}); END""",  # noqa: S608
    f"""CREATE TRIGGER catalog_search_update AFTER UPDATE ON catalog_searchentry BEGIN
        INSERT INTO catalog_search(catalog_search, rowid, {COLUMNS}) VALUES ('delete', old.id, {OLD});
        INSERT INTO catalog_search(rowid, {COLUMNS}) VALUES (new.id, {NEW}); END""",  # noqa: S608
    """CREATE VIRTUAL TABLE catalog_spelling USING fts5(word, content='catalog_searchword', content_rowid='id',
       detail='none', tokenize='trigram')""",
    """CREATE TRIGGER catalog_spelling_insert AFTER INSERT ON catalog_searchword BEGIN
       INSERT INTO catalog_spelling(rowid, word) VALUES (new.id, new.word); END""",
    """CREATE TRIGGER catalog_spelling_delete AFTER DELETE ON catalog_searchword BEGIN
       INSERT INTO catalog_spelling(catalog_spelling, rowid, word) VALUES ('delete', old.id, old.word); END""",
]


def forwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
            cursor.execute(statement)
    if editor.connection.vendor == "postgresql":
        _similar_words(editor)


def _similar_words(editor: BaseDatabaseSchemaEditor) -> None:
    """Where the extension may not be made the search goes without: see `search.spelling`."""
    try:
        with transaction.atomic(editor.connection.alias), editor.connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute("CREATE INDEX search_similar ON catalog_searchword USING gist (word gist_trgm_ops)")
    except DatabaseError:
        print("\n  pg_trgm cannot be made here: mistyped words are found less often.", end="")


def backwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The indexes and triggers go with their tables."""
    if editor.connection.vendor == "sqlite":
        with editor.connection.cursor() as cursor:
            cursor.execute("DROP TABLE catalog_search")
            cursor.execute("DROP TABLE catalog_spelling")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_numbers")]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("names", showpiece.catalog.models.search.LexemesField()),
                ("tags", showpiece.catalog.models.search.LexemesField()),
                ("summary", showpiece.catalog.models.search.LexemesField()),
                ("body", showpiece.catalog.models.search.LexemesField()),
                ("facets", showpiece.catalog.models.search.LexemesField()),
                (
                    "project",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_entry",
                        to="catalog.project",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("word", models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.RunPython(forwards, backwards),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["status", "-popularity", "-id"], name="project_popular"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["status", "-rating", "-id"], name="project_rated"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["status", "currency", "price_minor", "id"], name="project_priced"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["category", "status", "-popularity", "-id"], name="project_category_popular"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["category", "status", "-rating", "-id"], name="project_category_rated"),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                fields=["category", "status", "currency", "price_minor", "id"], name="project_category_priced"
            ),
        ),
        migrations.AddIndex(
            model_name="projecttag",
            index=models.Index(fields=["tag", "-content_object"], name="project_tag_newest"),
        ),
    ]
