"""The steps that need Django, in one child process of `showpiece up`: it goes, and so does its memory."""

import contextlib
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from showpiece.commands import state
from showpiece.commands.console import Problem, Steps, guarded

ACCOUNTS = "accounts.txt"
CHECK_DATABASE = "Check DATABASE_URL and the database's server."


def main(arguments: list[str]) -> int:
    """Called with the numbers of the steps: how many there are, how many are done."""
    from showpiece.config.paths import home

    total, done = (int(number) for number in arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")
    return guarded("showpiece", lambda: prepare(home(), Steps(total, done)))


def is_prepared(home: Path) -> bool:
    """Whether there is nothing for `prepare` to do."""
    done = state.read(home)
    return (
        bool(done.get("sample") or not wants_sample())
        and state.is_migrated(home, done)
        and state.is_collected(home, done)
    )


def is_new(home: Path) -> bool:
    """Whether there is no database yet; looking at a SQLite one would make an empty file."""
    return "DATABASE_URL" not in os.environ and not (home / "showpiece.sqlite3").exists()


def wants_sample() -> bool:
    """`SHOWPIECE_SAMPLE=0` starts with an empty shop."""
    return os.environ.get("SHOWPIECE_SAMPLE", "1").lower() not in ("0", "false", "no", "off")


def skip(steps: Steps) -> None:
    """The three steps, when there is nothing to do in any."""
    steps.next("Database: up to date")
    steps.next("Static files: up to date")
    steps.next("Sample shop: filled before" if wants_sample() else "Sample shop: not wanted")


def prepare(home: Path, steps: Steps) -> int:
    """Migrate, collect and fill, as far as needed; each is noted when it is done."""
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError

    try:
        bool(settings.INSTALLED_APPS)  # loads them
    except (ImproperlyConfigured, ValueError) as error:
        raise Problem(
            f"A setting is wrong: {_variable(error)}{_first_line(error)}.", "docs/configuration.md lists them."
        ) from error
    _reach_database(home)
    try:
        django.setup()
        _migrate(home, steps)
        _collect(home, steps)
        _fill(home, steps)
    except DatabaseError as error:
        raise Problem(f"The database does not work: {_first_line(error)}.", CHECK_DATABASE) from error
    except OSError as error:
        raise Problem(f"{error.filename or home}: {error.strerror}.", "Look after the disk and start again.") from error
    return 0


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _variable(error: BaseException) -> str:
    """The variable that could not be read, which the error itself does not name: django-environ was at it."""
    name = ""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_globals.get("__name__", "").startswith("environ."):
            name = frame.f_locals.get("var", name)
    return f"{name}: " if isinstance(name, str) and name else ""


def _reach_database(home: Path) -> None:
    """Say that there is no answer at once and in one line."""
    import psycopg

    url = state.database_url(home)
    if state.is_postgres(url):
        try:
            state.connect_postgres(url).close()
        except psycopg.OperationalError as error:
            raise Problem(f"The database does not answer: {_first_line(error)}.", CHECK_DATABASE) from error
        except psycopg.ProgrammingError:
            pass  # options that are Django's, not the driver's


def _quietly(command: str, **options: Any) -> str:
    from django.core.management import call_command

    output = io.StringIO()
    call_command(command, stdout=output, **options)
    return output.getvalue()


def _migrate(home: Path, steps: Steps) -> None:
    if state.is_migrated(home, state.read(home)):
        steps.next("Database: up to date")
        return
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    key = state.migrations_key(home)
    recorder = MigrationRecorder(connection)
    if not recorder.applied_migrations():
        # An empty database, whatever an older note says of another one: it gets the sample shop.
        state.write(home, sample=False)
    with steps.during("Database: bringing it up to date"):
        _quietly("migrate", interactive=False, verbosity=0)
        _quietly("search_rebuild", if_empty=True)  # a shop from before there was a search
        applied = [f"{app}.{name}" for app, name in recorder.applied_migrations()]
        state.write(home, migrations=key, applied=sorted(applied))


def _collect(home: Path, steps: Steps) -> None:
    if state.is_collected(home, state.read(home)):
        steps.next("Static files: up to date")
        return
    key = state.static_key(home)
    with steps.during("Static files: collecting"):
        _quietly("collectstatic", interactive=False, verbosity=0, clear=True)
        state.write(home, static=key)


def _fill(home: Path, steps: Steps) -> None:
    if not wants_sample():
        steps.next("Sample shop: not wanted")
        return
    if state.read(home).get("sample"):
        steps.next("Sample shop: filled before")
        return
    from django.db import transaction

    with steps.during("Sample shop: filling"):
        with transaction.atomic():
            passwords = _quietly("sample")
            if passwords:
                # Before the commit: a kill right after it must not lose them.
                _write_private(home / f"{ACCOUNTS}.new", passwords)
        # No passwords and no draft: the shop had been filled before, by another machine on this database.
        with contextlib.suppress(FileNotFoundError):
            (home / f"{ACCOUNTS}.new").replace(home / ACCOUNTS)
        state.write(home, sample=True)


def _write_private(path: Path, text: str) -> None:
    """For its owner's eyes only from the first moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
