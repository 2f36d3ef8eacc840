"""Handing out files that we encoded and stored."""

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header

# Whatever a browser is made to think of it, nothing in the file may run.
SANDBOX = "default-src 'none'; sandbox"


def stored_file_response(
    storage: Storage, name: str, content_type: str, *, download_as: str = "", public: bool = False
) -> HttpResponse:
    """The stored file `name`, shown in place, or saved as `download_as`. `Http404` when it is gone."""
    try:
        with storage.open(name) as file:
            body = file.read()
    except (OSError, ValueError, SuspiciousFileOperation) as error:  # gone, a folder, too long, or no name at all
        raise Http404(name) from error
    response = HttpResponse(body, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "public, max-age=31536000, immutable" if public else "private, no-store"
    if disposition := content_disposition_header(bool(download_as), download_as):
        response["Content-Disposition"] = disposition
    return response
