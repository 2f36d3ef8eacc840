"""Rows of this room that are changed by one at a time."""

import uuid
from collections.abc import Iterable
from typing import Any

from showpiece.catalog.models import Category, Creator, Project, Reindex, Tag


def locked_project(pk: uuid.UUID) -> Project:
    """The project as it is now, for this transaction alone."""
    return Project.objects.select_for_update(of=("self",)).select_related("creator", "category").get(pk=pk)


def locked_creator(pk: uuid.UUID) -> Creator:
    """The creator page, for this transaction alone. Whoever locks a project too locks that first."""
    return Creator.objects.select_for_update(of=("self",)).get(pk=pk)


def locked_shelf(shelf: Category | Creator) -> Any:
    """The category or creator page as it is now, for this transaction alone."""
    return type(shelf).objects.select_for_update(of=("self",)).get(pk=shelf.pk)


def locked_projects(pks: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Those of the projects that are still there, for this transaction alone."""
    rows = Project.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def locked_tags(pks: Iterable[uuid.UUID], *, to_delete: bool = False) -> list[Tag]:
    """Those of the tags that are still there, for this transaction alone.

    Projects may get them all the same, unless they are `to_delete`.
    """
    return list(Tag.objects.select_for_update(no_key=not to_delete).filter(pk__in=pks).order_by("pk"))


def locked_reindex(pk: uuid.UUID) -> Reindex | None:
    """What is still to be done, for this transaction alone; None once all is done. Locked before any project."""
    return Reindex.objects.select_for_update().filter(pk=pk).first()
