"""Pictures and films that anybody may see. Names are random and bytes never change, so browsers keep them."""

import mimetypes
from pathlib import PurePosixPath

from django.core.files.storage import storages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from showpiece.files import stored_file_response, stored_file_stream

PICTURES = {"image/webp", "image/jpeg", "image/png", "image/avif"}
FILMS = {"video/webm"}


@require_safe
def public_media(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture or a film from the public store."""
    content_type = mimetypes.guess_type(name)[0] or ""
    if content_type not in PICTURES | FILMS or ".." in PurePosixPath(name).parts:
        raise Http404(name)
    answer = stored_file_stream if content_type in FILMS else stored_file_response
    return answer(request, storages["public"], name, content_type, public=True)
