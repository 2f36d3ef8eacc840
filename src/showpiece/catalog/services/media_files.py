"""The stored files of rows: gathered while the rows are there, removed when they are gone."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.core.files.base import File
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile

from showpiece.catalog.models import Project, ProjectPicture, Release, ReleaseFile, public_storage

log = structlog.get_logger(__name__)

# By field: widths in pixels.
SIZES = {"thumb": 400, "small": 640, "large": 1280}


def files_of_picture(picture: ProjectPicture) -> list[FieldFile]:
    """Of its row, and of that of its film."""
    files = [getattr(picture, field) for field in SIZES]
    if (video := getattr(picture, "video", None)) is not None:
        files += [video.source, video.file]
    return [file for file in files if file]


def files_of_projects(projects: Iterable[Project]) -> list[FieldFile]:
    """Pictures, films, and files of versions."""
    pictures = ProjectPicture.objects.filter(project__in=projects)
    return files_of_pictures(pictures) + files_of_releases(Release.objects.filter(project__in=projects))


def files_of_pictures(pictures: QuerySet[ProjectPicture]) -> list[FieldFile]:
    """And of their films."""
    return [file for picture in pictures.select_related("video") for file in files_of_picture(picture)]


def files_of_releases(releases: QuerySet[Release]) -> list[FieldFile]:
    """Of versions."""
    return [row.file for row in ReleaseFile.objects.filter(release__in=releases)]


def drop(files: Iterable[FieldFile]) -> None:
    """Remove them from their stores. One that cannot be removed holds up no other."""
    for file in files:
        try:
            if file.name:
                file.storage.delete(file.name)
        except Exception:
            log.exception("file not removed", name=file.name)


def file_names_drop(names: Iterable[str]) -> None:
    """Delete files of the public store, by name; "" for none."""
    for name in filter(None, names):
        public_storage().delete(name)


def put(file: FieldFile, content: File[Any]) -> None:
    """Store `content` as that file of a row, which is not saved. Of what does not fit on the disk nothing is left."""
    name = file.field.generate_filename(file.instance, "")
    try:
        stored = file.storage.save(name, content)
    except BaseException:
        file.storage.delete(name)
        raise
    setattr(file.instance, file.field.attname, stored)
