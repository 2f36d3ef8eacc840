"""Reading galleries and versions."""

import uuid
from collections.abc import Collection

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from showpiece.catalog.models import BlockedFile, Project, ProjectPicture, ProjectVideo, Release, ReleaseFile
from showpiece.json_rows import JsonRows
from showpiece.prepared import Prepared, Slot

_PROJECT = Slot(0, Project._meta.pk)
# What a page shows of a film; the rest is for the worker.
_OF_A_FILM = ("video__picture_id", "video__state", "video__file", "video__width", "video__height")
_OF_A_FILE = ("id", "name", "size", "sha256")


def gallery(project: Project) -> list[ProjectPicture]:
    """What visitors see, in order: pictures, and films that are ready."""
    return _gallery(project.pk)


@Prepared
def _gallery() -> QuerySet[ProjectPicture]:
    shown = Q(video=None) | Q(video__state=ProjectVideo.State.READY)
    own = [field.name for field in ProjectPicture._meta.concrete_fields]
    pictures = ProjectPicture.objects.filter(shown, project=_PROJECT).select_related("video")
    return pictures.only(*own, *_OF_A_FILM).order_by("position")


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


def files_not_blocked() -> QuerySet[ReleaseFile]:
    """Files with their versions, without those that nobody may offer any more, whatever they came with."""
    blocked = BlockedFile.objects.filter(sha256=OuterRef("sha256"))
    return ReleaseFile.objects.filter(~Exists(blocked)).select_related("release")


def newest_releases(project: Project) -> list[Release]:
    """The two newest of them: one to show, and one to tell that there are more. One query, `offered` included."""
    return _with_offered(_newest_releases(project.pk))


@Prepared
def _newest_releases() -> QuerySet[Release]:
    return _with_file_rows(_on_offer().filter(project=_PROJECT)).order_by("-released_at", "-pk")[:2]


def releases_to_have() -> QuerySet[Release]:
    """Versions on offer that somebody can have a file of. Without an order."""
    return _on_offer().filter(Exists(files_not_blocked().filter(release=OuterRef("pk"))))


def releases_named(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Release]:
    """Versions by id, `offered` included. At most one query."""
    found = _with_file_rows(Release.objects.filter(pk__in=keys)) if keys else ()
    return {release.pk: release for release in _with_offered(list(found))}


def _with_file_rows(releases: QuerySet[Release]) -> QuerySet[Release]:
    files = files_not_blocked().filter(release=OuterRef("pk")).order_by("name", "id")
    return releases.annotate(file_rows=JsonRows(files.values_list(*_OF_A_FILE)))


def _with_offered(releases: list[Release]) -> list[Release]:
    for release in releases:
        rows = release.__dict__.pop("file_rows") or []
        files = [dict(zip(_OF_A_FILE, row, strict=True)) for row in rows]
        release.offered = [ReleaseFile(**file | {"id": uuid.UUID(file["id"]), "release": release}) for file in files]  # type: ignore[attr-defined]
    return releases


def all_releases(project: Project) -> QuerySet[Release]:
    """What its people see, with the files. Without an order."""
    return project.releases.prefetch_related(Prefetch("files", ReleaseFile.objects.order_by("name", "id")))
