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


@contextlib.contextmanager
def new_postgres_database() -> Iterator[str]:
    """An empty database, dropped in the end with all who are still connected."""
    import psycopg

    server = services.postgres_server()
    name = f"showpiece_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{server.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
