"""Cyrillic capitals that look like Latin ones: the plates of several countries use only these."""

from __future__ import annotations

CYRILLIC = "АВЕКМНОРСТУХІ"  # noqa: RUF001
LATIN = "ABEKMHOPCTYXI"
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)
