"""The part of a vehicle round a number plate: bumper, recess, frame, grille, lamps, badge, boot lid, windows.

Drawn flat, in plate widths round the plate's centre; the scene then warps the whole of it with the plate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.plates.scene_backgrounds import clouds, color

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


def _grille(rng: np.random.Generator, pen: Pen, left: float, top: float, right: float, bottom: float) -> None:
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


def _lamp(rng: np.random.Generator, pen: Pen, x: float, y: float, w: float, h: float, *, rear: bool, lit: bool) -> None:
    """A pair of lamps, mirrored about the middle of the vehicle (x is the distance from the middle)."""
    glass = (int(rng.integers(120, 225)), int(rng.integers(0, 50)), int(rng.integers(0, 50)))
    if not rear:
        glass = color(rng, 140, 235)
    slant, round_one = rng.uniform(-0.4, 0.4) * h, rng.random() < 0.25
    split = rng.random() < 0.5
    for side in (-1, 1):
        inner, outer = side * x, side * (x + w)
        if round_one:
            pen.oval(side * (x + w / 2), y, min(w, h), min(w, h), glass)
        else:
            pen.shape(
                [(inner, y - h / 2 + slant), (outer, y - h / 2 - slant), (outer, y + h / 2), (inner, y + h / 3)], glass
            )
        if split:
            other = (240, 170, 60) if rear or rng.random() < 0.5 else (250, 250, 250)
            pen.oval(side * (x + w * 0.6), y, w * 0.35, h * 0.45, other)
        if lit:
            pen.oval(side * (x + w / 2), y, w * 0.5, h * 0.5, (255, 250, 235) if not rear else (255, 70, 50))


def _recess(rng: np.random.Generator, pen: Pen, half: float, paint: tuple[int, ...]) -> None:
    """The hollow or panel that holds the plate, then the plate's frame. `half`: half the plate's height."""
    if rng.random() < 0.65:
        w, up, down = rng.uniform(0.53, 0.95), half + rng.uniform(0.03, 0.35), half + rng.uniform(0.02, 0.3)
        tint = shade(paint, rng.uniform(-70, 15)) if rng.random() < 0.6 else (int(rng.integers(5, 70)),) * 3
        pen.shape(rounded(-w, -up, w, down, rng.uniform(0.01, 0.12)), tint)
        if rng.random() < 0.6:
            pen.edge([(-w, -up), (w, -up)], shade(tint, -40), rng.uniform(0.01, 0.06))
        if rng.random() < 0.3:  # a chrome bar over it
            pen.box(-w, -up - rng.uniform(0.04, 0.12), w, -up, (int(rng.integers(140, 250)),) * 3)
    if rng.random() < 0.65:
        rim = rng.uniform(0.01, 0.05)
        below = rim if rng.random() < 0.5 else rng.uniform(0.03, 0.09)
        above = rim if rng.random() < 0.75 else rng.uniform(0.03, 0.09)
        frame = (int(rng.integers(0, 60)),) * 3 if rng.random() < 0.7 else color(rng)
        pen.shape(rounded(-0.5 - rim, -half - above, 0.5 + rim, half + below, rim), frame)
        for wide, y in ((below, half + below / 2), (above, -half - above / 2)):
            if wide > rim and wide * pen.unit > 4:  # the dealer's name on the frame
                ink = color(rng, 130, 255)
                x = -rng.uniform(0.1, 0.45)
                while x < 0.45 and rng.random() < 0.97:
                    step = rng.uniform(0.015, 0.04)
                    pen.box(x, y - wide * 0.3, x + step * 0.7, y + wide * 0.3, ink)
                    x += step


def _body(
    rng: np.random.Generator, pen: Pen, cover: Pen, span: float, rise: float, fall: float, paint: tuple[int, ...]
) -> None:
    """Painted metal that mirrors something vague, its bumper, creases and window."""
    waist = span * 1.03
    outline = [(-span, fall), (-waist, -rise * 0.4), (-span * 0.9, -rise), (span * 0.9, -rise), (waist, -rise * 0.4)]
    cover.shape([*outline, (span, fall)], (255,))
    shine = np.empty((12, 16, 3), np.uint8)
    shine[...] = np.clip(np.array(paint) + clouds(rng, 16, 12, 5, rng.uniform(5, 60))[:, :, None], 0, 255)
    height, width = pen.canvas.shape[:2]
    smooth = cv2.resize(shine, (width, height), interpolation=cv2.INTER_LINEAR)
    cv2.copyTo(smooth, cover.canvas, pen.canvas)
    if rng.random() < 0.6:
        top = rng.uniform(-rise, 0) if rng.random() < 0.5 else -rng.uniform(0.1, 0.6)
        tint = shade(paint, rng.uniform(-50, 50)) if rng.random() < 0.6 else (int(rng.integers(10, 200)),) * 3
        pen.box(-span, top, span, fall, tint)
        pen.edge([(-span, top), (span, top)], shade(tint, rng.uniform(-90, 70)), rng.uniform(0.005, 0.04))
    for _ in range(int(rng.integers(0, 4))):
        y, sag = rng.uniform(-rise, fall), rng.normal(0, 0.06)
        w = span * rng.uniform(0.4, 1)
        pen.edge([(-w, y), (-w / 2, y + sag), (w / 2, y + sag), (w, y)], shade(paint, rng.uniform(-80, 80)), 0.015)
    if rng.random() < 0.5:
        pen.box(-span * 0.85, -rise - rng.uniform(0.3, 1), span * 0.85, -rise - 0.03, color(rng, 5, 120), -0.1)
        cover.box(-span * 0.85, -rise - 0.3, span * 0.85, -rise, (255,), -0.1)


def _trim(rng: np.random.Generator, pen: Pen, span: float, rise: float, fall: float, half: float) -> None:
    """The badge above the plate; reflectors, exhausts or hooks below."""
    if rng.random() < 0.5:
        y = -half - rng.uniform(0.12, 0.5)
        size = rng.uniform(0.08, 0.22)
        pen.oval(0, y, size * rng.uniform(1, 1.6), size, (int(rng.integers(90, 255)),) * 3)
        pen.oval(0, y, size * 0.6, size * 0.7, color(rng))
    if rng.random() < 0.4:
        x, y = rng.uniform(0.6, span * 0.9), rng.uniform(half, fall)
        for side in (-1, 1):
            pen.oval(side * x, y, rng.uniform(0.1, 0.4), rng.uniform(0.05, 0.15), color(rng, 0, 160))


def vehicle(
    rng: np.random.Generator, canvas: Image, mask: Image, center: Point, unit: float, aspect: float, *, night: bool
) -> None:
    """Draw a car's front or rear on the canvas round a plate at `center`, `unit` pixels wide.

    `aspect`: width by height of the plate. `mask` (height, width) becomes 255 where the vehicle is.
    """
    pen, cover = Pen(canvas, center, unit), Pen(mask, center, unit)
    half = 0.5 / aspect
    span = rng.uniform(1.5, 2.0) if aspect > 2.6 else rng.uniform(2.2, 3.2)  # half the vehicle's width
    if rng.random() < 0.12:
        span = rng.uniform(0.7, 1.2)  # a motorcycle or a trailer
    rise, fall = rng.uniform(0.3, 2.5), half + rng.uniform(0.1, 0.9)
    paint = shade(color(rng), -90 if night else 0)
    _body(rng, pen, cover, span, rise, fall, paint)
    rear = rng.random() < 0.5
    if rng.random() < (0.3 if rear else 0.75):
        top = -rng.uniform(half + 0.05, max(half + 0.15, rise))
        bottom = top + rng.uniform(0.1, 0.5) if rng.random() < 0.6 else half + rng.uniform(0.05, 0.3)
        w = rng.uniform(0.5, span * 0.8)
        _grille(rng, pen, -w, top, w, bottom)
    if rng.random() < 0.4:  # an air intake below
        _grille(rng, pen, -span * 0.5, half + 0.06, span * 0.5, half + rng.uniform(0.15, 0.4))
    if rng.random() < 0.85:
        y = -rng.uniform(-0.1, max(0.1, rise * 0.8))
        x = max(0.62, span * rng.uniform(0.4, 0.75))
        _lamp(rng, pen, x, y, max(0.15, span - x), rng.uniform(0.15, 0.5), rear=rear, lit=night or rng.random() < 0.15)
    _trim(rng, pen, span, rise, fall, half)
    if rng.random() < 0.5:  # the ground's shadow
        pen.box(-span, fall, span, fall + rng.uniform(0.05, 0.3), (int(rng.integers(0, 50)),) * 3)
        cover.box(-span, fall, span, fall + 0.1, (255,))
    _recess(rng, pen, half, paint)
