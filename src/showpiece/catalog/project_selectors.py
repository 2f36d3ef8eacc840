"""Reading one project for its page, whatever its state: who may see it, `rules` say."""

import uuid
from functools import cache

from django.db.models import F, FilteredRelation, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.http import Http404
from django.utils.crypto import constant_time_compare

from showpiece.accounts.models import User
from showpiece.catalog.media_selectors import with_media
from showpiece.catalog.models import Contributor, Cover, Creator, Project, ProjectTag, Rating, Role, Status, Tag
from showpiece.catalog.rules import Viewer, know_role, may
from showpiece.json_rows import JsonObjects, JsonRows
from showpiece.prepared import Prepared, Slot

_SLUG, _CREATOR_SLUG = Slot(0, Project._meta.get_field("slug")), Slot(1, Creator._meta.get_field("slug"))
_VIEWER = Slot(2, User._meta.pk)
# Secrets of the people, and what they tell on their own pages, have no business on that of a project.
_NOT_SHOWN = ("password", "email", "last_login", "date_joined", "welcomed_at", "name_look")
_OF_PEOPLE = (*(f"user__{name}" for name in _NOT_SHOWN), "user__profile__bio")
_PEOPLE = JsonObjects(
    Contributor,
    *("id", "project_id", "user_id", "role", "accepted_at"),
    *("user__id", "user__username", "user__name", "user__profile__user_id", "user__profile__photo"),
)
_PLACES = {role: place for place, role in enumerate(Role.values)}


def _whole() -> QuerySet[Project]:
    """With creator, category, demo and cover, by joins, the tags, and who works on it."""
    parts = {f"cover_{name}": F(f"first_picture__{name}") for name in Cover._fields}
    first = FilteredRelation("pictures", condition=Q(pictures__position=0))
    tags = ProjectTag.objects.filter(content_object=OuterRef("pk")).order_by("id")
    tag_rows = JsonRows(tags.values_list("tag_id", "tag__name", "tag__slug"))
    agreed = Contributor.objects.filter(project=OuterRef("pk"), accepted_at__isnull=False, user__is_active=True)
    whole = Project.objects.annotate(first_picture=first, **parts, tag_rows=tag_rows, people_rows=_PEOPLE.of(agreed))
    return whole.select_related("creator__user__profile", "category", "demo").defer(
        *(f"creator__{name}" for name in _OF_PEOPLE)
    )


@cache
def _at_address(*, for_members: bool, media: bool) -> Prepared[Project]:
    """Four queries: that of a project's page reads more than what is done with it needs."""

    def build() -> QuerySet[Project]:
        projects = _rated() if for_members else _unrated()
        return (with_media(projects) if media else projects).filter(slug=_SLUG, creator__slug=_CREATOR_SLUG)

    return Prepared(build)


def _rated() -> QuerySet[Project]:
    own = Rating.objects.filter(project=OuterRef("pk"), user=_VIEWER)
    return _whole().annotate(own_stars=Subquery(own.values("stars")))


def _unrated() -> QuerySet[Project]:
    return _whole().annotate(own_stars=Value(None, output_field=IntegerField()))


def project_for(
    viewer: Viewer, creator: str, project: str, *, media: bool = False
) -> tuple[Project, list[Contributor]]:
    """A project by its address and who works on it, for who may see it. `Http404` for others and for none.

    One query, with gallery and versions too if they are asked for (see `media_selectors`). `own_stars` of the project
    are those that the viewer gave, None for none.
    """
    read = _at_address(for_members=viewer.is_authenticated, media=media)
    rows = read(project, creator, *([viewer.pk] if viewer.is_authenticated else []))
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
    """The project of a secret preview link, with its media. `Http404` for a void link, and for what is archived."""
    shown = with_media(_unrated()).exclude(Q(status=Status.ARCHIVED) | Q(creator__status=Status.ARCHIVED))
    found = shown.filter(pk=pk).first()
    if found is None or not found.preview_key or not constant_time_compare(found.preview_key, key):
        raise Http404("No such link.")
    return found


def tags_of(project: Project) -> list[Tag]:
    """The tags of a project that was read here, in the order in which they were given. No query."""
    rows = project.tag_rows or []  # type: ignore[attr-defined]  # annotated
    return [Tag(pk=uuid.UUID(pk), name=name, slug=slug) for pk, name, slug in rows]


def contributors_of(project: Project) -> list[Contributor]:
    """Who works on a project that was read here and has agreed to be named, owners first. No query.

    There are at most 50 by our rules.
    """
    people = _PEOPLE.read(project.people_rows)  # type: ignore[attr-defined]  # annotated
    return sorted(people, key=lambda one: (_PLACES[one.role], one.accepted_at, one.pk))
