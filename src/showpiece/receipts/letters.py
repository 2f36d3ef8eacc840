"""The letters of the fonts for paper: which there are, how wide they are, and where a text is broken.

fpdf2 can do that as well, in five times the time, and a receipt of fifty lines is to be drawn at once.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FACES = {"": "inter-regular.ttf", "B": "inter-bold.ttf"}
POINTS_A_MILLIMETRE = 72 / 25.4
# Marks for the layout of a screen, which are nothing on paper.
UNSEEN = {"Cf", "Cc"}


@cache
def _widths(style: str) -> dict[str, float]:
    """By letter, in parts of the size of the font."""
    from fontTools.ttLib import TTFont

    font = TTFont(FONTS / FACES[style])
    advances, unit = font["hmtx"], font["head"].unitsPerEm
    return {chr(code): advances[name][0] / unit for code, name in font.getBestCmap().items()}


def drawable(text: str) -> str:
    """The text with the letters that the fonts have, and question marks for others. Line breaks stay."""
    known = _widths("")
    result = []
    for letter in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(letter)
        if letter == "\n" or (letter in known and kind not in UNSEEN):
            result.append(letter)
        elif letter.isspace():
            result.append(" ")
        elif kind not in UNSEEN and kind != "Mn":
            result.append("?")
    return "".join(result)


def is_drawable(text: str) -> bool:
    """Whether no letter of it is missing."""
    return "?" not in drawable(text.replace("?", ""))


def width(text: str, size: float, style: str = "") -> float:
    """Millimetres of a drawable text in so many points."""
    known = _widths(style)
    return sum(map(known.__getitem__, text)) * size / POINTS_A_MILLIMETRE


def broken(text: str, room: float, size: float, style: str = "") -> list[str]:
    """A drawable text in lines: between words, and inside those that are longer than a line."""
    lines = []
    for part in text.split("\n"):
        if width(part, size, style) <= room:
            lines.append(part)
        else:
            lines += _broken(part, room, size, style)
    return lines


def _broken(text: str, room: float, size: float, style: str) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, size, style) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:
            if lines[-1] and width(lines[-1] + letter, size, style) > room:
                lines.append("")
            lines[-1] += letter
    return lines
