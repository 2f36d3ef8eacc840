"""What an upload may be, for the pages' scripts, which refuse a file before it is sent."""

from django.conf import settings


def gallery_limits() -> dict[str, int]:
    """Bytes, by kind."""
    return {"image": settings.IMAGE_MAX_BYTES, "video": settings.GALLERY_VIDEO_MAX_BYTES}
