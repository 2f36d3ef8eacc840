"""The skeleton on a person, and the panel with the exercise and the running count."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from .body import Point
from .track import Floats

DARK = (24, 24, 32)
BONE = (255, 92, 104)
JOINT = (255, 255, 255)
INK, FAINT, TRACK = (255, 255, 255), (200, 200, 210), (92, 92, 104)
#: Points that are seen less surely than this are not drawn, and drawn in full from the higher one on.
HIDDEN, PLAIN = 0.25, 0.65
#: The skeleton and the panel are drawn this many times as large and then reduced: Pillow's lines have hard edges.
FINER, SMOOTH = 2, 3

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
    """A line with round ends. Pillow's own lines are off the middle by up to a pixel, which shows at an outline."""
    x, y = b[0] - a[0], b[1] - a[1]
    scale = width / 2 / max(math.hypot(x, y), 1e-6)
    x, y = x * scale, y * scale
    pen.polygon([(a[0] - y, a[1] + x), (b[0] - y, b[1] + x), (b[0] + y, b[1] - x), (a[0] + y, a[1] - x)], fill=color)
    for end in (a, b):
        _dot(pen, end, width / 2, color)


def _dot(pen: ImageDraw.ImageDraw, at: tuple[float, float], radius: float, color: tuple[int, int, int, int]) -> None:
    x, y = at
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)


def panel(image: Image.Image, name: str, count: int, effort: float) -> None:
    """Write the exercise and the count into the upper left corner of an RGB image.

    `effort`, from 0 to 1, is how far the current repetition has gone: the ring around the count fills with it.
    """
    size = max(image.size)
    edge, pad = round(size * 0.02), round(size * PAD)
    plate, ring = _plate(size, name, count), _ring(size, round(min(1.0, max(0.0, effort)) * 40))
    image.paste(plate, (edge, edge), plate)
    image.paste(ring, (edge + pad, edge + pad), ring)


#: Sizes in the panel, in shares of the picture's longer side: room at the edges, the ring and its width, text.
PAD, RING, THICK, TITLE, SMALL, NUMBER = 0.0125, 0.0735, 0.0068, 0.029, 0.018, 0.038


@lru_cache(maxsize=64)
def _plate(size: int, name: str, count: int) -> Image.Image:
    big = size * SMOOTH
    pad, ring = round(size * PAD) * SMOOTH, round(size * RING) * SMOOTH
    title, small = ImageFont.load_default(TITLE * big), ImageFont.load_default(SMALL * big)
    number = ImageFont.load_default(NUMBER * big * (1.0 if count < 100 else 0.75))
    words = "repetition" if count == 1 else "repetitions"
    x, middle = pad + ring + 0.016 * big, pad + ring / 2
    width = x + max(title.getlength(name), small.getlength("repetitions")) + 2 * pad
    layer = Image.new("RGBA", (round(width), ring + 2 * pad), (*DARK, 0))
    pen = ImageDraw.Draw(layer)
    pen.rounded_rectangle((0, 0, layer.width - 1, layer.height - 1), radius=layer.height / 2, fill=(*DARK, 205))
    pen.text((middle, middle), str(count), font=number, fill=INK, anchor="mm")
    pen.text((x, middle + 0.002 * big), name, font=title, fill=INK, anchor="ls")
    pen.text((x, middle + 0.025 * big), words, font=small, fill=FAINT, anchor="ls")
    return layer.reduce(SMOOTH)


@lru_cache(maxsize=128)
def _ring(size: int, effort: int) -> Image.Image:
    side = round(size * RING) * SMOOTH
    layer = Image.new("RGBA", (side, side), (*BONE, 0))
    pen = ImageDraw.Draw(layer)
    thick, box = max(1, round(THICK * size * SMOOTH)), (0, 0, side - 1, side - 1)
    pen.arc(box, 0, 360, fill=TRACK, width=thick)
    if effort:
        pen.arc(box, -90, -90 + 9 * effort, fill=BONE, width=thick)
    return layer.reduce(SMOOTH)


def drawn(
    pixels: npt.NDArray[np.uint8], points: Floats | None, name: str, count: int, effort: float
) -> npt.NDArray[np.uint8]:
    """A copy of an (H, W, 3) RGB frame with skeleton and panel; without a body only with the panel."""
    image = Image.fromarray(pixels)
    if points is not None:
        skeleton(image, points)
    panel(image, name, count, effort)
    return np.asarray(image)
