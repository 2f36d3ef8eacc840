"""Films that people send: what is said about one that is refused."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from showpiece.numbers import rounded
from showpiece_predictors.media import MediaError
from showpiece_predictors.media_video import VideoLimits

# Most names of formats are the same in every language.
gettext_noop("Playlist")


def film_message(error: MediaError, limits: VideoLimits) -> str:
    """The refusal of a film in the reader's language. `limits` are those that it was checked against."""
    size = {"longer": limits.max_longer, "shorter": limits.max_shorter}
    codec, kind = {"codec": error.params.get("codec", "")}, error.params.get("format") or "?"
    other = _("This is not a video. Please choose an MP4, MOV, WebM or MKV file.")
    texts = {
        "empty": _("The file is empty."),
        "too_large": _("The file is too large: the limit is %(limit)s.") % {"limit": filesizeformat(limits.max_bytes)},
        "unsupported_container": _("%(format)s files are not supported. Please choose an MP4, MOV, WebM or MKV file.")
        % {"format": _(kind)},
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
    return texts.get(error.code, other)
