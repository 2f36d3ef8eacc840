"""Parts of a drawn vehicle that catch a plate detector's eye: grilles, lamps, badges, lettering, stickers, wheels.

All are drawn flat, in plate widths round the plate's centre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.plates.scene_backgrounds import color

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]
    Point = tuple[float, float]


class Pen:
    """Draws on a canvas in units of the plate's width, with the origin at the plate's centre and y down."""

    def __init__(self, canvas: Image, center: Point, unit: float) -> None:
        self.canvas = canvas
        self.center = center
        self.unit = unit

    def at(self, points: npt.ArrayLike) -> npt.NDArray[np.int32]:
        return (np.asarray(points, np.float32) * self.unit + self.center).round().astype(np.int32)

    def shape(self, points: npt.ArrayLike, fill: tuple[int, ...]) -> None:
        cv2.fillPoly(self.canvas, [self.at(points)], fill, cv2.LINE_AA)

    def edge(self, points: npt.ArrayLike, ink: tuple[int, ...], width: float, *, closed: bool = False) -> None:
        thick = max(1, round(width * self.unit))
        cv2.polylines(self.canvas, [self.at(points)], closed, ink, thick, cv2.LINE_AA)

    def box(self, left: float, top: float, right: float, bottom: float, fill: tuple[int, ...], bend: float = 0) -> None:
        self.shape([(left, top), (right, top), (right - bend, bottom), (left + bend, bottom)], fill)

    def oval(self, x: float, y: float, w: float, h: float, fill: tuple[int, ...], turn: float = 0) -> None:
        cx, cy = (float(v) for v in self.at((x, y)))
        cv2.ellipse(
            self.canvas, ((cx, cy), (max(1, w * self.unit), max(1, h * self.unit)), turn), fill, -1, cv2.LINE_AA
        )


def shade(tint: tuple[int, ...], by: float) -> tuple[int, ...]:
    return tuple(int(np.clip(c + by, 0, 255)) for c in tint)


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> npt.NDArray[np.float32]:
    """The outline of a box with rounded corners, clockwise."""
    turns = np.linspace(0, np.pi / 2, 5)
    arc = np.stack([np.cos(turns), np.sin(turns)], 1) * radius
    corners = [
        ((right - radius, bottom - radius), arc),
        ((left + radius, bottom - radius), arc[::-1] * (-1, 1)),
        ((left + radius, top + radius), arc * (-1, -1)),
        ((right - radius, top + radius), arc[::-1] * (1, -1)),
    ]
    return np.concatenate([np.asarray(at) + part for at, part in corners]).astype(np.float32)


def grille(rng: np.random.Generator, pen: Pen, left: float, top: float, right: float, bottom: float) -> None:
    dark = int(rng.integers(5, 60))
    radius = min(right - left, bottom - top) * rng.uniform(0.02, 0.4)
    pen.shape(rounded(left, top, right, bottom, radius), (dark,) * 3)
    bar = (int(rng.integers(dark, 240)),) * 3
    step = rng.uniform(0.03, 0.16)
    kind = rng.integers(4)
    width = step * rng.uniform(0.15, 0.5)
    if kind != 1:
        for y in np.arange(top + step / 2, bottom, step):
            pen.edge([(left + radius / 3, y), (right - radius / 3, y)], bar, width)
    if kind in {1, 2}:
        for x in np.arange(left + step / 2, right, step):
            pen.edge([(x, top + radius / 4), (x, bottom - radius / 4)], bar, width)
    if rng.random() < 0.5:
        chrome = (int(rng.integers(120, 255)),) * 3
        pen.edge(rounded(left, top, right, bottom, radius), chrome, rng.uniform(0.01, 0.05), closed=True)


def lamp(rng: np.random.Generator, pen: Pen, x: float, y: float, w: float, h: float, *, rear: bool, lit: bool) -> None:
    """A pair of lamps, mirrored about the middle of the vehicle (x is the distance from the middle)."""
    red = (int(rng.integers(120, 225)), int(rng.integers(0, 50)), int(rng.integers(0, 50)))
    clear, amber = color(rng, 140, 245), (240, 170, 60)
    glass = red if rear else clear
    slant, round_one = rng.uniform(-0.4, 0.4) * h, rng.random() < 0.25
    seed = int(rng.integers(1 << 30))
    for side in (-1, 1):
        inside = np.random.default_rng(seed)  # both have the same inside
        inner, outer = side * x, side * (x + w)
        if round_one:
            pen.oval(side * (x + w / 2), y, min(w, h), min(w, h), glass)
        else:
            corners = [(inner, y - h / 2 + slant), (outer, y - h / 2 - slant), (outer, y + h / 2), (inner, y + h / 3)]
            pen.shape(corners, glass)
            pen.edge(corners, shade(glass, -70), 0.015, closed=True)
        for _ in range(int(inside.integers(0, 4))):
            tint = (red, clear, amber, shade(glass, 60), shade(glass, -60))[inside.integers(5)]
            at, up = side * (x + w * inside.uniform(0.2, 0.8)), y + h * inside.uniform(-0.25, 0.25)
            if inside.random() < 0.5:
                size = min(w, h) * inside.uniform(0.2, 0.6)
                pen.oval(at, up, size, size, tint)
                pen.oval(at, up, size * 0.5, size * 0.5, shade(tint, inside.uniform(-80, 80)))
            else:
                pen.box(at - w * 0.2, up - h * 0.15, at + w * 0.2, up + h * 0.15, tint)
        if inside.random() < 0.5:  # the ribs of the glass
            tint = shade(glass, inside.uniform(-70, 70))
            step = inside.uniform(0.02, 0.07)
            for at in np.arange(x + w * 0.1, x + w * 0.9, step):
                pen.edge([(side * at, y - h * 0.3), (side * at, y + h * 0.3)], tint, step * 0.3)
        if lit:
            glow = (255, 250, 235) if not rear else (255, int(inside.integers(40, 200)), int(inside.integers(30, 180)))
            pen.oval(side * (x + w / 2), y, w * inside.uniform(0.3, 0.7), h * inside.uniform(0.2, 0.6), glow)


def letters(rng: np.random.Generator, low: int, high: int) -> str:
    """Letters, and a digit now and then."""
    kinds = rng.random(int(rng.integers(low, high))) < 0.8
    return "".join(chr(rng.integers(65, 91)) if letter else str(rng.integers(10)) for letter in kinds)


def lettering(
    rng: np.random.Generator, pen: Pen, text: str, x: float, y: float, tall: float, ink: tuple[int, ...], step: float
) -> None:
    """Letters in a row, centred on x; y is their foot, `tall` their height, `step` the width of each."""
    scale = tall * pen.unit / 22
    face = int(rng.choice([cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX]))
    thick = max(1, round(scale * rng.uniform(1, 3)))
    for i, letter in enumerate(text):
        at = pen.at((x + (i - len(text) / 2) * step, y))
        cv2.putText(pen.canvas, letter, (int(at[0]), int(at[1])), face, max(0.15, scale), ink, thick, cv2.LINE_AA)


def model_name(rng: np.random.Generator, pen: Pen, x: float, y: float, tall: float) -> None:
    """The name of a model in letters of metal: letters alone make no plate."""
    ink = (int(rng.integers(110, 255)),) * 3 if rng.random() < 0.7 else color(rng)
    lettering(rng, pen, letters(rng, 2, 9), x, y, tall, ink, tall * rng.uniform(0.7, 1.8))


def emblem(rng: np.random.Generator, pen: Pen, x: float, y: float, size: float) -> None:
    """A maker's badge of no maker: a disc or shield with rings, a star, strokes or a word on it."""
    metal = (int(rng.integers(90, 255)),) * 3
    ground = color(rng) if rng.random() < 0.6 else (int(rng.integers(10, 90)),) * 3
    wide = size * rng.uniform(0.9, 2.6)
    kind = rng.integers(5)
    if kind == 0:  # rings side by side
        for i in range(int(rng.integers(2, 5))):
            turns = np.linspace(0, 2 * np.pi, 16, endpoint=False)
            ring = np.stack([np.cos(turns), np.sin(turns)], 1) * size / 2 + (x + (i - 1.5) * size * 0.7, y)
            pen.edge(ring, metal, size * 0.12, closed=True)
        return
    pen.oval(x, y, wide, size, metal)
    if rng.random() < 0.8:
        pen.oval(x, y, wide * 0.85, size * 0.8, ground)
    if kind <= 2:
        tall = size * rng.uniform(0.25, 0.45)
        text = letters(rng, 1, 7)
        lettering(rng, pen, text, x, y + tall / 2, tall, metal, wide * 0.7 / len(text))
        return
    turns = np.linspace(0, 2 * np.pi, int(rng.integers(3, 7)), endpoint=False) + rng.uniform(0, 6)
    tips = np.stack([np.cos(turns) * wide, np.sin(turns) * size], 1) * 0.42 + (x, y)
    if kind == 3:
        pen.shape(tips, metal)
    else:
        for tip in tips:
            pen.edge([(x, y), tip], metal, size * 0.1)


def sticker(rng: np.random.Generator, pen: Pen, x: float, y: float, size: float) -> None:
    """A country's or club's sticker: one to three letters on an oval or a square."""
    ground, ink = (245, 245, 245), (15, 15, 15)
    if rng.random() < 0.4:
        ground, ink = color(rng), color(rng)
    wide = size * rng.uniform(1, 1.7)
    if rng.random() < 0.6:
        pen.oval(x, y, wide, size, ink)
        pen.oval(x, y, wide * 0.93, size * 0.92, ground)
    else:
        pen.box(x - wide / 2, y - size / 2, x + wide / 2, y + size / 2, ground)
    text = letters(rng, 1, 4)
    tall = size * rng.uniform(0.35, 0.55)
    lettering(rng, pen, text, x, y + tall / 2, tall, ink, wide * 0.65 / len(text))


def wheel(rng: np.random.Generator, pen: Pen, x: float, y: float, size: float) -> None:
    """A tyre and its rim, with spokes."""
    pen.oval(x, y, size, size, (int(rng.integers(5, 50)),) * 3)
    metal = (int(rng.integers(80, 220)),) * 3
    pen.oval(x, y, size * 0.65, size * 0.65, shade(metal, -rng.uniform(0, 120)))
    turn = rng.uniform(0, 6)
    for angle in np.linspace(0, 2 * np.pi, int(rng.integers(4, 12)), endpoint=False) + turn:
        tip = (x + np.cos(angle) * size * 0.31, y + np.sin(angle) * size * 0.31)
        pen.edge([(x, y), tip], metal, size * rng.uniform(0.02, 0.06))
