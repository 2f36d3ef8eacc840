"""What every test stands on: a data folder of its own, and factories."""

import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import django.conf
import pytest

# A shell starts what it puts in the background with Ctrl-C ignored, and programs that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Before Django reads its settings. Each worker of a parallel run gets its own; the weights never change and are shared.
_given = os.environ.get("SHOWPIECE_HOME")
os.environ.setdefault("SHOWPIECE_MODELS", str(Path(_given or Path(__file__).resolve().parents[1] / "var") / "models"))
_home = tempfile.mkdtemp(prefix="showpiece-test-")
os.environ["SHOWPIECE_HOME"] = _home
(Path(_home) / "static").mkdir()
# Named here and not in pyproject.toml: pytest-django would read the settings before this file runs.
os.environ["DJANGO_SETTINGS_MODULE"] = "showpiece.config.settings"
os.environ.setdefault("SECRET_KEY", "only for tests")
django.setup()
# People sign in hundreds of times, and a hash for real takes half a second of a processor.
django.conf.settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker has half a minute of it left when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("processes") is None)


def pytest_sessionfinish() -> None:
    shutil.rmtree(_home, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file with a write-ahead log, as in a shop; in memory it locks whole tables at once."""
    from django.db import connections

    database = connections.databases["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(Path(_home) / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_keepdb(shared_folder: Path, django_db_blocker: Any, django_db_modify_db_settings: None) -> bool:
    """The first worker that comes here migrates its SQLite, for eighteen seconds; the others begin with a copy."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return False
    mine, kept = Path(connection.settings_dict["TEST"]["NAME"]), shared_folder / "migrated.sqlite3"
    with kept.with_suffix(".lock").open("w") as lock, django_db_blocker.unblock():
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            shutil.copyfile(kept, mine)
        else:
            before = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.creation.destroy_test_db(before, verbosity=0, keepdb=True)  # with a checkpoint
            shutil.copyfile(mine, kept)
    return True


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def _shop_to_copy(shared_folder: Path) -> None:
    """Where tests that start real processes prepare one shop for all of them (tests/processes/site.py)."""
    os.environ["SHOWPIECE_TEST_SHOP"] = str(shared_folder / "shop")


@pytest.fixture(autouse=True)
def _fresh_stores(tmp_path: Path, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Files of a test go to its own folder, and static files need no manifest."""
    stores = {
        name: {**options, "OPTIONS": {**options["OPTIONS"], "location": tmp_path / "media" / name}}
        for name, options in settings.STORAGES.items()
        if name != "staticfiles"
    }
    settings.STORAGES = {
        **stores,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    # A field asks for its store once, when its model is loaded.
    for field in _fields_with_a_store():
        monkeypatch.setattr(field, "storage", field._storage_callable())
    return


@cache
def _fields_with_a_store() -> list[Any]:
    from django.apps import apps

    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return [field for field in fields if hasattr(field, "_storage_callable")]


@pytest.fixture(autouse=True)
def _no_limits_of_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test with real transactions counted, as sign-ups a minute, is committed with them: forget it then."""
    marker = request.node.get_closest_marker("django_db")
    if marker is None or not marker.kwargs.get("transaction"):
        yield
        return
    from django.core.cache import cache

    request.getfixturevalue("transactional_db")
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    from django.utils import translation

    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_heartbeat_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Presence is written when a test says so: a thread would write into the database of another test."""
    from showpiece.accounts import presence

    monkeypatch.setattr(presence.Heartbeats, "start", lambda _: threading.current_thread())
    monkeypatch.setattr(presence.heartbeats, "_noted", {})
    monkeypatch.setattr(presence.heartbeats, "_waiting", {})
