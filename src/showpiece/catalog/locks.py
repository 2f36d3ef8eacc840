"""Rows of this room that are changed by one at a time."""

import uuid

from showpiece.catalog.models import Creator, Project


def locked_project(pk: uuid.UUID) -> Project:
    """The project as it is now, for this transaction alone."""
    return Project.objects.select_for_update(of=("self",)).select_related("creator", "category").get(pk=pk)


def locked_creator(pk: uuid.UUID) -> Creator:
    """The creator's page, for this transaction alone: of two new projects of one name each gets its own address."""
    return Creator.objects.select_for_update().get(pk=pk)
