"""Prices get a kind, and the words in the column of tags become rows."""

from collections.abc import Iterator
from itertools import chain, count
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.text import slugify

BATCH = 1000


def _in_batches(rows: Any) -> Iterator[list[Any]]:
    last = None
    while batch := list((rows.filter(pk__gt=last) if last else rows).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def forwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    project, tag, tagged = (apps.get_model("catalog", name) for name in ("Project", "Tag", "ProjectTag"))
    known: dict[str, Any] = {row.name.casefold(): row for row in tag.objects.all()}
    slugs = {row.slug for row in known.values()}
    for batch in _in_batches(project.objects.only("pk", "tag_names", "price_minor")):
        for row in batch:
            if row.price_minor:
                project.objects.filter(pk=row.pk).update(price_kind="fixed")
            for name in filter(None, (str(name).strip()[:30] for name in row.tag_names)):
                key = name.casefold()
                if key not in known:
                    slug = _free(slugify(name, allow_unicode=True) or "tag", slugs)
                    known[key] = tag.objects.create(name=name, slug=slug)
                    slugs.add(slug)
                tagged.objects.get_or_create(content_object=row, tag=known[key])


def _free(slug: str, taken: set[str]) -> str:
    numbered = (f"{slug}_{number}" for number in count(1))
    return next(name for name in chain([slug], numbered) if name not in taken)


def backwards(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    project, tagged = apps.get_model("catalog", "Project"), apps.get_model("catalog", "ProjectTag")
    for batch in _in_batches(project.objects.only("pk")):
        names: dict[Any, list[str]] = {}
        for row in tagged.objects.filter(content_object__in=batch).select_related("tag").order_by("tag__name"):
            names.setdefault(row.content_object_id, []).append(row.tag.name)
        for pk, found in names.items():
            project.objects.filter(pk=pk).update(tag_names=found)  # type: ignore[misc]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_catalogue")]

    operations = [migrations.RunPython(forwards, backwards)]
