"""The database, from its URL, with the options that each engine needs to be safe under parallel use."""

from pathlib import Path
from typing import Any

import environ

SQLITE_INIT = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8000;"


def database(url: str, *, default: Path) -> dict[str, Any]:
    """Django's settings for the database at `url` (`sqlite:///…` or `postgres://…`), for "" SQLite in `default`."""
    # A path is no URL: a "#" in the name of the data folder would end it.
    at_default = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default)}
    settings: dict[str, Any] = environ.Env.db_url_config(url) if url else at_default
    options = settings.setdefault("OPTIONS", {})
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE: a transaction that reads and then writes waits for its turn; with the default it fails at once
        # with "database is locked" when another one wrote in between.
        options |= {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_INIT}
        settings["CONN_MAX_AGE"] = None  # opening one reads the whole schema; the threads are few and live long
    elif settings["ENGINE"] == "django.db.backends.postgresql":
        # Streams wait in threads of their own: connections are kept in a pool, not by thread.
        settings["CONN_MAX_AGE"] = 0
        settings["CONN_HEALTH_CHECKS"] = True
        options.setdefault("pool", {"min_size": 1, "max_size": 16, "timeout": 10})
        # Whoever asks wants a page of rows. To start processes that look for them together takes longer than to look.
        options.setdefault("options", "-c max_parallel_workers_per_gather=0")
    else:
        raise ValueError(f"DATABASE_URL: Showpiece runs on SQLite and on PostgreSQL, not on {settings['ENGINE']}.")
    return settings
