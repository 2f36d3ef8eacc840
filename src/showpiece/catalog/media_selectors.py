"""Reading galleries and versions."""

from django.db.models import Prefetch, Q, QuerySet

from showpiece.catalog.models import Project, ProjectPicture, ProjectVideo, Release, ReleaseFile


def gallery(project: Project) -> list[ProjectPicture]:
    """What visitors see, in order: pictures, and films that are ready."""
    shown = Q(video=None) | Q(video__state=ProjectVideo.State.READY)
    return list(project.pictures.filter(shown).select_related("video").order_by("position"))


def whole_gallery(project: Project) -> list[ProjectPicture]:
    """What its people see: films that are being made, or have failed, too."""
    return list(project.pictures.select_related("video").order_by("position"))


def releases_on_offer(project: Project) -> QuerySet[Release]:
    """The versions that visitors see, with their files. Without an order."""
    return project.releases.filter(released_at__isnull=False, withdrawn_at=None).prefetch_related("files")


def newest_releases(project: Project, *, limit: int) -> list[Release]:
    """The newest of them."""
    return list(releases_on_offer(project).order_by("-released_at", "-pk")[:limit])


def all_releases(project: Project) -> QuerySet[Release]:
    """What its people see, with the files. Without an order."""
    return project.releases.prefetch_related(Prefetch("files", ReleaseFile.objects.order_by("name", "id")))
