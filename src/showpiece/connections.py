"""Holding a database connection no longer than it is used."""

from django.db import connection


def release_connection() -> None:
    """Give this thread's connection back, where there is a pool to give it to; within a transaction it stays."""
    if connection.settings_dict["CONN_MAX_AGE"] == 0 and not connection.in_atomic_block:
        connection.close()
