"""A pytest plugin for the second pass of `./run test`: only the tests to which another database can make a difference.

Those that use the database through pytest-django. The browser looks the same over any database, and tests that start
real processes choose the databases for them.
"""

import pytest

FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the others out."""
    wanted: list[pytest.Item] = []
    unwanted: list[pytest.Item] = []
    for item in items:
        (wanted if _is_wanted(item) else unwanted).append(item)
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = wanted


def _is_wanted(item: pytest.Item) -> bool:
    if item.get_closest_marker("browser") or item.get_closest_marker("processes"):
        return False
    return item.get_closest_marker("django_db") is not None or bool(FIXTURES & set(getattr(item, "fixturenames", ())))
