"""Handing out files that we encoded and stored."""

import re
from collections.abc import AsyncIterator
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage, default_storage
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
    file = _opened(storage, name)
    start, end, status, said = _part(request, file.size)
    file.seek(start)
    response: HttpResponseBase
    if request.method == "HEAD":
        file.close()
        response = HttpResponse(content_type=content_type, status=status, headers=said)
    else:
        pieces = _pieces(file, end - start)
        response = StreamingHttpResponse(pieces, content_type=content_type, status=status, headers=said)
    response["Content-Length"] = str(end - start)
    return _guarded(response, download_as=download_as, public=public)


def _opened(storage: Storage, name: str) -> Any:
    try:
        file = storage.open(name)
        file.size  # noqa: B018 - where it is gone, some stores tell only now
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # gone, a folder, too long, or no name at all
        raise Http404(name) from error
    return file


def _part(request: HttpRequest, size: int) -> tuple[int, int, int, dict[str, str]]:
    """The first byte to send and the one behind the last, the status, and the headers that say so."""
    headers = {"Accept-Ranges": "bytes"}
    wanted = _range(request, size)
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


def _range(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """The first byte and the one behind the last that are asked for, an empty range if there are none such.

    None for the whole file: also where the range holds for a state of the file that we gave no name to (`If-Range`).
    """
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if asked is None or "If-Range" in request.headers:
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
