"""What lies in the stores of a test, and what pages show of it."""

from pathlib import Path

from django.core.files.storage import default_storage, storages

from showpiece.catalog import media_selectors
from showpiece.catalog.models import Project


def files() -> list[str]:
    """Every file in both stores, by its path below them."""
    found = []
    for storage in (default_storage, storages["public"]):
        root = Path(storage.path(""))
        found += [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    return sorted(found)


def with_media(project: Project) -> Project:
    """The project as its page reads it now."""
    return media_selectors.with_media(Project.objects.all()).get(pk=project.pk)
