"""What goes into the ZIP of somebody's data. Every room registers its part; this room knows none of them."""

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, Protocol

from django.core.files.storage import Storage, default_storage
from django.core.serializers.json import DjangoJSONEncoder

from showpiece.accounts.models import User

Record = Mapping[str, Any]
CHUNK_BYTES = 256 * 1024


class Package(Protocol):
    """What a part writes into. Nothing is held in memory beyond one record or one piece of a file."""

    def record(self, name: str, record: Record) -> None:
        """One JSON object as `NAME.json`."""

    def records(self, name: str, records: Iterable[Record]) -> None:
        """A JSON array as `NAME.json`; `records` may be an iterator over any number of rows."""

    def file(self, path: str, name: str, storage: Storage = default_storage) -> bool:
        """The stored file `name` under that path; the suffix is the stored one's. False if it is gone meanwhile."""


Part = Callable[[User, Package], None]
_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Add what a room knows of a person. `name` is the room's; registering it again replaces the part."""
    _parts[name] = part


def write(user: User, package: Package) -> None:
    """Every room's part, by name."""
    for name in sorted(_parts):
        _parts[name](user, package)


class ZipPackage:
    """A `Package` in a ZIP file on disk. `alive` is called between pieces of work; what it raises ends the work."""

    def __init__(self, archive: zipfile.ZipFile, alive: Callable[[], None]) -> None:
        self._archive, self._alive = archive, alive

    def record(self, name: str, record: Record) -> None:
        self._alive()
        self._archive.writestr(f"{name}.json", _json(record) + "\n")

    def records(self, name: str, records: Iterable[Record]) -> None:
        with self._archive.open(_entry(f"{name}.json"), "w") as entry:
            entry.write(b"[")
            separator = b"\n"
            for record in records:
                self._alive()
                entry.write(separator + _json(record).encode())
                separator = b",\n"
            entry.write(b"\n]\n")

    def file(self, path: str, name: str, storage: Storage = default_storage) -> bool:
        self._alive()
        try:
            source = storage.open(name)
        except (OSError, ValueError):
            return False
        entry = _entry(path + PurePosixPath(name).suffix)
        entry.compress_type = zipfile.ZIP_STORED  # pictures and films are compressed as they are
        with source, self._archive.open(entry, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, CHUNK_BYTES)
        return True

    def text(self, name: str, text: str) -> None:
        """A page of plain text."""
        self._archive.writestr(name, text)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.gmtime()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _json(record: Record) -> str:
    return json.dumps(dict(record), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
