"""Two at once, in an order that a test decides."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction

# So long the second one is seen to wait: for a row of the first, or on SQLite for the whole database.
WAITS_SECONDS = 0.5
First = TypeVar("First")
Second = TypeVar("Second")


def at_once(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """What both get. The second one begins when the first has written and not yet committed, and has to wait."""
    ended = threading.Event()
    got: list[Second] = []

    def come_second() -> None:
        try:
            got.append(second())
        finally:
            ended.set()
            connection.close()

    thread = threading.Thread(target=come_second)
    with transaction.atomic():
        before = first()
        thread.start()
        assert not ended.wait(WAITS_SECONDS), "it did not wait"
    thread.join(20)
    (after,) = got
    return before, after
