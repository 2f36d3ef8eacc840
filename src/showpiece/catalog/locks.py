"""Rows of this room that are changed by one at a time."""

import uuid

from showpiece.catalog.models import Project


def locked_project(pk: uuid.UUID) -> Project:
    """The project as it is now, for this transaction alone."""
    return Project.objects.select_for_update(of=("self",)).select_related("creator", "category").get(pk=pk)
