"""Lucide icons as inline SVG: no request, coloured by the text around them. To add one, put its file into `icons/`."""

import re
from functools import cache
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FOLDER = Path(__file__).parent / "icons"
_NAME = re.compile(r"[a-z0-9-]+")


@cache
def icon(name: str, *, size: int = 20, label: str = "") -> SafeString:
    """An icon that screen readers skip, or read as its label where it stands alone."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not the name of an icon: {name!r}")
    body = (FOLDER / f"{name}.svg").read_text(encoding="utf-8").strip()
    meaning = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    opening = f'<svg class="icon" width="{size}" height="{size}" {meaning} '
    return mark_safe(body.replace("<svg ", opening, 1))  # noqa: S308 - our own file and an escaped label
