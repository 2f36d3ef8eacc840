"""Pictures that people send: what they may cost, and what is said about one that is refused."""

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from showpiece_predictors.media import ImageLimits, MediaError


def image_limits() -> ImageLimits:
    """The site's limits for an uploaded picture."""
    return ImageLimits(max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS)


def picture_message(error: MediaError) -> str:
    """The refusal of a picture in the reader's language."""
    limit = filesizeformat(settings.IMAGE_MAX_BYTES)
    megapixels = settings.IMAGE_MAX_PIXELS // 1_000_000
    other = _("This is not an image. Please choose a JPEG, PNG, WebP or AVIF file.")
    texts = {
        "unsupported_format": _("Images of this kind are not supported. Please choose a JPEG, PNG, WebP or AVIF file."),
        "truncated": _("The image is damaged or incomplete. Please save or send it again."),
        "too_many_pixels": _("The image has too many pixels: the limit is %(limit)s megapixels.")
        % {"limit": megapixels},
        "too_many_frames": _("The animation has too many frames."),
        "too_complex": _("The image takes too long or too much memory to open."),
        "empty": _("The file is empty."),
        "too_large": _("The file is too large: the limit is %(limit)s.") % {"limit": limit},
    }
    return texts.get(error.code, other)
