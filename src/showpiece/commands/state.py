"""What was prepared in a data folder, by the hash of what it was prepared from: so a second start skips it."""

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from showpiece.config.paths import PACKAGE, REPOSITORY

if TYPE_CHECKING:
    import psycopg


def read(home: Path) -> dict[str, Any]:
    """What is known to be done; nothing if the note is missing or broken: everything is then looked at again."""
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads((home / "prepared.json").read_text()))
    return {}


def write(home: Path, **done: Any) -> None:
    """Note what is done, whole or not at all."""
    draft = home / f"prepared.json.{os.getpid()}"
    draft.write_text(json.dumps(read(home) | done, indent=1))
    draft.replace(home / "prepared.json")


def _digest(files: Iterable[Path], *others: str) -> str:
    digest = hashlib.sha256("\n".join(others).encode())
    for file in sorted(files):
        digest.update(f"\n{file}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _locked() -> str:
    """Other people's apps bring migrations and static files, too; the lock says which version of each."""
    with contextlib.suppress(OSError):
        return (REPOSITORY / "requirements.lock").read_text()
    return ""


def database_url(home: Path) -> str:
    """The database, as `showpiece.config.settings` has it."""
    return os.environ.get("DATABASE_URL") or f"sqlite:///{home / 'showpiece.sqlite3'}"


def migrations_key(home: Path) -> str:
    """Changes with the migrations and with the database that they go to."""
    return _digest(PACKAGE.glob("*/migrations/*.py"), _locked(), database_url(home))


def static_key(home: Path) -> str:
    """Changes with the static files and with how they are kept."""
    files = (file for file in PACKAGE.glob("**/static/**/*") if file.is_file())
    return _digest(files, _locked(), str(home), os.environ.get("DEBUG", ""))


def is_postgres(url: str) -> bool:
    """Whether `url` is that of a PostgreSQL."""
    return url.startswith(("postgres://", "postgresql://"))


def connect_postgres(url: str) -> "psycopg.Connection[Any]":
    """A connection without Django and without its pool, which would try for long and in many words."""
    import psycopg

    return psycopg.connect("postgresql://" + url.partition("://")[2], connect_timeout=5)


def applied_migrations(home: Path) -> set[str] | None:
    """What the database says is applied, asked without loading Django; None if that cannot be told this way."""
    query = "SELECT app, name FROM django_migrations"
    url = database_url(home)
    try:
        if url == f"sqlite:///{home / 'showpiece.sqlite3'}":
            address = f"file:{quote(str(home / 'showpiece.sqlite3'))}?mode=ro"
            with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
                return {f"{app}.{name}" for app, name in connection.execute(query)}
        if is_postgres(url):
            with connect_postgres(url) as server:
                return {f"{app}.{name}" for app, name in server.execute(query)}
    except Exception:  # noqa: BLE001  # a cheap look that fails for any reason is followed by the thorough one
        return None
    return None


def is_migrated(home: Path, done: dict[str, Any]) -> bool:
    """Whether the database has all that this version wants: by the note, and by the database's own word."""
    if done.get("migrations") != migrations_key(home):
        return False
    applied = applied_migrations(home)
    return applied is not None and set(done.get("applied", ())) <= applied


def is_collected(home: Path, done: dict[str, Any]) -> bool:
    """Whether the static files lie there as they should."""
    return done.get("static") == static_key(home) and any((home / "static").glob("*"))
