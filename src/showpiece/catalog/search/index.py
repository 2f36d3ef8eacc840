"""Keeping the index up: by the services, in the transaction that changes a project."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from showpiece.catalog.models import Project, ProjectTag, SearchEntry, SearchWord, Status, Tag
from showpiece.catalog.search.words import stems, words, words_and_stems

BATCH = 500
# Words of a part of the rows that are in no name or tag. Facets are no words, so on PostgreSQL they do no harm.
FORGET = {
    "postgresql": """DELETE FROM catalog_searchword w WHERE id BETWEEN %s AND %s AND NOT EXISTS (
        SELECT 1 FROM catalog_searchentry e WHERE e.heads @@ quote_literal(w.word)::tsquery)""",
    "sqlite": """DELETE FROM catalog_searchword AS w WHERE id BETWEEN %s AND %s AND NOT EXISTS (
        SELECT 1 FROM catalog_search s WHERE s.catalog_search MATCH '{names tags} : "' || w.word || '"')""",
}


def live_demo(project: Project) -> bool:
    """Whether it can be tried here and now."""
    demo = getattr(project, "demo", None)
    return demo is not None and demo.kind != "link" and demo.state == "live"


def facets(*, category: UUID | None, tags: Iterable[UUID], price: str, demo: bool, language: str) -> list[str]:
    """What a project is filtered by. In capitals, as no word that anybody types ever is.

    Asked of a project, all that hold for it; asked of a filter, all that have to.
    """
    return [
        *filter(None, [f"C{category.hex}" if category else "", f"P{price}" if price else "", "D1" if demo else ""]),
        *([f"L{language.replace('-', '').casefold()}"] if language else []),
        *(f"T{tag.hex}" for tag in tags),
    ]


def entry_of(project: Project, tags: list[Tag]) -> SearchEntry:
    """What can be found of a project, in all its languages. `demo` and `creator` are read if they were not.

    The creator's name counts like a tag: less than the project's own, and it is no word that somebody may have meant,
    as those are kept a day longer.
    """
    translations = list(project.translations.values())

    def texts(field: str) -> list[str]:
        return [getattr(project, field), *(texts.get(field, "") for texts in translations)]

    return SearchEntry(
        project=project,
        names=words_and_stems(texts("name")),
        tags=words_and_stems([*(tag.name for tag in tags), project.creator.name]),
        summary=words_and_stems(texts("summary")),
        body=stems(texts("description")),
        facets=facets(
            category=project.category_id,
            tags=[tag.pk for tag in tags],
            price=project.price_kind,
            demo=live_demo(project),
            language=project.language,
        ),
    )


def project_indexed(project: Project) -> None:
    """Make the index say what the project says now; what is not published is not in it."""
    if project.status != Status.PUBLISHED:
        SearchEntry.objects.filter(project=project).delete()
        return
    _write([_published().get(pk=project.pk)])


def projects_indexed(pks: Iterable[UUID]) -> None:
    """The same of several, which their caller has locked."""
    _write(list(_published().filter(pk__in=pks)))


def index_rebuild() -> int:
    """Make the whole index anew, batch by batch, while the shop runs. Returns how many projects are in it."""
    SearchEntry.objects.exclude(project__status=Status.PUBLISHED).delete()
    count = 0
    for batch in _batches(_published()):
        with transaction.atomic():
            _write(batch)
        count += len(batch)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_searchentry")
    return count


def words_forget() -> int:
    """Forget the words that are in no name or tag any more, some at a time. Returns how many those were."""
    forgotten, last = 0, 0
    while batch := list(SearchWord.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FORGET[connection.vendor], [batch[0], batch[-1]])
            forgotten += cursor.rowcount
        last = batch[-1]
    return forgotten


def _published() -> QuerySet[Project]:
    return Project.objects.filter(status=Status.PUBLISHED).select_related("demo", "creator")


def _batches(projects: QuerySet[Project]) -> Iterator[list[Project]]:
    rows = projects.order_by("pk")
    while batch := list(rows[:BATCH]):
        yield batch
        rows = projects.filter(pk__gt=batch[-1].pk).order_by("pk")


def _write(projects: list[Project]) -> None:
    tags: dict[UUID, list[Tag]] = defaultdict(list)
    for row in ProjectTag.objects.filter(content_object__in=projects).select_related("tag"):
        tags[row.content_object_id].append(row.tag)
    entries = [entry_of(project, tags[project.pk]) for project in projects]
    changing: Any = ["names", "tags", "summary", "body", "facets"]
    SearchEntry.objects.bulk_create(entries, update_conflicts=True, update_fields=changing, unique_fields=["project"])
    texts = (text for project in projects for text in _spoken(project, tags[project.pk]))
    new = {word for text in texts for word in words(text) if len(word) > 2}
    SearchWord.objects.bulk_create([SearchWord(word=word) for word in sorted(new)], ignore_conflicts=True)


def _spoken(project: Project, tags: list[Tag]) -> list[str]:
    names = [project.name, *(texts.get("name", "") for texts in project.translations.values())]
    return names + [tag.name for tag in tags]
