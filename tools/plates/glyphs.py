"""Faces for rendered number plates: a drawn stroke alphabet of our own, and free fonts made to stand for many.

No country's plate face may be copied, so the stroke alphabet draws each character as a round pen would (as the dies and
routers of plate makers do) along a skeleton of our own, with random proportions, corner radius and stroke. Free fonts
(OFL and alike, see `fonts.py`) are stretched, thickened or thinned.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Mask = NDArray[np.uint8]
Corner = tuple[float, ...]

#: Where `fonts.py` keeps the fonts.
FONTS = Path(os.environ.get("PLATE_FONTS", "var/plate-fonts"))
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BIG = 112  # height in px at which a font's glyph is kept


@dataclass
class Pen:
    """The random character of a stroke alphabet; lengths in units of the glyph's height unless said otherwise."""

    aspect: float = 0.55  # width / height of a normal character
    stroke: float = 0.14
    radius: float = 0.45  # corner radius in units of the glyph's width
    waist: float = 0.47  # height of the middle bar
    variants: dict[str, int] = field(default_factory=dict)

    @classmethod
    def random(cls, rng: np.random.Generator, aspect: tuple[float, float] = (0.4, 0.68)) -> Pen:
        """A pen with random proportions and letter shapes."""
        a = rng.uniform(*aspect)
        pen = cls(a, rng.uniform(0.19, 0.29) * a, rng.choice([0.5, rng.uniform(0.22, 0.5)]), rng.uniform(0.44, 0.52))
        pen.variants = {key: int(rng.random() < p) for key, p in _VARIANTS.items()}
        return pen


#: How often each alternative shape of a character is taken.
_VARIANTS = {
    "1foot": 0.25,
    "0slash": 0.04,
    "Iserif": 0.35,
    "Jbar": 0.2,
    "Mdeep": 0.4,
    "Wdeep": 0.4,
    "Wupright": 0.35,
    "Iwide": 0.4,
    "Gspur": 0.4,
    "3flat": 0.15,
    "4open": 0.1,
    "7bent": 0.2,
    "6straight": 0.35,
    "Qin": 0.3,
    "Ksplit": 0.4,
    "Vflat": 0.1,
    "Ypole": 0.7,
    "0narrow": 0.4,
}


def _skeleton(ch: str, pen: Pen) -> list[list[Corner]]:  # noqa: C901  (a table with alternatives)
    """Strokes of a character as corner lists (x, y, rounding in units of the pen's radius), in a unit box, y down."""
    v, m = pen.variants, pen.waist
    on = lambda key: bool(v.get(key))  # noqa: E731
    table: dict[str, list[list[Corner]]] = {
        "O": [[(0.5, 0), (1, 0, 1), (1, 1, 1), (0, 1, 1), (0, 0, 1), (0.5, 0)]],
        "1": [[(0.05, 0.22), (0.62, 0), (0.62, 1)]],
        "2": [[(0, 0.27), (0, 0, 1), (1, 0, 1), (1, m, 0.8), (0, 1), (1, 1)]],
        "3": [
            [(0, 0.25), (0, 0, 1), (0.95, 0, 1), (0.95, m, 0.9), (0.4, m)],
            [(0.4, m), (1, m, 1), (1, 1, 1), (0, 1, 1), (0, 0.75)],
        ],
        "4": [[(0.62, 0), (0, 0.72), (1, 0.72)], [(0.74, 0.42), (0.74, 1)]],
        "5": [
            [(0.93, 0), (0.1, 0), (0.05, 0.5)],
            [(0.05, 0.5), (0.12, m - 0.05, 0.5), (1, m - 0.05, 1), (1, 1, 1), (0, 1, 1), (0, 0.76)],
        ],
        "6": [
            [(0.97, 0.22), (0.95, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, m - 0.03, 1), (0, m - 0.03, 1), (0, 0.72)]
        ],
        "7": [[(0, 0), (1, 0), (0.35, 1)]],
        "8": [
            [(0.5, 0), (0.95, 0, 1), (0.95, m, 1), (0.05, m, 1), (0.05, 0, 1), (0.5, 0)],
            [(0.5, m), (1, m, 1), (1, 1, 1), (0, 1, 1), (0, m, 1), (0.5, m)],
        ],
        "A": [[(0, 1), (0.5, 0), (1, 1)], [(0.17, 0.7), (0.83, 0.7)]],
        "B": [[(0, 0), (0.92, 0, 1), (0.92, m, 1), (0, m)], [(0, m), (1, m, 1), (1, 1, 1), (0, 1)], [(0, 0), (0, 1)]],
        "C": [[(1, 0.27), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0.73)]],
        "D": [[(0, 0), (1, 0, 1), (1, 1, 1), (0, 1), (0, 0)]],
        "E": [[(1, 0), (0, 0), (0, 1), (1, 1)], [(0, m), (0.85, m)]],
        "F": [[(1, 0), (0, 0), (0, 1)], [(0, m), (0.85, m)]],
        "G": [[(1, 0.25), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0.55), (0.55, 0.55)]],
        "H": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, m), (1, m)]],
        "I": [[(0.5, 0), (0.5, 1)]],
        "J": [[(1, 0), (1, 1, 1), (0, 1, 1), (0, 0.72)]],
        "K": [[(0, 0), (0, 1)], [(1, 0), (0, 0.6)], [(0.32, 0.42), (1, 1)]],
        "L": [[(0, 0), (0, 1), (1, 1)]],
        "M": [[(0, 1), (0, 0), (0.5, 0.6), (1, 0), (1, 1)]],
        "N": [[(0, 1), (0, 0), (1, 1), (1, 0)]],
        "P": [[(0, 1), (0, 0), (1, 0, 1), (1, m + 0.06, 1), (0, m + 0.06)]],
        "R": [[(0, 1), (0, 0), (1, 0, 1), (1, m + 0.04, 1), (0, m + 0.04)], [(0.5, m + 0.04), (1, 1)]],
        "S": [[(1, 0.25), (1, 0, 1), (0, 0, 1), (0, m, 1), (1, m + 0.02, 1), (1, 1, 1), (0, 1, 1), (0, 0.75)]],
        "T": [[(0, 0), (1, 0)], [(0.5, 0), (0.5, 1)]],
        "U": [[(0, 0), (0, 1, 1), (1, 1, 1), (1, 0)]],
        "V": [[(0, 0), (0.5, 1), (1, 0)]],
        "W": [[(0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0)]],
        "X": [[(0, 0), (1, 1)], [(1, 0), (0, 1)]],
        "Y": [[(0, 0), (0.5, 0.5), (1, 0)], [(0.5, 0.5), (0.5, 1)]],
        "Z": [[(0, 0), (1, 0), (0, 1), (1, 1)]],
    }
    table["0"] = list(table["O"])
    table["9"] = [[(1 - x, 1 - y, *r) for x, y, *r in table["6"][0]]]
    table["Q"] = [*table["O"], [(0.55, 0.72), (0.98, 1)] if on("Qin") else [(0.6, 0.8), (1.05, 1.1)]]
    if on("1foot"):
        table["1"].append([(0.1, 1), (1, 1)])
    if on("0slash"):
        table["0"].append([(0.85, 0.15), (0.15, 0.85)])
    if on("Iserif"):
        table["I"] += [[(0.1, 0), (0.9, 0)], [(0.1, 1), (0.9, 1)]]
    if on("Jbar"):
        table["J"].append([(0.4, 0), (1, 0)])
    if on("Mdeep"):
        table["M"] = [[(0, 1), (0, 0), (0.5, 1), (1, 0), (1, 1)]]
    if on("Wdeep"):
        table["W"] = [[(0, 0), (0.22, 1), (0.5, 0.02), (0.78, 1), (1, 0)]]
    if on("Wupright"):
        table["W"] = [[(0, 0), (0, 1), (0.5, 0.3), (1, 1), (1, 0)]]
    if on("Gspur"):
        table["G"] = [
            [(1, 0.25), (1, 0, 1), (0, 0, 1), (0, 1, 1), (1, 1, 1), (1, 0.55)],
            [(0.5, 0.55), (1, 0.55), (1, 1)],
        ]
    if on("3flat"):
        table["3"] = [[(0, 0), (0.95, 0), (0.45, 0.4)], [(0.45, 0.4), (1, 0.42, 1), (1, 1, 1), (0, 1, 1), (0, 0.78)]]
    if on("4open"):
        table["4"] = [[(0.05, 0), (0.05, 0.62), (1, 0.62)], [(0.8, 0.1), (0.8, 1)]]
    if on("7bent"):
        table["7"] = [[(0, 0), (1, 0), (1, 0.2), (0.35, 0.6, 0.8), (0.35, 1)]]
    if on("6straight"):
        six: list[Corner] = [(0.72, 0), (0.03, 0.56)]
        ring: list[Corner] = [(0.5, 0.4), (1, 0.4, 1), (1, 1, 1), (0, 1, 1), (0, 0.4, 1), (0.5, 0.4)]
        table["6"] = [six, ring]
        table["9"] = [[(1 - x, 1 - y, *r) for x, y, *r in s] for s in (six, ring)]
    if on("Ksplit"):
        table["K"] = [[(0, 0), (0, 1)], [(1, 0), (0, m)], [(0, m), (1, 1)]]
    if not on("Ypole"):
        table["Y"] = [[(0, 0), (0, m, 0.8), (1, m, 0.8), (1, 0)], [(0.5, m), (0.5, 1)]]
    return table[ch]


def _path(corners: list[Corner], width: float, height: float, radius: float) -> NDArray[np.float64]:
    """A polyline in px along the corners, each rounded by an arc (a quadratic curve between its tangent points)."""
    points = [np.array([c[0] * width, c[1] * height]) for c in corners]
    out = [points[0][None]]
    for i in range(1, len(corners) - 1):
        bend = (corners[i][2] if len(corners[i]) > 2 else 0) * radius
        here, before, after = points[i], points[i - 1] - points[i], points[i + 1] - points[i]
        if bend <= 0:
            out.append(here[None])
            continue
        a, b = np.hypot(*before), np.hypot(*after)
        # An end of the polyline may be used up to its whole length, a segment between two bends up to a half.
        limit_a, limit_b = a * (1 if i == 1 else 0.5), b * (1 if i == len(corners) - 2 else 0.5)
        reach = min(bend, limit_a, limit_b) if min(a, b) > 0 else 0
        ra, rb = min(max(reach, min(bend, limit_a)), limit_a), min(max(reach, min(bend, limit_b)), limit_b)
        start, end = here + before / max(a, 1e-6) * ra, here + after / max(b, 1e-6) * rb
        # A rational quadratic with weight cos 45° is a true quarter of an ellipse.
        t, w = np.linspace(0, 1, 9)[:, None], 0.7071
        den = (1 - t) ** 2 + 2 * w * t * (1 - t) + t**2
        out.append(((1 - t) ** 2 * start + 2 * w * t * (1 - t) * here + t**2 * end) / den)
    out.append(points[-1][None])
    return np.concatenate(out)


class StrokeFace:
    """The drawn alphabet with one pen."""

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def aspect(self, ch: str) -> float:
        """Width / height of a character."""
        pen = self.pen
        if ch == "I" and not pen.variants.get("Iserif"):
            return pen.stroke * 1.05
        factor = {
            "1": 0.72 if not pen.variants.get("1foot") else 0.85,
            "I": 0.85 if pen.variants.get("Iwide") else 0.6,
            "M": 1.18,
            "W": 1.25,
            "J": 0.9,
            "L": 0.92,
        }.get(ch, 1.0)
        if ch == "0" and pen.variants.get("0narrow"):
            factor = 0.9
        if ch == "O" and pen.variants.get("0narrow"):
            factor = 1.05
        return pen.aspect * factor

    def glyph(self, ch: str, width: int, height: int) -> Mask:
        """A character's coverage, (height, width), 255 = ink."""
        scale = 3
        w, h = width * scale, height * scale
        t = max(1.0, self.pen.stroke * h)
        mask = np.zeros((h, w), np.uint8)
        shapes = []
        for corners in _skeleton(ch, self.pen):
            path = _path(corners, max(w - t, 0.1), h - t, self.pen.radius * max(w - t, 0.1)) + t / 2
            shapes.append(np.round(path * 16).astype(np.int32))
        cv2.polylines(mask, shapes, False, 255, max(1, round(t)), cv2.LINE_8, 4)
        return cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)


@functools.cache
def font_files() -> tuple[Path, ...]:
    """The fonts that are there; none without `fonts.py`'s download (the drawn alphabet then stands alone)."""
    return tuple(p for p in _all_fonts() if "script" not in p.parts)


@functools.cache
def _all_fonts() -> tuple[Path, ...]:
    return tuple(sorted(p for p in FONTS.rglob("*") if p.suffix in (".ttf", ".otf", ".woff")))


@functools.lru_cache(maxsize=1500)
def _written(path: Path, text: str) -> Mask:
    font = _font(path, 48)
    x0, y0, x1, y1 = font.getbbox(text)
    image = Image.new("L", (max(1, int(x1 - x0)), max(1, int(y1 - y0))))
    ImageDraw.Draw(image).text((-x0, -y0), text, 255, font)
    return np.asarray(image)


def handwriting(rng: np.random.Generator, text: str, height: int, widest: int) -> Mask | None:
    """A name in a script font, (height or less, widest or less), 255 = ink; None without fonts."""
    files = [p for p in _all_fonts() if "script" in p.parts]
    if not files:
        return None
    mask = _written(files[rng.integers(len(files))], text)
    scale = min(height / mask.shape[0], widest / mask.shape[1])
    return cv2.resize(
        mask, (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale))), interpolation=cv2.INTER_AREA
    )


@functools.cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


@functools.lru_cache(maxsize=6000)
def _outline(path: Path, ch: str) -> tuple[Mask, float]:
    """A font's character cut to its ink at a height of about 112 px, and its height relative to an H."""
    font = _font(path, 160)
    tall = font.getbbox("H")
    box = font.getbbox(ch)
    image = Image.new("L", (max(1, int(box[2] - box[0])), max(1, int(box[3] - box[1]))))
    ImageDraw.Draw(image).text((-box[0], -box[1]), ch, 255, font)
    mask = np.asarray(image)
    factor = _BIG / max(1.0, tall[3] - tall[1])
    shape = (max(1, round(mask.shape[1] * factor)), max(1, round(mask.shape[0] * factor)))
    return cv2.resize(mask, shape, interpolation=cv2.INTER_AREA), mask.shape[0] / max(1.0, tall[3] - tall[1])


class FontFace:
    """A free font, stretched in width and made thicker or thinner."""

    def __init__(self, path: Path, stretch: float = 1.0, weight: int = 0) -> None:
        self.path, self.stretch, self.weight = path, stretch, weight

    def aspect(self, ch: str) -> float:
        """Width / height of a character."""
        mask, _ = _outline(self.path, ch)
        return max(0.1, mask.shape[1] / _BIG * self.stretch)

    def glyph(self, ch: str, width: int, height: int) -> Mask:
        """A character's coverage, (height, width), 255 = ink."""
        mask, _ = _outline(self.path, ch)
        if self.weight:
            k = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(self.weight) + 1,) * 2)
            mask = (
                cv2.dilate(cv2.copyMakeBorder(mask, *(abs(self.weight),) * 4, cv2.BORDER_CONSTANT), k)
                if self.weight > 0
                else cv2.erode(mask, k)
            )
        return cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA)


Face = StrokeFace | FontFace


def random_face(rng: np.random.Generator, fonts: float = 0.45, aspect: tuple[float, float] = (0.4, 0.68)) -> Face:
    """A face: a free font with probability `fonts` (if there are any), else the drawn alphabet.

    `aspect` bounds the width of a character by its height.
    """
    files = font_files()
    if files and rng.random() < fonts:
        face = FontFace(files[rng.integers(len(files))], 1.0, int(rng.integers(-3, 7)))
        face.stretch = float(np.clip(rng.uniform(*aspect) / face.aspect("H"), 0.6, 1.6))
        return face
    return StrokeFace(Pen.random(rng, aspect))
