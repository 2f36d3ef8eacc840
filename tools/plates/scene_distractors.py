"""What a plate detector takes for a plate: signs, shop names, stickers, time stamps, keyboards, blank boxes."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image as PilImage
from PIL import ImageDraw

from tools.plates.scene_backgrounds import color
from tools.plates.scene_plates import font

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]

CYRILLIC = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"
VOWELS = "aeiou"
STOPS = "bcdfghklmnprstvz"


def word(rng: np.random.Generator) -> str:
    """A word that can be spoken, in some script and case."""
    text = "".join(
        STOPS[rng.integers(len(STOPS))]
        + VOWELS[rng.integers(5)]
        + (STOPS[rng.integers(len(STOPS))] if rng.random() < 0.3 else "")
        for _ in range(rng.integers(2, 5))
    )
    kind = rng.integers(4)
    if kind == 0:
        return text.upper()
    if kind == 1:
        return text.capitalize()
    if kind == 2:
        return "".join(CYRILLIC[rng.integers(len(CYRILLIC))] for _ in range(rng.integers(3, 11)))
    return text


def phrase(rng: np.random.Generator) -> str:
    """A line of text as seen in a street or on a screen, none in the form of a number plate."""
    digits = lambda n: "".join(rng.choice(list(string.digits), n))  # noqa: E731
    kind = rng.integers(9)
    if kind == 0:
        return f"20{rng.integers(10, 30)}-{digits(2)}-{digits(2)} {digits(2)}:{digits(2)}:{digits(2)}"
    if kind == 1:
        return f"+{rng.integers(1, 99)} ({digits(3)}) {digits(3)}-{digits(2)}-{digits(2)}"
    if kind == 2:
        return f"www.{word(rng).lower()}.{rng.choice(['com', 'ru', 'de', 'br', 'net'])}"
    if kind == 3:
        return f"{digits(2)}.{digits(2)} {rng.choice(['$', '€', 'km/h', '%', 'MPH', 'm'])}"
    return " ".join(word(rng) for _ in range(rng.integers(1, 4)))


def sign(rng: np.random.Generator, fonts: list[str]) -> tuple[Image, Image]:
    """A piece of text: RGB bytes (height, width, 3) and its cover (height, width); about half have no ground."""
    lines = [phrase(rng) for _ in range(rng.choice([1, 1, 1, 2, 3, 5]))]
    used = font(fonts[rng.integers(len(fonts))], 36)
    boxes = [used.getbbox(line) for line in lines]
    pad_x, pad_y = rng.integers(2, 40), rng.integers(2, 30)
    width, height = int(max(b[2] for b in boxes) + 2 * pad_x), int(44 * len(lines) + 2 * pad_y)
    ground, ink = color(rng), color(rng)
    if abs(sum(ground) - sum(ink)) < 200:
        ink = (10, 10, 10) if sum(ground) > 380 else (245, 245, 245)
    picture = PilImage.new("RGB", (width, height), ground)
    cover = PilImage.new("L", (width, height), 0)
    for canvas, fill in ((picture, ink), (cover, 255)):
        draw = ImageDraw.Draw(canvas)
        for row, line in enumerate(lines):
            draw.text((pad_x, pad_y + 44 * row), line, font=used, fill=fill)
    alpha = np.asarray(cover)
    if rng.random() < 0.5:
        alpha = np.full_like(alpha, 255)
        if rng.random() < 0.4:
            ImageDraw.Draw(picture).rectangle((0, 0, width - 1, height - 1), outline=ink, width=int(rng.integers(1, 6)))
    return np.asarray(picture), np.array(alpha)


def board(rng: np.random.Generator, fonts: list[str]) -> tuple[Image, Image]:
    """A grid of keys or buttons, each with a letter."""
    rows, columns = int(rng.integers(2, 6)), int(rng.integers(4, 13))
    key, ground, ink = color(rng), color(rng), color(rng)
    out = PilImage.new("RGB", (columns * 30, rows * 30), ground)
    draw = ImageDraw.Draw(out)
    used = font(fonts[rng.integers(len(fonts))], 16)
    for row in range(rows):
        for column in range(columns):
            x, y = column * 30, row * 30
            draw.rounded_rectangle((x + 2, y + 2, x + 27, y + 27), 4, fill=key)
            draw.text((x + 9, y + 5), string.ascii_uppercase[rng.integers(26)], font=used, fill=ink)
    picture = np.asarray(out)
    return picture, np.full(picture.shape[:2], 255, np.uint8)


def paste(image: Image, piece: Image, cover: npt.NDArray[np.uint8], quad: npt.NDArray[np.float32]) -> None:
    """Warp the piece so that its corners (clockwise from the top left) fall on the quad, and lay it on the image."""
    height, width = image.shape[:2]
    left, top = np.floor(quad.min(0) - 2).astype(int).clip(0)
    right, bottom = np.ceil(quad.max(0) + 2).astype(int)
    right, bottom = min(right, width), min(bottom, height)
    if right - left < 2 or bottom - top < 2:
        return
    rows, columns = piece.shape[:2]
    # A piece far larger than its place is first shrunk by area, or its thin strokes would flicker.
    size = max(np.linalg.norm(quad[1] - quad[0]), 2.0)
    scale = size / columns
    if scale < 0.6:
        new = (max(2, int(columns * scale * 1.2)), max(2, int(rows * scale * 1.2)))
        piece = cv2.resize(piece, new, interpolation=cv2.INTER_AREA)
        cover = cv2.resize(cover, new, interpolation=cv2.INTER_AREA)
        rows, columns = piece.shape[:2]
    source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32) - 0.5
    warp = cv2.getPerspectiveTransform(source, (quad - (left, top)).astype(np.float32) - 0.5)
    box = (int(right - left), int(bottom - top))
    seen = cv2.warpPerspective(piece, warp, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpPerspective(cover, warp, box, flags=cv2.INTER_LINEAR).astype(np.float32)[:, :, None] / 255
    part = image[top:bottom, left:right]
    part[...] = (part + (seen.astype(np.float32) - part) * alpha).astype(np.uint8)
