"""Flat pictures of the two invented plates. No country has ever given out the number 000."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

WIDE, HIGH = 1560, 336  # three pixels a millimetre of 520 x 112
INK = (22, 22, 26)


def _text(pen: ImageDraw.ImageDraw, font: Path, text: str, box: tuple[int, int, int, int]) -> None:
    """Each character in a cell of its own, all as high as the box; narrow ones are not stretched."""
    left, top, right, bottom = box
    cell = (right - left) / len(text)
    face = ImageFont.truetype(str(font), 400)
    high = face.getbbox("H")
    size = 400 * (bottom - top) / (high[3] - high[1])
    face = ImageFont.truetype(str(font), round(size))
    for place, character in enumerate(text):
        if character != " ":
            pen.text((left + (place + 0.5) * cell, bottom), character, font=face, fill=INK, anchor="ms")


def _blank() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (WIDE, HIGH), (238, 238, 234))
    return image, ImageDraw.Draw(image)


def russian(font: Path, serial: str, region: str) -> Image.Image:
    """A plate of the first type of GOST R 50577: the serial, and the region in a box above a flag."""
    image, pen = _blank()
    pen.rounded_rectangle((9, 9, WIDE - 10, HIGH - 10), 36, outline=INK, width=11)
    split = WIDE - 400
    pen.line((split, 12, split, HIGH - 12), fill=INK, width=10)
    cells = [(70, 0.78, serial[0]), (230, 1.0, serial[1:4]), (700, 0.78, serial[4:])]
    for left, share, part in cells:
        high = 230 if share == 1 else 180
        cell = 150 if share == 1 else 160
        _text(pen, font, part, (left, HIGH - 52 - high, left + cell * len(part), HIGH - 52))
    _text(pen, font, region, (split + 30, 44, WIDE - 36, 204))
    small = ImageFont.truetype(str(font), 86)
    pen.text((split + 118, HIGH - 42), "RUS", font=small, fill=INK, anchor="ms")
    for n, stripe in enumerate(((250, 250, 250), (30, 60, 160), (200, 30, 40))):
        pen.rectangle((split + 222, HIGH - 106 + n * 22, split + 350, HIGH - 85 + n * 22), fill=stripe)
    pen.rectangle((split + 221, HIGH - 107, split + 351, HIGH - 40), outline=INK, width=2)
    return image


def european(font: Path, text: str, country: str) -> Image.Image:
    """A plate with the blue band of Regulation (EC) 2411/98."""
    image, pen = _blank()
    pen.rounded_rectangle((4, 4, WIDE - 5, HIGH - 5), 30, outline=(60, 60, 64), width=5)
    pen.rectangle((8, 8, 140, HIGH - 9), fill=(18, 62, 150))
    for n in range(12):
        x, y = 74 + 44 * np.cos(n * np.pi / 6), 106 + 44 * np.sin(n * np.pi / 6)
        pen.regular_polygon((float(x), float(y), 9), 5, fill=(245, 205, 40))
    pen.text((74, HIGH - 50), country, font=ImageFont.truetype(str(font), 110), fill=(245, 245, 245), anchor="ms")
    _text(pen, font, text, (190, 62, WIDE - 50, HIGH - 62))
    return image
