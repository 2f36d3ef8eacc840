"""Which projects can be given to. Reading only."""

import uuid
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from showpiece.catalog.display import on_display
from showpiece.catalog.models import Project


def takers(projects: "QuerySet[Project]") -> "QuerySet[Project]":
    """Those on display whose creators take donations for them, with their creator and category."""
    off = Q(donation_policy__is_on=False)
    return on_display(projects).filter(Q(donation_policy=None) | ~off).select_related("creator", "category")


def takers_among(ids: Sequence[uuid.UUID]) -> list[Project]:
    """Those of the ids that can be given to, in the order of the ids, each once."""
    found = {project.pk: project for project in takers(Project.objects.filter(pk__in=ids))} if ids else {}
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]
