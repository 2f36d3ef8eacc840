"""Refusing a request by its size before its body is read.

Django's ASGI handler stores the whole body before any view sees it, so the limit stands in front of it. The page is
still answered by Django, with the form and a message: it gets the request with an empty body and the mark
`showpiece.too_large`. What the client still sends is then read and dropped for a while, because a browser
shows no answer on a connection that is closed while it sends.

A large body is also refused, in the same way, where the disk has no room for it.
"""

import asyncio
import errno
import shutil
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

MARK = "showpiece.too_large"
# What the mark says: why the body was not read.
SIZE, DISK = "size", "disk"
# A form with a file is written down twice before a view sees it: as it came, and the file in it.
COPIES = 2
DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)
PIECE_BYTES = 2**16
DRAIN_BYTES = 256 * 2**20
DRAIN_SECONDS = 10.0
EMPTY: Message = {"type": "http.request", "body": b"", "more_body": False}


class BodyLimit:
    """ASGI middleware around Django."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        limit = _limit(scope["path"])
        announced = _content_length(scope)
        if announced is not None and announced > limit:
            await self._refuse(scope, receive, send)
        elif announced is not None and not _has_room(announced):
            await self._refuse(scope, receive, send, DISK)
        elif announced is None and _is_chunked(scope):
            await self._measured(scope, receive, send, limit)
        else:
            await self._passed_on(scope, receive, send)

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """To Django, whose faults are all answers, but for one: it may have no room to write the body down."""
        try:
            await self.application(scope, receive, send)
        except OSError as error:
            if error.errno not in DISK_IS_FULL:
                raise
            await self._refuse(scope, receive, send, DISK)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, why: str = SIZE) -> None:
        first = True

        async def nothing() -> Message:
            nonlocal first
            if first:
                first = False
                return EMPTY
            await asyncio.Event().wait()  # Django listens for the client's leaving
            raise AssertionError

        scope[MARK] = why
        scope["headers"] = _without_body(scope["headers"])
        await self.application(scope, nothing, send)
        await _drain(receive)

    async def _measured(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        """A body that does not tell its length is read up to the limit."""
        # A list of the pieces would cost two hundred times the bytes of a body sent byte by byte, and memory is not for
        # films. Django keeps a body in the same way.
        with spool() as body:
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return  # the client left
                try:
                    body.write(message.get("body", b""))
                except OSError as error:
                    if error.errno not in DISK_IS_FULL:
                        raise
                    await self._refuse(scope, receive, send, DISK)
                    return
                if body.tell() > limit:
                    body.truncate(0)
                    await self._refuse(scope, receive, send)
                    return
                if not message.get("more_body", False):
                    break
            left = body.tell()
            body.seek(0)

            async def replay() -> Message:
                nonlocal left
                if left < 0:
                    return await receive()
                piece = body.read(PIECE_BYTES)
                left -= len(piece) or 1
                more = left > 0
                left = left if more else -1
                return {"type": "http.request", "body": piece, "more_body": more}

            await self._passed_on(scope, replay, send)


def spool() -> "tempfile.SpooledTemporaryFile[bytes]":
    """A file for a body. A large one lies on the disk, beside other work: the system's own folder is often memory."""
    limit = settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    return tempfile.SpooledTemporaryFile(max_size=limit, mode="w+b", dir=settings.FILE_UPLOAD_TEMP_DIR)


def _limit(path: str) -> int:
    large = (limit for ending, limit in settings.LARGE_REQUESTS.items() if path.endswith(f"/{ending}"))
    return next(large, settings.REQUEST_MAX_BYTES)


def _has_room(length: int) -> bool:
    if length <= settings.REQUEST_MAX_BYTES:
        return True
    free = shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free
    return free >= COPIES * length + settings.DISK_RESERVE_BYTES


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key.lower() == name), None)


def _content_length(scope: Scope) -> int | None:
    value = _header(scope, b"content-length")
    return int(value) if value is not None and value.isdigit() else None


def _is_chunked(scope: Scope) -> bool:
    return b"chunked" in (_header(scope, b"transfer-encoding") or b"").lower()


def _without_body(headers: Any) -> list[tuple[bytes, bytes]]:
    dropped = (b"content-length", b"transfer-encoding", b"content-type")
    return [(name, value) for name, value in headers if name.lower() not in dropped]


async def _drain(receive: Receive) -> None:
    left = DRAIN_BYTES
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
