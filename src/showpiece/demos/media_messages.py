"""What a visitor is told about a file that we refuse."""

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from showpiece_predictors.media import ImageLimits, MediaError


def image_limits() -> ImageLimits:
    """The site's limits for an uploaded image."""
    return ImageLimits(max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS)


def too_large_text() -> str:
    return _("The file is too large: the limit is %(limit)s.") % {"limit": filesizeformat(settings.IMAGE_MAX_BYTES)}


def media_message(error: MediaError) -> str:
    """The refusal in the reader's language."""
    megapixels = settings.IMAGE_MAX_PIXELS // 1_000_000
    texts = {
        "empty": _("The file is empty."),
        "too_large": too_large_text(),
        "not_an_image": _("This is not an image. Please choose a JPEG, PNG, WebP or AVIF file."),
        "unsupported_format": _("Images of this kind are not supported. Please choose a JPEG, PNG, WebP or AVIF file."),
        "truncated": _("The image is damaged or incomplete. Please save or send it again."),
        "too_many_pixels": _("The image has too many pixels: the limit is %(limit)s megapixels.")
        % {"limit": megapixels},
        "too_many_frames": _("The animation has too many frames."),
        "too_complex": _("The image takes too long or too much memory to open."),
    }
    return texts.get(error.code) or texts["not_an_image"]
