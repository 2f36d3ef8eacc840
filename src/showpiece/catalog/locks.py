"""Rows of this room that are changed by one at a time."""

import uuid
from typing import Any

from showpiece.catalog.models import Category, Creator, Project


def locked_project(pk: uuid.UUID) -> Project:
    """The project as it is now, for this transaction alone."""
    return Project.objects.select_for_update(of=("self",)).select_related("creator", "category").get(pk=pk)


def locked_creator(pk: uuid.UUID) -> Creator:
    """The creator page, for this transaction alone. Whoever locks a project too locks that first."""
    return Creator.objects.select_for_update(of=("self",)).get(pk=pk)


def locked_shelf(shelf: Category | Creator) -> Any:
    """The category or creator page as it is now, for this transaction alone."""
    return type(shelf).objects.select_for_update(of=("self",)).get(pk=shelf.pk)
