"""Reading one project for its page, whatever its state: who may see it, `rules` say."""

import uuid

from django.db.models import F, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.http import Http404
from django.utils.crypto import constant_time_compare

from showpiece.accounts.models import User
from showpiece.catalog.models import Contributor, Cover, Creator, Project, ProjectTag, Rating, Role, Status, Tag
from showpiece.catalog.rules import Viewer, know_role, may
from showpiece.json_rows import JsonRows
from showpiece.prepared import Prepared, Slot

_SLUG, _CREATOR_SLUG = Slot(0, Project._meta.get_field("slug")), Slot(1, Creator._meta.get_field("slug"))
_VIEWER = Slot(2, User._meta.pk)
# Secrets of the people, and what they tell on their own pages, have no business on that of a project.
_NOT_SHOWN = ("password", "email", "last_login", "date_joined", "welcomed_at", "name_look")
_OF_PEOPLE = (*(f"user__{name}" for name in _NOT_SHOWN), "user__profile__bio")
_PLACES = {role: place for place, role in enumerate(Role.values)}


def _whole() -> QuerySet[Project]:
    """With creator, category, demo and cover, by joins, and the tags."""
    parts = {f"cover_{name}": F(f"first_picture__{name}") for name in Cover._fields}
    first = FilteredRelation("pictures", condition=Q(pictures__position=0))
    tags = ProjectTag.objects.filter(content_object=OuterRef("pk")).order_by("id")
    tag_rows = JsonRows(tags.values_list("tag_id", "tag__name", "tag__slug"))
    whole = Project.objects.annotate(first_picture=first, **parts, tag_rows=tag_rows)
    return whole.select_related("creator__user__profile", "category", "demo").defer(
        *(f"creator__{name}" for name in _OF_PEOPLE)
    )


@Prepared
def _for_visitors() -> QuerySet[Project]:
    return _unrated().filter(slug=_SLUG, creator__slug=_CREATOR_SLUG)


@Prepared
def _for_members() -> QuerySet[Project]:
    own = Rating.objects.filter(project=OuterRef("pk"), user=_VIEWER)
    return _whole().annotate(own_stars=Subquery(own.values("stars"))).filter(slug=_SLUG, creator__slug=_CREATOR_SLUG)


def _unrated() -> QuerySet[Project]:
    return _whole().annotate(own_stars=Value(None, output_field=IntegerField()))


def project_for(viewer: Viewer, creator: str, project: str) -> tuple[Project, list[Contributor]]:
    """A project by its address and who works on it, for who may see it. `Http404` for others and for none.

    `own_stars` of the project are those that the viewer gave, None for none.
    """
    address = project, creator
    rows = _for_members(*address, viewer.pk) if viewer.is_authenticated else _for_visitors(*address)
    if not rows:
        raise Http404(project)
    (found,) = rows
    people = contributors_of(found)
    if viewer.is_authenticated:
        know_role(viewer, found, people)
    if not may("catalog.see_project", viewer, found):
        raise Http404(project)
    return found, people


def project_by_preview_key(pk: uuid.UUID, key: str) -> Project:
    """The project of a secret preview link. `Http404` for a link that is void, and for what is archived."""
    shown = _unrated().exclude(Q(status=Status.ARCHIVED) | Q(creator__status=Status.ARCHIVED))
    found = shown.filter(pk=pk).first()
    if found is None or not found.preview_key or not constant_time_compare(found.preview_key, key):
        raise Http404("No such link.")
    return found


def tags_of(project: Project) -> list[Tag]:
    """The tags of a project that was read here, in the order in which they were given. No query."""
    rows = project.tag_rows or []  # type: ignore[attr-defined]  # annotated
    return [Tag(pk=uuid.UUID(pk), name=name, slug=slug) for pk, name, slug in rows]


def contributors_of(project: Project) -> list[Contributor]:
    """Who works on the project and has agreed to be named, owners first. There are at most 50 by our rules."""
    people = _contributors(project.pk)
    return sorted(people, key=lambda one: (_PLACES[one.role], one.accepted_at, one.pk))


@Prepared
def _contributors() -> QuerySet[Contributor]:
    agreed = Contributor.objects.filter(
        project=Slot(0, Project._meta.pk), accepted_at__isnull=False, user__is_active=True
    )
    return agreed.select_related("user__profile").defer(*_OF_PEOPLE)
