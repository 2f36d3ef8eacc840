"""What the search looks in: a row a project on display, and the words that people may have meant."""

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.utils import timezone

from showpiece.catalog.models.projects import Project, Tag
from showpiece.catalog.models.shelves import Creator
from showpiece.ids import uuid7


class LexemesField(models.TextField):  # type: ignore[type-arg]
    """Words as the database searches them: a `tsvector` on PostgreSQL, on SQLite a text that FTS5 reads.

    Takes words that need no further parsing, see `search.words`.
    """

    _pyi_private_set_type: Any

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        return "array_to_tsvector(%s::text[])" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value: Iterable[str], connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "postgresql" else " ".join(value)


class SearchEntry(models.Model):
    """What can be found of a project. Follows the project's row: it may be made anew from it at any time.

    Triggers on SQLite carry its changes into FTS5, see the migration that made it.
    """

    # Grows with time, so on SQLite the order of rows is roughly that of publishing.
    id = models.BigAutoField(primary_key=True)
    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="search_entry")
    names = LexemesField()
    # With the name of its creator.
    tags = LexemesField()
    summary = LexemesField()
    body = LexemesField()
    # What it is filtered by, as words that nobody can type.
    facets = LexemesField()

    def __str__(self) -> str:
        return f"{self.project_id}"


class SearchWord(models.Model):
    """A word of some name or tag, as it was written: what somebody who mistyped may have meant."""

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.word


class Reindex(models.Model):
    """A creator or a tag is called something else, or a tag goes: a row until a job has done all its projects.

    `into`: they are to have that tag instead of the one that goes.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, null=True, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="+")
    goes = models.BooleanField(default=False)
    into = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="+")
    # The last project that was done: they are done in the order of their ids.
    done = models.UUIDField(null=True)
    # When the last step was made.
    stepped_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(creator__isnull=False, tag__isnull=True, goes=False)
                | Q(creator__isnull=True, tag__isnull=False),
                name="reindex_of_one",
            ),
            models.CheckConstraint(condition=Q(into__isnull=True) | Q(goes=True), name="reindex_into_one"),
            models.UniqueConstraint(fields=["tag"], condition=Q(goes=True), name="reindex_goes_once"),
        ]

    def __str__(self) -> str:
        return f"{self.creator_id or self.tag_id}"
