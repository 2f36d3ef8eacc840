"""The picture that goes with a link to a project: its name, its creator, its cover and its price, 1200 by 630 pixels.

Drawn with the site's own font, which lies in two files by script; letters that neither has are left out.
"""

from __future__ import annotations

from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from PIL import Image, ImageDraw, ImageFont, ImageOps

from showpiece.config.paths import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

FONTS = PACKAGE / "web" / "static" / "web" / "fonts"
WIDTH, HEIGHT, EDGE = 1200, 630, 72
STRIPE, AWNING = 60, 44
PAPER, INK, MUTED, GREEN, LINE = "#f9fbf9", "#10201a", "#4d5c55", "#0d5a3d", "#d5dcd7"
COVER = (456, 285)
NAME_SIZES, NAME_LINES = (76, 68, 60, 52, 46, 40), 4
CYRILLIC = range(0x0400, 0x0530)
QUALITY = 86


class Shown(NamedTuple):
    """What is on the picture."""

    name: str
    creator: str
    price: str
    # In Latin letters, for a name in a script that the font lacks.
    fallback: str = "Showpiece"


class Pen:
    """The font in one size and weight, whatever script the text has."""

    def __init__(self, size: int, weight: str) -> None:
        self.size = size
        self._latin, self._cyrillic = (_font(name, size, weight) for name in ("latin", "cyrillic"))
        self._missing = {font: bytes(font.getmask("\uffff")) for font in (self._latin, self._cyrillic)}

    def parts(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """The text in pieces of one font each."""
        known = [(font, letter) for letter in text if self._has(font := self._font_of(letter), letter)]
        for font, letters in groupby(known, key=lambda pair: pair[0]):
            yield font, "".join(letter for _, letter in letters)

    def width(self, text: str) -> float:
        return sum(font.getlength(part) for font, part in self.parts(text))

    def lines(self, text: str, room: float) -> list[str]:
        """The text broken between words, and inside those that are longer than a line."""
        lines = [""]
        for word in text.split():
            if self.width(f"{lines[-1]} {word}".strip()) <= room:
                lines[-1] = f"{lines[-1]} {word}".strip()
                continue
            if lines[-1]:
                lines.append("")
            for letter in word:
                if lines[-1] and self.width(lines[-1] + letter) > room:
                    lines.append("")
                lines[-1] += letter
        return lines

    def write(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str) -> None:
        """`at`: the left end of the line on which the letters stand."""
        x, y = at
        for font, part in self.parts(text):
            draw.text((x, y), part, font=font, fill=colour, anchor="ls")
            x += font.getlength(part)

    def _font_of(self, letter: str) -> ImageFont.FreeTypeFont:
        return self._cyrillic if ord(letter) in CYRILLIC else self._latin

    def _has(self, font: ImageFont.FreeTypeFont, letter: str) -> bool:
        return letter == " " or bytes(font.getmask(letter)) != self._missing[font]


def _font(name: str, size: int, weight: str) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(FONTS / f"inter-{name}.woff2"), size)
    font.set_variation_by_name(weight)
    return font


def draw_social_image(shown: Shown, cover: BinaryIO | None) -> bytes:
    """The picture as JPEG. `cover` is a picture that we encoded ourselves."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    for left in range(0, WIDTH, 2 * STRIPE):
        draw.rounded_rectangle((left, -STRIPE, left + STRIPE - 1, AWNING), radius=STRIPE // 3, fill=GREEN)
    room = WIDTH - 2 * EDGE
    if cover is not None:
        room -= COVER[0] + EDGE // 2
        _paste_cover(image, draw, cover)
    pen, lines = _fitting(shown.name, room)
    if not any(map(pen.width, lines)):  # in a script that the font lacks
        pen, lines = _fitting(shown.fallback, room)
    step = round(pen.size * 1.14)
    y = AWNING + 64 + pen.size
    for line in lines:
        pen.write(draw, (EDGE, y), line, INK)
        y += step
    small = Pen(32, "Medium")
    small.write(draw, (EDGE, y + 12), _cut(small, shown.creator, room), MUTED)
    bold, bottom = Pen(34, "SemiBold"), HEIGHT - EDGE
    price = _cut(bold, shown.price, WIDTH / 2)
    if price:
        draw.rounded_rectangle((EDGE, bottom - 46, EDGE + bold.width(price) + 48, bottom + 18), radius=32, fill=GREEN)
        bold.write(draw, (EDGE + 24, bottom - 2), price, PAPER)
    brand = "Showpiece"
    bold.write(draw, (WIDTH - EDGE - bold.width(brand), bottom), brand, GREEN)
    result = BytesIO()
    image.save(result, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return result.getvalue()


def _paste_cover(image: Image.Image, draw: ImageDraw.ImageDraw, cover: BinaryIO) -> None:
    with Image.open(cover) as opened:
        picture = ImageOps.fit(opened.convert("RGB"), COVER)
    corner = (WIDTH - EDGE - COVER[0], AWNING + 76)
    mask = Image.new("L", COVER, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, COVER[0] - 1, COVER[1] - 1), radius=18, fill=255)
    image.paste(picture, corner, mask)
    box = (*corner, corner[0] + COVER[0] - 1, corner[1] + COVER[1] - 1)
    draw.rounded_rectangle(box, radius=18, outline=LINE, width=2)


def _fitting(name: str, room: float) -> tuple[Pen, list[str]]:
    """The largest letters in which the name fits; at the smallest it is cut."""
    for size in NAME_SIZES:
        pen = Pen(size, "Bold")
        lines = pen.lines(name, room)
        if len(lines) <= NAME_LINES and (len(lines) < NAME_LINES or size <= NAME_SIZES[3]):
            return pen, lines
    return pen, [*lines[: NAME_LINES - 1], _cut(pen, " ".join(lines[NAME_LINES - 1 :]), room)]


def _cut(pen: Pen, text: str, room: float) -> str:
    if pen.width(text) <= room:
        return text
    while text and pen.width(f"{text}…") > room:
        text = text[:-1]
    return f"{text.rstrip()}…"
