"""Pictures that anybody may see. Their names are random and their bytes never change, so browsers keep them."""

import mimetypes
from pathlib import PurePosixPath

from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from showpiece.files import stored_file_response

TYPES = {"image/webp", "image/jpeg", "image/png", "image/avif"}


@require_safe
def public_media(request: HttpRequest, name: str) -> HttpResponse:
    """A picture from the public store."""
    content_type = mimetypes.guess_type(name)[0] or ""
    if content_type not in TYPES or ".." in PurePosixPath(name).parts:
        raise Http404(name)
    return stored_file_response(request, storages["public"], name, content_type, public=True)
