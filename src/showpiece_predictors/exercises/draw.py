"""The skeleton on a person, and the panel with the exercise and the running count."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from .body import Point
from .track import Floats

DARK = (24, 24, 32)
BONE = (255, 92, 104)
JOINT = (255, 255, 255)
INK, FAINT = (255, 255, 255), (255, 255, 255, 70)
#: Points that are seen less surely than this are not drawn, and drawn in full from the higher one on.
HIDDEN, PLAIN = 0.25, 0.65
#: Everything is drawn this many times as large and then reduced: Pillow's lines have hard edges.
FINER = 2

BONES = (
    (Point.LEFT_SHOULDER, Point.RIGHT_SHOULDER),
    (Point.LEFT_HIP, Point.RIGHT_HIP),
    (Point.LEFT_SHOULDER, Point.LEFT_HIP),
    (Point.RIGHT_SHOULDER, Point.RIGHT_HIP),
    (Point.LEFT_SHOULDER, Point.LEFT_ELBOW),
    (Point.RIGHT_SHOULDER, Point.RIGHT_ELBOW),
    (Point.LEFT_ELBOW, Point.LEFT_WRIST),
    (Point.RIGHT_ELBOW, Point.RIGHT_WRIST),
    (Point.LEFT_HIP, Point.LEFT_KNEE),
    (Point.RIGHT_HIP, Point.RIGHT_KNEE),
    (Point.LEFT_KNEE, Point.LEFT_ANKLE),
    (Point.RIGHT_KNEE, Point.RIGHT_ANKLE),
    (Point.LEFT_ANKLE, Point.LEFT_FOOT),
    (Point.RIGHT_ANKLE, Point.RIGHT_FOOT),
)
JOINTS = tuple(sorted({point for bone in BONES for point in bone} - {Point.LEFT_FOOT, Point.RIGHT_FOOT}))


def skeleton(image: Image.Image, points: Floats) -> None:
    """Draw a body on an RGB image. `points` is (33, 4): x, y in its pixels, depth, visibility 0 to 1."""
    shown = np.clip((points[:, 3] - HIDDEN) / (PLAIN - HIDDEN), 0, 1)
    used = [point for point in JOINTS if shown[point] > 0]
    if len(used) < 2 or not np.isfinite(points[used, :2]).all():
        return
    sides = points[[Point.LEFT_SHOULDER, Point.RIGHT_SHOULDER], :2] - points[[Point.LEFT_HIP, Point.RIGHT_HIP], :2]
    trunk = float(np.linalg.norm(sides, axis=1).max())
    # Lines follow the size of the body, so that they suit who is near and who is far.
    line = float(np.clip(trunk / 22, max(image.size) / 420, max(image.size) / 130))
    margin = 3 * line + 2
    every = points[[point for bone in BONES for point in bone if shown[point] > 0], :2]
    left, top = np.maximum(np.floor(every.min(axis=0) - margin), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(every.max(axis=0) + margin), image.size).astype(int).tolist()
    if right <= left or bottom <= top:
        return
    # Transparent in the outline's own colour, so that reducing leaves no fringe.
    layer = Image.new("RGBA", ((right - left) * FINER, (bottom - top) * FINER), (*DARK, 0))
    pen = ImageDraw.Draw(layer)
    at = [((x - left) * FINER, (y - top) * FINER) for x, y in points[:, :2].tolist()]
    bones = [(a, b, min(shown[a], shown[b])) for a, b in BONES if min(shown[a], shown[b]) > 0]
    for width, color in ((line + max(1.6, line / 2), DARK), (line, BONE)):
        for a, b, alpha in bones:
            _stroke(pen, at[a], at[b], width * FINER, (*color, round(alpha * (255 if color is BONE else 170))))
    for radius, color in ((line * 1.25, BONE), (line * 0.75, JOINT)):
        for point in used:
            _dot(pen, at[point], radius * FINER, (*color, round(255 * shown[point])))
    layer = layer.reduce(FINER)
    image.paste(layer, (left, top), layer)


def _stroke(
    pen: ImageDraw.ImageDraw,
    a: tuple[float, float],
    b: tuple[float, float],
    width: float,
    color: tuple[int, int, int, int],
) -> None:
    pen.line((*a, *b), fill=color, width=max(1, round(width)))
    for end in (a, b):
        _dot(pen, end, width / 2, color)


def _dot(pen: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, color: tuple[int, int, int, int]) -> None:
    x, y = at
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)


def panel(image: Image.Image, name: str, count: int, effort: float) -> None:
    """Write the exercise and the count into the upper left corner of an RGB image.

    `effort`, from 0 to 1, is how far the current repetition has gone: the ring around the count fills with it.
    """
    layer = _panel(max(image.size), name, count, round(min(1.0, max(0.0, effort)) * 40))
    edge = round(max(image.size) * 0.02)
    image.paste(layer, (edge, edge), layer)


@lru_cache(maxsize=64)
def _panel(size: int, name: str, count: int, effort: int) -> Image.Image:
    unit = size * 3 / 854 * 0.95  # drawn three times as large as it is shown
    ring, pad, gap = 66 * unit, 11 * unit, 14 * unit
    title = ImageFont.load_default(26 * unit)
    number = ImageFont.load_default((34 if count < 100 else 26) * unit)
    small = ImageFont.load_default(16 * unit)
    words = "repetition" if count == 1 else "repetitions"
    wide = max(title.getlength(name), small.getlength(words))
    width, height = round(pad * 2 + ring + gap + wide + pad), round(ring + 2 * pad)
    layer = Image.new("RGBA", (width, height), (*DARK, 0))
    pen = ImageDraw.Draw(layer)
    pen.rounded_rectangle((0, 0, width - 1, height - 1), radius=height / 2, fill=(*DARK, 205))
    box = (pad, pad, pad + ring, pad + ring)
    thick = round(6 * unit)
    pen.arc(box, 0, 360, fill=(92, 92, 104, 255), width=thick)
    if effort:
        pen.arc(box, -90, -90 + 9 * effort, fill=(*BONE, 255), width=thick)
    middle = pad + ring / 2
    pen.text((middle, middle), str(count), font=number, fill=INK, anchor="mm")
    x = pad + ring + gap
    pen.text((x, middle + 2 * unit), name, font=title, fill=INK, anchor="ls")
    pen.text((x, middle + 22 * unit), words, font=small, fill=(200, 200, 210), anchor="ls")
    return layer.reduce(3)


def drawn(
    pixels: npt.NDArray[np.uint8], points: Floats | None, name: str, count: int, effort: float
) -> npt.NDArray[np.uint8]:
    """A copy of an (H, W, 3) RGB frame with skeleton and panel; without a body only with the panel."""
    image = Image.fromarray(pixels)
    if points is not None:
        skeleton(image, points)
    panel(image, name, count, effort)
    return np.asarray(image)
