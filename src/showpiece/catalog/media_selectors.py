"""Reading galleries and versions."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from showpiece.catalog.models import BlockedFile, Project, ProjectPicture, ProjectVideo, Release, ReleaseFile


def gallery(project: Project) -> list[ProjectPicture]:
    """What visitors see, in order: pictures, and films that are ready."""
    shown = Q(video=None) | Q(video__state=ProjectVideo.State.READY)
    return list(project.pictures.filter(shown).select_related("video").order_by("position"))


def whole_gallery(project: Project) -> list[ProjectPicture]:
    """What its people see: films that are being made, or have failed, too."""
    return list(project.pictures.select_related("video").order_by("position"))


def releases_on_offer(project: Project) -> QuerySet[Release]:
    """The versions that visitors see, with their files, but for those that were blocked since. Without an order."""
    files = Prefetch("files", files_not_blocked())
    return project.releases.filter(released_at__isnull=False, withdrawn_at=None).prefetch_related(files)


def files_not_blocked() -> QuerySet[ReleaseFile]:
    """Files with their versions, without those that nobody may offer any more, whatever they came with."""
    blocked = BlockedFile.objects.filter(sha256=OuterRef("sha256"))
    return ReleaseFile.objects.filter(~Exists(blocked)).select_related("release")


def newest_releases(project: Project, *, limit: int) -> list[Release]:
    """The newest of them."""
    return list(releases_on_offer(project).order_by("-released_at", "-pk")[:limit])


def all_releases(project: Project) -> QuerySet[Release]:
    """What its people see, with the files. Without an order."""
    return project.releases.prefetch_related(Prefetch("files", ReleaseFile.objects.order_by("name", "id")))
