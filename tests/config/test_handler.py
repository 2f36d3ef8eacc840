"""Threads of requests: used again, and no more of them kept than a quiet shop needs."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_started

from showpiece.config.handler import IDLE_THREADS, OneThreadHandler

SCOPE = {
    "type": "http",
    "method": "GET",
    "path": "/health/live",
    "query_string": b"",
    "headers": [(b"host", b"localhost")],
    "http_version": "1.1",
    "client": ("127.0.0.1", 1),
}


@pytest.fixture
def threads() -> Iterator[list[int]]:
    """The threads in which requests were answered, in order."""
    seen: list[int] = []

    def note(**_: Any) -> None:
        seen.append(threading.get_ident())

    request_started.connect(note, weak=False)
    yield seen
    request_started.disconnect(note)


async def get(handler: OneThreadHandler) -> int:
    client: Any = ApplicationCommunicator(handler, dict(SCOPE))  # type: ignore[no-untyped-call]
    await client.send_input({"type": "http.request", "body": b""})
    start = await client.receive_output(10)
    await client.receive_output(10)
    await client.wait(10)
    return int(start["status"])


def test_next_request_uses_the_thread_of_the_last(threads: list[int]) -> None:
    handler = OneThreadHandler()

    async def one_by_one() -> list[int]:
        return [await get(handler) for _ in range(5)]

    assert asyncio.run(one_by_one()) == [200] * 5
    assert len(threads) == 5
    assert len(set(threads)) == 1


def test_requests_at_once_have_a_thread_each_and_few_are_kept(threads: list[int]) -> None:
    handler = OneThreadHandler()
    count = IDLE_THREADS * 2

    async def at_once() -> list[int]:
        return await asyncio.gather(*(get(handler) for _ in range(count)))

    before = threading.active_count()
    assert asyncio.run(at_once()) == [200] * count
    assert len(threads) == count
    assert len(set(threads)) > 1
    deadline = time.monotonic() + 10  # those let go end by themselves
    while threading.active_count() - before > IDLE_THREADS + 1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
