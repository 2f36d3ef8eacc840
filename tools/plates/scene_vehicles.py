"""The part of a vehicle round a number plate: bumper, recess, frame, grille, lamps, badge, boot lid, windows.

Drawn flat, in plate widths round the plate's centre; the scene then warps the whole of it with the plate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.plates.scene_backgrounds import clouds, color
from tools.plates.scene_parts import Pen, emblem, grille, lamp, model_name, rounded, shade, sticker, wheel

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]
    Point = tuple[float, float]


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
    if rng.random() < 0.6:
        emblem(rng, pen, 0, -half - rng.uniform(0.12, 0.6), rng.uniform(0.08, 0.25))
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        side = float(rng.choice([-1, 0, 1]))
        tall = rng.uniform(0.04, 0.14)
        model_name(rng, pen, side * span * rng.uniform(0.4, 0.75), -half - tall - rng.uniform(0.05, rise), tall)
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        x, y = rng.uniform(0.6, max(0.7, span)) * rng.choice([-1, 1]), -rng.uniform(0, rise)
        sticker(rng, pen, x, y, rng.uniform(0.08, 0.3))
    if rng.random() < 0.12:
        wheel(rng, pen, span * rng.uniform(0.6, 1.1) * rng.choice([-1, 1]), fall, rng.uniform(0.6, 1.5))
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
        grille(rng, pen, -w, top, w, bottom)
    if rng.random() < 0.4:  # an air intake below
        grille(rng, pen, -span * 0.5, half + 0.06, span * 0.5, half + rng.uniform(0.15, 0.4))
    if rng.random() < 0.85:
        y = -rng.uniform(-0.1, max(0.1, rise * 0.8))
        x = max(0.62, span * rng.uniform(0.4, 0.75))
        lamp(rng, pen, x, y, max(0.15, span - x), rng.uniform(0.15, 0.5), rear=rear, lit=night or rng.random() < 0.15)
    _trim(rng, pen, span, rise, fall, half)
    if rng.random() < 0.5:  # the ground's shadow
        pen.box(-span, fall, span, fall + rng.uniform(0.05, 0.3), (int(rng.integers(0, 50)),) * 3)
        cover.box(-span, fall, span, fall + 0.1, (255,))
    _recess(rng, pen, half, paint)
