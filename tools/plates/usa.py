"""Plates of the states of the US and of Canadian provinces."""

from __future__ import annotations

import cv2
import numpy as np

from tools.plates import formats
from tools.plates.canvas import Colour, Plate, black, jitter, small_face, white
from tools.plates.glyphs import handwriting, random_face

_SLOGANS = [
    "GARDEN STATE",
    "SUNSHINE STATE",
    "GREAT LAKES",
    "PEACH STATE",
    "LONE STAR STATE",
    "LAND OF LINCOLN",
    "EMPIRE STATE",
    "FIRST IN FLIGHT",
    "LIVE FREE OR DIE",
    "SHOW ME",
    "GRAND CANYON STATE",
    "VACATIONLAND",
    "WILD WONDERFUL",
    "AMERICAS DAIRYLAND",
    "BIRTHPLACE OF AVIATION",
    "VISIT US ONLINE",
    "DMV.CA.GOV",
    "EVERGREEN STATE",
    "TREASURE STATE",
    "SCENIC",
    "FAMOUS POTATOES",
    "10000 LAKES",
    "KEYSTONE STATE",
    "CONSTITUTION STATE",
    "STARS FELL ON",
    "THE SPIRIT OF AMERICA",
    "IN GOD WE TRUST",
    "SPORTSMAN",
    "YOURS TO DISCOVER",
]


_US_INKS: tuple[Colour, ...] = (
    (25, 40, 110),
    (15, 15, 20),
    (20, 70, 50),
    (130, 25, 35),
    (30, 60, 150),
    (60, 30, 20),
    (10, 10, 60),
)


def _picture(plate: Plate) -> None:
    """A printed ground: gradients, hills, sun, blots behind the number, as on many US plates."""
    rng = plate.rng
    base = plate.image[0, 0].astype(np.float32)
    other = np.array(jitter((int(base[0]), int(base[1]), int(base[2])), rng, 90), np.float32)
    t = np.abs(np.linspace(0, 1, plate.h) - (0.5 if rng.random() < 0.5 else 0.0))[:, None, None] * rng.uniform(0.5, 2)
    if rng.random() < 0.6:
        plate.image[:] = np.clip(base + (other - base) * np.clip(t, 0, 1), 0, 255)
    layer = plate.image.copy()
    for _ in range(int(rng.integers(0, 4))):
        colour = tuple(int(c) for c in rng.integers(40, 255, 3))
        x, y = rng.uniform(0, plate.w), rng.uniform(0, plate.h)
        shape = rng.random()
        if shape < 0.35:
            xs = np.linspace(0, plate.w, 9)
            ys = plate.h * rng.uniform(0.4, 0.85) + rng.normal(0, plate.h * 0.08, 9)
            points = np.concatenate([np.stack([xs, ys], 1), [[plate.w, plate.h], [0, plate.h]]])
            cv2.fillPoly(layer, [points.astype(np.int32)], colour, cv2.LINE_AA)
        elif shape < 0.7:
            cv2.ellipse(
                layer,
                (round(x), round(y)),
                (round(rng.uniform(5, plate.w * 0.25)), round(rng.uniform(5, plate.h * 0.35))),
                rng.uniform(0, 180),
                0,
                360,
                colour,
                -1,
                cv2.LINE_AA,
            )
        else:
            cv2.line(
                layer,
                (round(x), 0),
                (round(rng.uniform(0, plate.w)), plate.h),
                colour,
                int(rng.integers(2, 16)),
                cv2.LINE_AA,
            )
    alpha = rng.uniform(0.1, 0.65)
    plate.image[:] = cv2.addWeighted(layer, alpha, plate.image, 1 - alpha, 0)
    if rng.random() < 0.15:
        _emblem(plate)


def _emblem(plate: Plate) -> None:
    """A fruit, a map or a star in strong colours behind the middle of the number."""
    rng = plate.rng
    x, y, r = plate.w * rng.uniform(0.42, 0.58), plate.h * rng.uniform(0.4, 0.6), plate.h * rng.uniform(0.1, 0.26)
    colours = ((240, 140, 40), (60, 150, 70), (200, 50, 50), (120, 150, 200), (190, 180, 150))
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(5, 11)))
    reach = r * rng.uniform(0.6, 1.2, len(angles))
    points = np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1)
    layer = plate.image.copy()
    cv2.fillPoly(layer, [points.astype(np.int32)], jitter(colours[rng.integers(len(colours))], rng, 30), cv2.LINE_AA)
    alpha = rng.uniform(0.4, 1.0)
    plate.image[:] = cv2.addWeighted(layer, alpha, plate.image, 1 - alpha, 0)


def _us_colours(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Ground and ink."""
    ink = jitter(_US_INKS[rng.integers(len(_US_INKS))], rng, 20)
    v = int(rng.integers(195, 256))
    kind = rng.random()
    if kind < 0.1:
        pale: Colour = (240, 220, 150) if rng.random() < 0.6 else (240, 240, 240)
        return ink, jitter(pale, rng, 20)
    return jitter((240, 190, 60), rng, 30) if kind < 0.17 else jitter((v, v, v), rng, 18), ink


def american(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    """A plate of a US state or Canadian province, and its text with separators."""
    state, layout = formats.us_text(rng)
    width = round(height * rng.uniform(1.9, 2.1))
    field, ink = _us_colours(rng)
    plate = Plate(width, height, field, rng)
    if rng.random() < 0.6:
        _picture(plate)
    second: Colour = (
        ink if rng.random() < 0.6 else jitter(((170, 30, 40), (30, 60, 150), (20, 100, 60))[rng.integers(3)], rng, 30)
    )
    face = random_face(rng, 0.45, (0.36, 0.6))
    top, bottom = rng.uniform(0.24, 0.33), rng.uniform(0.74, 0.82)
    if rng.random() < 0.06:
        top, bottom = rng.uniform(0.14, 0.2), rng.uniform(0.68, 0.8)
    left, right = 0.05 * width, 0.95 * width
    text = layout if rng.random() < 0.7 else layout.replace("s", " ").replace("-", " ")
    if rng.random() < 0.16:
        left, right = _class_mark(plate, (left, top * height, right, bottom * height), second)
    mono = rng.uniform(0.46, 0.6) if rng.random() < 0.25 else 0.0
    plate.number(
        text.replace("s", "s" if rng.random() < 0.6 else " "),
        face,
        (left, top * height, right, bottom * height),
        ink,
        gap=rng.uniform(0.08, 0.2),
        align="fit" if rng.random() < 0.6 else "centre",
        mono=mono,
        seal=jitter((150, 150, 120), rng, 80),
    )
    if rng.random() < 0.92:
        _name(plate, state, second)
    if rng.random() < 0.65:
        slogan = str(_SLOGANS[rng.integers(len(_SLOGANS))])
        size = rng.uniform(0.07, 0.13)
        y = rng.uniform(0.84, 0.9)
        plate.line(
            slogan,
            small_face(rng),
            (0.15 * width, y * height, 0.85 * width, (y + size) * height),
            second,
            relief=False,
            align="centre",
            gap=rng.uniform(0.1, 0.3),
        )
    for corner in range(4):
        if rng.random() < 0.25:
            _sticker(plate, corner)
    if rng.random() < 0.5:
        plate.frame(rng.uniform(0.01, 0.03), rng.uniform(0.01, 0.025), ink, rng.uniform(0.06, 0.12))
    plate.emboss(rng.uniform(0, 0.5))
    if rng.random() < 0.35:
        _holder(plate, bool(rng.random() < 0.6))
    return plate, layout


def _class_mark(plate: Plate, box: tuple[float, float, float, float], ink: Colour) -> tuple[float, float]:
    """Small letters, stacked, at a side of the number's box: no part of it. Returns what is left of its width."""
    rng = plate.rng
    left, top, right, bottom = box
    marks = "".join(formats.ALL[i] for i in rng.integers(0, 26, rng.integers(2, 4)))
    size = (0.44 if len(marks) == 2 else 0.3) * (bottom - top)
    at_left = rng.random() < 0.7
    x = left if at_left else right - size * 0.6
    face = small_face(rng)
    for i, mark in enumerate(marks):
        y = top + i * size * 1.1
        plate.line(mark, face, (x, y, x + size * 0.6, y + size), ink, align="centre")
    return (left + size * 0.8, right) if at_left else (left, right - size * 0.8)


def _name(plate: Plate, state: str, ink: Colour) -> None:
    """The state's name above the number, printed or in a script."""
    rng, width, height = plate.rng, plate.w, plate.h
    size, y = rng.uniform(0.1, 0.19), rng.uniform(0.03, 0.08)
    hand = None
    if rng.random() < (0.8 if state == "CALIFORNIA" else 0.15):
        hand = handwriting(rng, state.title(), round((size + 0.05) * height), round(0.7 * width))
    if hand is not None:
        red = state == "CALIFORNIA" and rng.random() < 0.7
        colour = jitter((190, 40, 50), rng, 30) if red else ink
        plate.paint(hand, (width - hand.shape[1]) // 2, round(y * height), colour)
        return
    box = (0.2 * width, y * height, 0.8 * width, (y + size) * height)
    plate.line(state, small_face(rng), box, ink, relief=False, align="centre", gap=rng.uniform(0.1, 0.4))


def _sticker(plate: Plate, corner: int) -> None:
    """A month's or year's sticker; corners 0 to 3 from the top left, row by row."""
    rng = plate.rng
    x, y = (0.03 if corner % 2 == 0 else 0.85), (0.03 if corner < 2 else 0.8)
    w, h = rng.uniform(0.08, 0.14), rng.uniform(0.13, 0.2)
    a, b, c, d = round(x * plate.w), round(y * plate.h), round((x + w) * plate.w), round((y + h) * plate.h)
    plate.image[b:d, a:c] = tuple(int(k) for k in rng.integers(60, 255, 3))
    year = rng.choice(["08", "09", "10", "11", "12", "14", "16", "JAN", "MAR", "JUN", "SEP", "DEC"])
    box = (a + 2, b + 0.2 * (d - b), c - 2, d - 0.2 * (d - b))
    plate.line(str(year), small_face(rng), box, black(rng), relief=False, align="centre")


def _holder(plate: Plate, words: bool) -> None:
    """A dealer's frame around the plate, hiding parts of the name and slogan."""
    rng = plate.rng
    v = int(rng.integers(0, 255))
    colour = jitter((v, v, v), rng, 15)
    side = max(1, round(rng.uniform(0.015, 0.05) * plate.w))
    top, low = max(1, round(rng.uniform(0.03, 0.16) * plate.h)), max(1, round(rng.uniform(0.03, 0.16) * plate.h))
    plate.image[:, :side] = plate.image[:, -side:] = colour
    # Now and then it reaches over the number's edge.
    if rng.random() < 0.15:
        low = round(rng.uniform(0.18, 0.27) * plate.h)
    plate.image[:top] = colour
    plate.image[-low:] = colour
    if words and low > 0.08 * plate.h:
        shade: Colour = white(rng) if v < 128 else black(rng)
        name = "".join(formats.ALL[i] for i in rng.integers(0, 26, rng.integers(4, 12)))
        plate.line(
            name,
            small_face(rng),
            (0.2 * plate.w, plate.h - 0.85 * low, 0.8 * plate.w, plate.h - 0.15 * low),
            shade,
            relief=False,
            align="centre",
        )
