"""Cyrillic capitals that look like Latin ones: the plates of several countries use only these."""

from __future__ import annotations

CYRILLIC = "АВЕКМНОРСТУХІ"  # noqa: RUF001
LATIN = "ABEKMHOPCTYXI"
TO_LATIN = str.maketrans(CYRILLIC, LATIN)
TO_CYRILLIC = str.maketrans(LATIN, CYRILLIC)


def has_twins(text: str) -> bool:
    """Whether every letter of a text of Latin capitals and digits can be written in Cyrillic."""
    return all(character.isdigit() or character in LATIN for character in text)
