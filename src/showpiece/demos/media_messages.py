"""What a visitor is told about a file that we refuse."""

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from showpiece.films import film_message
from showpiece.pictures import image_limits, picture_message
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_video import VideoLimits


def video_limits() -> VideoLimits:
    """The site's limits for an uploaded film."""
    return VideoLimits(max_bytes=settings.VIDEO_MAX_BYTES, max_seconds=settings.VIDEO_MAX_SECONDS)


def max_bytes(kind: str) -> int:
    """The largest file of an "image" or a "video" that is taken."""
    return (video_limits() if kind == "video" else image_limits()).max_bytes


def too_large_text(kind: str) -> str:
    return _("The file is too large: the limit is %(limit)s.") % {"limit": filesizeformat(max_bytes(kind))}


def media_message(error: MediaError, kind: str) -> str:
    """The refusal in the reader's language."""
    return picture_message(error) if kind == "image" else film_message(error, video_limits())
