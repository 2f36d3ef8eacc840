"""Parts that a machine may lack. A test that needs one asks here, and is skipped with the reason, or fails where
everything is required (SHOWPIECE_REQUIRE_ALL=1)."""

import atexit
import contextlib
import functools
import os
import secrets
from collections.abc import Callable, Iterator

import pytest

from showpiece.commands.develop import services

_open = contextlib.ExitStack()
atexit.register(_open.close)


def _needed(find: Callable[[], str]) -> str:
    try:
        return find()
    except services.Missing as missing:
        if os.environ.get("SHOWPIECE_REQUIRE_ALL") == "1":
            pytest.fail(f"required here: {missing}")
        pytest.skip(str(missing))


def chromium() -> str:
    """The path of a Chromium."""
    return _needed(services.chromium)


def postgres_url() -> str:
    """The URL of an empty PostgreSQL database of this process's own, dropped at its end."""
    return _needed(_postgres_database)


def rabbitmq_url() -> str:
    """The URL of an empty virtual host of this process's own on RabbitMQ, removed at its end."""
    return _needed(_rabbitmq_host)


@functools.cache
def _rabbitmq_host() -> str:
    return _open.enter_context(services.rabbitmq_host())


@functools.cache
def _postgres_database() -> str:
    return _open.enter_context(new_postgres_database())


def _execute(*statements: str) -> None:
    import psycopg

    with psycopg.connect(services.postgres_server(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@contextlib.contextmanager
def new_postgres_database() -> Iterator[str]:
    """An empty database, dropped in the end with all who are still connected."""
    name = f"showpiece_{secrets.token_hex(6)}"
    _execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{services.postgres_server().rpartition('/')[0]}/{name}"
    finally:
        _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _template() -> str:
    """One for all processes of a run; the process that made it drops it, and another makes it again if it has to."""
    return f"showpiece_template_{os.environ.get('PYTEST_XDIST_TESTRUNUID') or os.getpid()}"[:63]


def has_postgres_template() -> bool:
    """Whether the database of a prepared shop has been kept."""
    import psycopg

    with psycopg.connect(services.postgres_server(), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_template()]).fetchone()
    return found is not None


def keep_postgres_template(url: str) -> None:
    """Keep a copy of the database at this URL, to which nobody may be connected."""
    _execute(f'CREATE DATABASE "{_template()}" TEMPLATE "{url.rpartition("/")[2]}"')
    _open.callback(_execute, f'DROP DATABASE IF EXISTS "{_template()}"')


def copy_postgres_template(url: str) -> None:
    """Put that copy in the place of the empty database at this URL."""
    name = url.rpartition("/")[2]
    _execute(f'DROP DATABASE "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{_template()}"')
