"""What lies in the stores of a test."""

from pathlib import Path

from django.core.files.storage import default_storage, storages


def files() -> list[str]:
    """Every file in both stores, by its path below them."""
    found = []
    for storage in (default_storage, storages["public"]):
        root = Path(storage.path(""))
        found += [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
    return sorted(found)
