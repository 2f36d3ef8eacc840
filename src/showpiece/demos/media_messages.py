"""What a visitor is told about a file that we refuse."""

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from showpiece.numbers import rounded
from showpiece.pictures import image_limits, picture_message
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_video import VideoLimits

# Most names of formats are the same in every language.
gettext_noop("Playlist")


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
    if kind == "image":
        return picture_message(error)
    texts = _film_texts(error) | {"empty": _("The file is empty."), "too_large": too_large_text(kind)}
    return texts.get(error.code) or texts["other"]


def _film_texts(error: MediaError) -> dict[str, str]:
    limits = video_limits()
    size = {"longer": limits.max_longer, "shorter": limits.max_shorter}
    codec = {"codec": error.params.get("codec", "")}
    return {
        "other": _("This is not a video. Please choose an MP4, MOV, WebM or MKV file."),
        "unsupported_container": _("%(format)s files are not supported. Please choose an MP4, MOV, WebM or MKV file.")
        % {"format": _(error.params.get("format", ""))},
        "unsupported_codec": _("Videos in %(codec)s are not supported. Please choose H.264, HEVC, VP9 or AV1.") % codec,
        "no_picture": _("There is only sound in this file, and no picture."),
        "damaged": _("The video is damaged or incomplete. Please save or send it again."),
        "zero_duration": _("The video has no duration."),
        "too_long": _("The video is too long: the limit is %(limit)s seconds.")
        % {"limit": rounded(limits.max_seconds)},
        "too_short": _("The video is too short: at least %(limit)s seconds are needed.")
        % {"limit": rounded(limits.min_seconds)},
        "film_too_many_pixels": _("The video is too large: the limit is %(longer)s by %(shorter)s pixels.") % size,
        "film_too_many_frames": _("The video has too many pictures."),
        "too_few_frames": _("Too few pictures of the video can be read: at least %(limit)s are needed.")
        % {"limit": limits.min_frames},
        "too_complex": _("The video takes too long or too much memory to open."),
    }
