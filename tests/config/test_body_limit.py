"""The size of a request is judged before its body is read."""

import asyncio
import errno
from types import SimpleNamespace
from typing import Any

import pytest

from showpiece.config import body_limit
from showpiece.config.body_limit import DISK, MARK, SIZE, BodyLimit

LIMIT = 1000


@pytest.fixture(autouse=True)
def _limit(settings: Any) -> None:
    settings.REQUEST_MAX_BYTES = LIMIT


class Client:
    """Sends a request in pieces and counts what was asked for."""

    def __init__(self, pieces: list[bytes], headers: dict[str, str], path: str = "/") -> None:
        self.pieces, self.headers, self.path = list(pieces), headers, path
        self.read_before_answer: int | None = None
        self.read = 0
        self.seen_body = b""
        self.pieces_seen = 0
        self.marked = False
        self.disk_is_full = False

    def run(self) -> "Client":
        asyncio.run(self._run())
        return self

    async def _run(self) -> None:
        scope: Any = {
            "type": "http",
            "path": self.path,
            "headers": [(name.encode(), value.encode()) for name, value in self.headers.items()],
        }
        await BodyLimit(self._application)(scope, self._receive, self._send)

    async def _receive(self) -> Any:
        piece = self.pieces.pop(0)
        self.read += len(piece)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def _send(self, message: Any) -> None:
        self.read_before_answer = self.read

    async def _application(self, scope: Any, receive: Any, send: Any) -> None:
        self.why = scope.get(MARK)
        self.marked = bool(self.why)
        if self.disk_is_full and not self.marked:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.lengths = [value for name, value in scope["headers"] if name == b"content-length"]
        while True:
            message = await receive()
            self.seen_body += message["body"]
            self.pieces_seen += 1
            if not message["more_body"]:
                break
        await send({"type": "http.response.start"})


def test_body_within_the_limit_goes_through() -> None:
    client = Client([b"a" * 400, b"b" * 600], {"content-length": "1000"}).run()
    assert client.seen_body == b"a" * 400 + b"b" * 600
    assert not client.marked


def test_announced_length_over_the_limit_is_answered_unread() -> None:
    client = Client([b"a" * 600, b"b" * 600], {"content-length": "1200"}).run()
    assert client.marked
    assert client.seen_body == b""
    assert client.lengths == []
    assert client.read_before_answer == 0
    assert client.read == 1200, "the rest is read and dropped, or a browser shows no answer"


def test_unannounced_body_is_read_up_to_the_limit() -> None:
    client = Client([b"a" * 400] * 10, {"transfer-encoding": "chunked"}).run()
    assert client.marked
    assert client.seen_body == b""
    assert client.read_before_answer == 1200


def test_unannounced_body_within_the_limit_goes_through() -> None:
    client = Client([b"a" * 400, b"b"], {"transfer-encoding": "chunked"}).run()
    assert client.seen_body == b"a" * 400 + b"b"
    assert not client.marked


def test_body_sent_byte_by_byte_comes_in_one_piece() -> None:
    client = Client([b"a"] * 900, {"transfer-encoding": "chunked"}).run()
    assert client.seen_body == b"a" * 900
    assert client.pieces_seen == 1


@pytest.mark.parametrize("length", ["-1", "many", "1e9", ""])
def test_length_that_is_no_number_is_left_to_the_server(length: str) -> None:
    assert not Client([b"a"], {"content-length": length}).run().marked


def test_films_may_be_larger_at_their_own_address(settings: Any) -> None:
    settings.LARGE_REQUESTS = {settings.FILM_PATH: 5 * LIMIT}
    body = [b"x" * LIMIT] * 4
    length = {"content-length": str(4 * LIMIT)}
    assert Client(body, length, path="/@anna/reel/run/film/").run().seen_body == b"x" * 4 * LIMIT
    assert Client(body, {"transfer-encoding": "chunked"}, path="/@anna/reel/run/film/").run().marked is False
    assert Client(body, length, path="/@anna/reel/run/").run().marked
    assert Client(body, length, path="/run/film/else/").run().marked
    assert Client([b"x" * LIMIT] * 6, {"content-length": str(6 * LIMIT)}, path="/@anna/reel/run/film/").run().marked


def test_files_of_five_gigabytes_are_refused_unread(settings: Any) -> None:
    for path in (settings.RELEASE_PATH, settings.GALLERY_PATH):
        client = Client([b"x" * LIMIT], {"content-length": str(5 * 2**30)}, path=f"/studio/x/{path}").run()
        assert (client.why, client.read_before_answer, client.seen_body) == (SIZE, 0, b"")


def test_large_body_that_has_no_room_on_the_disk_is_refused_unread(settings: Any, monkeypatch: Any) -> None:
    settings.LARGE_REQUESTS = {settings.RELEASE_PATH: 100 * LIMIT}
    settings.DISK_RESERVE_BYTES = 1000
    path = f"/{settings.RELEASE_PATH}"
    length = {"content-length": str(5 * LIMIT)}
    for free, why in ((10 * LIMIT + 999, DISK), (10 * LIMIT + 1000, None)):
        monkeypatch.setattr(body_limit.shutil, "disk_usage", lambda _, free=free: SimpleNamespace(free=free))
        client = Client([b"x" * LIMIT] * 5, length, path=path).run()
        assert client.why == why
        assert client.read_before_answer == (0 if why else 5 * LIMIT)


def test_disk_that_fills_up_under_a_body_is_told() -> None:
    client = Client([b"x"], {"content-length": "1"})
    client.disk_is_full = True
    assert client.run().why == DISK
