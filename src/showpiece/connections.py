"""Holding a database connection no longer than it is used, and telling when there was no turn for us."""

import sqlite3

from django.db import OperationalError, connection

# After so long somebody whom the database had no turn for may come again.
RETRY_SECONDS = 10
# The others say more by their upper bits.
_SQLITE_CODE, _SQLITE_BUSY = 0xFF, {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def release_connection() -> None:
    """Give this thread's connection back, where there is a pool to give it to; within a transaction it stays."""
    if connection.settings_dict["CONN_MAX_AGE"] == 0 and not connection.in_atomic_block:
        connection.close()


def is_database_busy(error: BaseException | None) -> bool:
    """Whether the database had no turn for us, or does not answer: the same is right a moment later.

    SQLite: somebody else kept its one lock for writing longer than we wait. PostgreSQL: its pool or the server is
    full, it was stopped, or it ended a wait. What SQLite calls so otherwise, as a table that is missing, is a fault.
    """
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return cause.sqlite_errorcode & _SQLITE_CODE in _SQLITE_BUSY
    return connection.vendor != "sqlite"
