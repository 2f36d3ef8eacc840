"""Reading galleries and versions."""

import uuid
from collections.abc import Collection
from itertools import cycle, islice
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from showpiece.catalog.models import BlockedFile, Project, ProjectPicture, ProjectVideo, Release, ReleaseFile
from showpiece.json_rows import JsonObjects
from showpiece.prepared import Prepared, Slot

# What a page shows of a film; the rest is for the worker.
_OF_A_FILM = ("id", "picture_id", "state", "file", "width", "height")
_PICTURES = JsonObjects(
    ProjectPicture,
    *(field.attname for field in ProjectPicture._meta.concrete_fields),
    *(f"video__{name}" for name in _OF_A_FILM),
)
_FILES = JsonObjects(ReleaseFile, "id", "release_id", "name", "size", "sha256")
_RELEASES = JsonObjects(Release, *(field.attname for field in Release._meta.concrete_fields), "file_rows")


def with_media(projects: QuerySet[Project]) -> QuerySet[Project]:
    """The same, each with what `gallery` and `newest_releases` tell of it: no further query."""
    shown = Q(video=None) | Q(video__state=ProjectVideo.State.READY)
    pictures = ProjectPicture.objects.filter(shown, project=OuterRef("pk")).order_by("position")
    files = files_not_blocked().filter(release=OuterRef("pk")).order_by("name", "id")
    releases = _on_offer().filter(project=OuterRef("pk")).annotate(file_rows=_FILES.of(files))
    newest = releases.order_by("-released_at", "-pk")[:2]
    return projects.annotate(picture_rows=_PICTURES.of(pictures), release_rows=_RELEASES.of(newest))


def gallery(project: Project) -> list[ProjectPicture]:
    """What visitors see of a project `with_media`, in order: pictures, and films that are ready."""
    return _PICTURES.read(project.picture_rows)  # type: ignore[attr-defined]  # annotated


def newest_releases(project: Project) -> list[Release]:
    """The two newest versions of a project `with_media`: one to show, and one to tell that there are more.

    `offered` of each are its files, but for those that were blocked since.
    """
    releases = _RELEASES.read(project.release_rows)  # type: ignore[attr-defined]  # annotated
    for release in releases:
        release.project = project
        _with_offered(release)
    return releases


def whole_gallery(project: Project) -> list[ProjectPicture]:
    """What its people see: films that are being made, or have failed, too."""
    return list(project.pictures.select_related("video").order_by("position"))


def _on_offer() -> QuerySet[Release]:
    return Release.objects.filter(released_at__isnull=False, withdrawn_at=None)


def releases_on_offer(project: Project) -> QuerySet[Release]:
    """The versions that visitors see. Without an order.

    `offered` of each are its files, but for those that were blocked since.
    """
    return _on_offer().filter(project=project).prefetch_related(Prefetch("files", files_not_blocked(), "offered"))


def newest_on_offer(project: Any) -> QuerySet[Release]:
    """The same of a project, or of the one that an outer query is at; the newest first."""
    return _on_offer().filter(project=project).order_by("-released_at", "-pk")


def files_not_blocked() -> QuerySet[ReleaseFile]:
    """Files with their versions, without those that nobody may offer any more, whatever they came with."""
    blocked = BlockedFile.objects.filter(sha256=OuterRef("sha256"))
    return ReleaseFile.objects.filter(~Exists(blocked)).select_related("release")


def releases_to_have() -> QuerySet[Release]:
    """Versions on offer that somebody can have a file of. Without an order."""
    return _on_offer().filter(Exists(files_not_blocked().filter(release=OuterRef("pk"))))


def releases_named(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Release]:
    """Versions by id, `offered` included. At most one query."""
    if not keys:
        return {}
    found = _few_releases(*islice(cycle(keys), FEW)) if len(keys) <= FEW else _with_file_rows(Q(pk__in=keys))
    return {release.pk: _with_offered(release) for release in found}


# So many versions are read by a query that is written once.
FEW = 15


@Prepared
def _few_releases() -> QuerySet[Release]:
    keys: list[Any] = [Slot(place, Release._meta.pk) for place in range(FEW)]
    return _with_file_rows(Q(pk__in=keys))


def _with_file_rows(wanted: Q) -> QuerySet[Release]:
    files = files_not_blocked().filter(release=OuterRef("pk")).order_by("name", "id")
    return Release.objects.filter(wanted).annotate(file_rows=_FILES.of(files))


def _with_offered(release: Release) -> Release:
    release.offered = _FILES.read(release.__dict__.pop("file_rows"))  # type: ignore[attr-defined]
    for file in release.offered:  # type: ignore[attr-defined]
        file.release = release
    return release


def all_releases(project: Project) -> QuerySet[Release]:
    """What its people see, with the files. Without an order."""
    return project.releases.prefetch_related(Prefetch("files", ReleaseFile.objects.order_by("name", "id")))
