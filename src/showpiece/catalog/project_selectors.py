"""Reading one project for its page, whatever its state: who may see it, `rules` say."""

import uuid
from functools import cache

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, F, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.crypto import constant_time_compare

from showpiece.catalog.models import Contributor, Cover, Project, Rating, Role, Status
from showpiece.catalog.rules import Viewer, know_role, may


@cache
def _whole() -> QuerySet[Project]:
    """With creator, category, demo and cover, by joins."""
    parts = {f"cover_{name}": F(f"first_picture__{name}") for name in Cover._fields}
    first = FilteredRelation("pictures", condition=Q(pictures__position=0))
    whole = Project.objects.annotate(first_picture=first, **parts)
    return whole.select_related("creator__user__profile", "category", "demo")


def project_for(viewer: Viewer, creator: str, project: str) -> tuple[Project, list[Contributor]]:
    """A project by its address and who works on it, for who may see it. `Http404` for others and for none.

    `own_stars` of the project are those that the viewer gave, None for none.
    """
    found = get_object_or_404(_with_own_stars(viewer), creator__slug=creator, slug=project)
    people = contributors_of(found)
    if viewer.is_authenticated:
        know_role(viewer, found, people)
    if not may("catalog.see_project", viewer, found):
        raise Http404(project)
    return found, people


def project_by_preview_key(pk: uuid.UUID, key: str) -> Project:
    """The project of a secret preview link. `Http404` for a link that is void, and for what is archived."""
    shown = _with_own_stars(AnonymousUser()).exclude(Q(status=Status.ARCHIVED) | Q(creator__status=Status.ARCHIVED))
    found = get_object_or_404(shown, pk=pk)
    if not found.preview_key or not constant_time_compare(found.preview_key, key):
        raise Http404("No such link.")
    return found


def _with_own_stars(viewer: Viewer) -> QuerySet[Project]:
    if not viewer.is_authenticated:
        return _whole().annotate(own_stars=Value(None, output_field=IntegerField()))
    own = Rating.objects.filter(project=OuterRef("pk"), user=viewer)
    return _whole().annotate(own_stars=Subquery(own.values("stars")))


def contributors_of(project: Project) -> list[Contributor]:
    """Who works on the project and has agreed to be named, owners first. There are at most 50 by our rules."""
    order = Case(*(When(role=role, then=Value(place)) for place, role in enumerate(Role.values)))
    agreed = project.contributors.filter(accepted_at__isnull=False, user__is_active=True)
    return list(agreed.select_related("user__profile").order_by(order, "accepted_at", "pk"))
