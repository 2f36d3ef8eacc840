"""Handing out files that are stored."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage, Storage, default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

# Whatever a browser is made to think of it, nothing in the file may run.
SANDBOX = "default-src 'none'; sandbox"
PIECE_BYTES = 256 * 1024
# One range, as players of films ask for it. A server may answer any other kind with the whole file (RFC 9110, 14.2).
RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def stored_file_response(
    request: HttpRequest, storage: Storage, name: str, content_type: str, *, download_as: str = "", public: bool = False
) -> HttpResponse:
    """The stored file `name`, shown in place, or saved as `download_as`; of it what the request's `Range` asks for.

    It is read whole, so it is for small files; see `stored_file_stream`. `Http404` when it is gone.
    """
    with _opened(storage, name) as file:
        start, end, status, said = _part(request, file.size)
        file.seek(start)
        response = HttpResponse(file.read(end - start), content_type=content_type, status=status, headers=said)
    return _guarded(response, download_as=download_as, public=public)


def stored_file_stream(
    request: HttpRequest, storage: Storage, name: str, content_type: str, *, download_as: str = "", public: bool = False
) -> HttpResponseBase:
    """The same for a file of any size, piece by piece: it is never in memory, and holds no thread while it goes."""
    return opened_file_stream(request, _opened(storage, name), content_type, download_as=download_as, public=public)


def opened_file_stream(
    request: HttpRequest, file: Any, content_type: str, *, download_as: str = "", public: bool = False, etag: str = ""
) -> HttpResponseBase:
    """The same for one that is open (`stored_file_open`), and is closed in the end.

    `etag` names its content: a browser that was cut off goes on only where it is told that nothing has changed.
    """
    start, end, status, said = _part(request, file.size, etag)
    response: HttpResponseBase
    if request.method == "HEAD" or start == end:
        file.close()  # a store that is no disk would fetch all of it to go to a place in it
        response = HttpResponse(content_type=content_type, status=status, headers=said)
    else:
        file.seek(start)
        pieces = _pieces(file, end - start)
        response = StreamingHttpResponse(pieces, content_type=content_type, status=status, headers=said)
    response["Content-Length"] = str(end - start)
    return _guarded(response, download_as=download_as, public=public)


def accelerated_response(location: str, content_type: str, *, download_as: str) -> HttpResponse:
    """Has nginx send the file at `location`, a path of an `internal` place of its own; it does the ranges, too.

    It takes over of our headers what it knows, which the policy and `nosniff` are not: its place has to add them
    (docs/operations.md).
    """
    response = _guarded(HttpResponse(content_type=content_type), download_as=download_as, public=False)
    response["X-Accel-Redirect"] = quote(location)
    return response


class StoreDown(Exception):  # noqa: N818  # not every one is an error of ours
    """The store does not answer, or not with the file. It may be there all the same."""


def stored_file_open(storage: Storage, name: str) -> Any:
    """The stored file, open, with its `size` read. `FileNotFoundError`: it is gone; `StoreDown`: nobody knows."""
    with _told_apart(storage, name):
        file = storage.open(name)
        file.size  # noqa: B018 - where it is gone, some stores tell only now
        return file


def stored_file_size(storage: Storage, name: str) -> int:
    """In bytes, and the same errors."""
    with _told_apart(storage, name):
        return storage.size(name)


@contextmanager
def _told_apart(storage: Storage, name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        # A disk that is not mounted has none of the folders that we made.
        if isinstance(storage, FileSystemStorage) and not Path(storage.path(name.partition("/")[0])).is_dir():
            raise StoreDown(name) from error
        raise
    except Exception as error:  # the client of a store far away has errors of its own, which are no `OSError`
        raise StoreDown(name) from error


def first_byte(request: HttpRequest, size: int, etag: str = "") -> int | None:
    """The first byte that the request is answered with, None if with none."""
    start, end, status, _said = _part(request, size, etag)
    return None if request.method == "HEAD" or status == 416 or start >= end else start


def _opened(storage: Storage, name: str) -> Any:
    try:
        file = storage.open(name)
        file.size  # noqa: B018 - where it is gone, some stores tell only now
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # gone, a folder, too long, or no name at all
        raise Http404(name) from error
    return file


def _part(request: HttpRequest, size: int, etag: str = "") -> tuple[int, int, int, dict[str, str]]:
    """The first byte to send and the one behind the last, the status, and the headers that say so."""
    headers = {"Accept-Ranges": "bytes"} | ({"ETag": etag} if etag else {})
    wanted = _range(request, size, etag)
    if wanted is None:
        return 0, size, 200, headers
    start, end = wanted
    if start >= end:
        return 0, 0, 416, {**headers, "Content-Range": f"bytes */{size}"}
    return start, end, 206, {**headers, "Content-Range": f"bytes {start}-{end - 1}/{size}"}


R = TypeVar("R", bound=HttpResponseBase)


def _guarded(response: R, *, download_as: str, public: bool) -> R:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "public, max-age=31536000, immutable" if public else "private, no-store"
    if disposition := content_disposition_header(bool(download_as), download_as):
        response["Content-Disposition"] = disposition
    return response


async def _pieces(file: Any, left: int) -> AsyncIterator[bytes]:
    read = sync_to_async(file.read, thread_sensitive=False)
    with file:
        while left > 0 and (piece := await read(min(left, PIECE_BYTES))):
            left -= len(piece)
            yield piece


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The first byte and the one behind the last that are asked for, an empty range if there are none such.

    None for the whole file: also where the range holds for another state of the file than this one (`If-Range`).
    """
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last, suffix = asked.groups()
    if suffix is not None:
        return max(0, size - int(suffix)), size if int(suffix) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(size, int(last) + 1 if last else size)


def discard_folder(folder: str) -> None:
    """Remove what is left in a folder of the private store, and the folder where the store has such."""
    try:
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
        default_storage.delete(folder)
    except FileNotFoundError:
        return
