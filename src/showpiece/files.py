"""Handing out files that we encoded and stored."""

import re
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage, default_storage
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
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

    `Http404` when it is gone.
    """
    status, headers = 200, {"Accept-Ranges": "bytes"}
    try:
        with storage.open(name) as file:
            start, end = 0, file.size
            if wanted := _range(request, file.size):
                start, end = wanted
                satisfiable = start < end
                status = 206 if satisfiable else 416
                headers["Content-Range"] = f"bytes {f'{start}-{end - 1}' if satisfiable else '*'}/{file.size}"
            file.seek(start)
            body = file.read(max(0, end - start))
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # gone, a folder, too long, or no name at all
        raise Http404(name) from error
    response = HttpResponse(body, content_type=content_type, status=status, headers=headers)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "public, max-age=31536000, immutable" if public else "private, no-store"
    if disposition := content_disposition_header(bool(download_as), download_as):
        response["Content-Disposition"] = disposition
    return response


def stored_file_download(storage: Storage, name: str, content_type: str, *, download_as: str) -> StreamingHttpResponse:
    """The stored file `name` as a download of any size, piece by piece. `Http404` when it is gone."""
    try:
        file = storage.open(name)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404(name) from error
    response = StreamingHttpResponse(_pieces(file), content_type=content_type)
    response["Content-Length"] = file.size
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = content_disposition_header(True, download_as) or "attachment"
    return response


async def _pieces(file: Any) -> AsyncIterator[bytes]:
    with file:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(PIECE_BYTES):
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
