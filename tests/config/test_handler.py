"""Threads of requests: used again, and no more of them kept than a quiet shop needs."""

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.signals import request_started
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from showpiece.config import urls
from showpiece.config.handler import IDLE_THREADS, UPLOADS, OneThreadHandler

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


class Workshop(OneThreadHandler):
    """Every answer to an upload takes until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()
        self.at_work = self.most = self.answered = 0
        self.let_go = threading.Event()

    def get_response(self, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            with self.lock:
                self.at_work += 1
                self.most = max(self.most, self.at_work)
            assert self.let_go.wait(20)
            with self.lock:
                self.at_work -= 1
                self.answered += 1
        return HttpResponse(b"")


def upload(path: str) -> dict[str, Any]:
    scope: dict[str, Any] = {**SCOPE, "method": "POST", "path": path}
    return scope | {"headers": [*scope["headers"], (b"content-type", b"multipart/form-data; boundary=b")]}


async def send(handler: OneThreadHandler, path: str) -> int:
    client: Any = ApplicationCommunicator(handler, upload(path))  # type: ignore[no-untyped-call]
    await client.send_input({"type": "http.request", "body": b"--b--"})
    start = await client.receive_output(20)
    await client.receive_output(20)
    await client.wait(20)
    return int(start["status"])


async def until(workshop: Workshop, count: int) -> None:
    async with asyncio.timeout(20):
        while workshop.at_work < count:
            await asyncio.sleep(0.01)


def test_uploads_take_turns_and_pages_and_films_do_not_wait_for_them() -> None:
    handler = Workshop()

    async def crowd() -> list[int]:
        photos = [asyncio.create_task(send(handler, "/@a/b/run/")) for _ in range(UPLOADS * 3)]
        await until(handler, UPLOADS)
        assert await get(handler) == 200
        film = asyncio.create_task(send(handler, "/@a/b/run/film/"))
        await until(handler, UPLOADS + 1)
        await asyncio.sleep(0.1)
        assert handler.most == UPLOADS + 1
        handler.let_go.set()
        return await asyncio.gather(film, *photos)

    assert asyncio.run(crowd()) == [200] * (UPLOADS * 3 + 1)
    assert handler.most == UPLOADS + 1


def test_who_leaves_the_line_is_not_answered_and_holds_up_nobody() -> None:
    handler = Workshop()

    async def crowd() -> list[int]:
        photos = [asyncio.create_task(send(handler, "/@a/b/run/")) for _ in range(UPLOADS)]
        await until(handler, UPLOADS)
        left: Any = ApplicationCommunicator(handler, upload("/@a/b/run/"))  # type: ignore[no-untyped-call]
        await left.send_input({"type": "http.request", "body": b"--b--"})
        await asyncio.sleep(0.1)
        await left.send_input({"type": "http.disconnect"})
        await left.wait(20)
        handler.let_go.set()
        return [*await asyncio.gather(*photos), await send(handler, "/@a/b/run/")]

    assert asyncio.run(crowd()) == [200] * (UPLOADS + 1)
    assert handler.answered == UPLOADS + 1


def test_a_stream_that_is_cut_off_ends_before_the_collector_comes(settings: Any) -> None:
    ended = []

    async def pieces() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"piece"
        finally:
            ended.append(True)

    class Pages:
        urlpatterns = (
            path("endless/", lambda _request: StreamingHttpResponse(pieces(), content_type="text/plain")),
            *urls.urlpatterns,
        )

    settings.ROOT_URLCONF = Pages

    async def cut_off() -> list[bool]:
        line_is_full = asyncio.Event()
        received = iter([{"type": "http.request", "body": b""}])

        async def receive() -> dict[str, Any]:
            for message in received:
                return message
            await line_is_full.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message.get("body") == b"piece":
                line_is_full.set()
                await asyncio.Event().wait()

        await OneThreadHandler()({**SCOPE, "path": "/endless/"}, receive, send)
        for _ in range(5):  # each generator of the chain lets go of the next one
            await asyncio.sleep(0)
        return list(ended)

    gc.disable()
    try:
        assert asyncio.run(cut_off()) == [True]
    finally:
        gc.enable()
