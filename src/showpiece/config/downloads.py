"""Settings about downloads, checked at start."""

import re

from django.core.exceptions import ImproperlyConfigured


def accel_path(text: str) -> str:
    """A path of nginx, as `/protected/`."""
    if text and not re.fullmatch(r"/([\w.-]+/)+", text):
        raise ImproperlyConfigured(f"DOWNLOADS_ACCEL: {text!r} is no path like /protected/.")
    return text
