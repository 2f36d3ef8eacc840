"""The canvas of a rendered plate: ink through masks, frames, seals, lines of characters, embossing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.plates.glyphs import Face, Mask, random_face

Image = NDArray[np.uint8]


Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Line:
    """One line of the number: its characters and its box (x0, y0, x1, y1) as shares of the plate's width and height."""

    text: str
    box: tuple[float, float, float, float]


class Plate:
    """A plate being drawn: RGB field and the mask of what will be embossed."""

    def __init__(self, width: int, height: int, colour: Colour, rng: np.random.Generator) -> None:
        self.w, self.h, self.rng = width, height, rng
        self.image: Image = np.empty((height, width, 3), np.uint8)
        self.image[:] = colour
        self.relief: Mask = np.zeros((height, width), np.uint8)
        self.lines: list[Line] = []

    def paint(self, mask: Mask, x: int, y: int, colour: Colour, relief: bool = False) -> None:
        """Lay ink through a mask whose top left corner is at (x, y); what sticks out is cut."""
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + mask.shape[1], self.w), min(y + mask.shape[0], self.h)
        if x1 <= x0 or y1 <= y0:
            return
        part = mask[y0 - y : y1 - y, x0 - x : x1 - x]
        field = self.image[y0:y1, x0:x1]
        alpha = part[..., None].astype(np.uint16)
        field[:] = (field * (255 - alpha) + np.array(colour, np.uint16) * alpha) // 255
        if relief:
            np.maximum(self.relief[y0:y1, x0:x1], part, out=self.relief[y0:y1, x0:x1])

    def frame(self, inset: float, thick: float, colour: Colour, radius: float) -> None:
        """A rounded frame, lengths as shares of the height."""
        mask = np.zeros((self.h, self.w), np.uint8)
        i, t, r = round(inset * self.h), max(1, round(thick * self.h)), max(1, round(radius * self.h))
        a, b, c, d = i, i, self.w - 1 - i, self.h - 1 - i
        for p, q in (
            ((a + r, b), (c - r, b)),
            ((a + r, d), (c - r, d)),
            ((a, b + r), (a, d - r)),
            ((c, b + r), (c, d - r)),
        ):
            cv2.line(mask, p, q, 255, t, cv2.LINE_AA)
        for centre, angle in (((a + r, b + r), 180), ((c - r, b + r), 270), ((c - r, d - r), 0), ((a + r, d - r), 90)):
            cv2.ellipse(mask, centre, (r, r), angle, 0, 90, 255, t, cv2.LINE_AA)
        self.paint(mask, 0, 0, colour, True)

    def disc(self, x: float, y: float, r: float, colour: Colour) -> None:
        """A round seal, lengths in px."""
        n = round(r) + 2
        mask = np.zeros((2 * n + 1, 2 * n + 1), np.uint8)
        cv2.circle(
            mask,
            (n * 16 + round((x - round(x)) * 16), n * 16 + round((y - round(y)) * 16)),
            max(8, round(r * 16)),
            255,
            -1,
            cv2.LINE_AA,
            4,
        )
        self.paint(mask, round(x) - n, round(y) - n, colour)

    def line(
        self,
        text: str,
        face: Face,
        box: tuple[float, float, float, float],
        ink: Colour,
        *,
        gap: float = 0.12,
        relief: bool = True,
        align: str = "fit",
        heights: Callable[[str], float] | None = None,
        mono: float = 0.0,
        seal: Colour = (60, 110, 170),
    ) -> None:
        """Draw a text with separators inside (x0, y0, x1, y1) px.

        Squeezed if too long; spread over the box if `align` is fit. `gap` is the space between characters in units of
        the height; `mono` > 0 puts each into a cell of that many heights.
        """
        x0, y0, x1, y1 = box
        h = y1 - y0
        scale = heights or (lambda _: 1.0)
        gaps = {" ": 0.28, "_": 0.6, "-": 0.26, ".": 0.2, "s": 0.42}
        widths = [gaps.get(c) or (mono or face.aspect(c)) * scale(c) for c in text]
        total = h * (sum(widths) + gap * (len(text) - 1))
        room = x1 - x0
        squeeze = min(1.0, room / total)
        extra = 0.0
        if total < room and align == "fit":
            extra = min((room - total) / max(1, len(text)), 0.22 * h)
        used = total * squeeze + extra * (len(text) - 1)
        x = x0 + (room - used) * (0.5 if align != "left" else 0)
        for c, unit in zip(text, widths, strict=True):
            w = unit * h * squeeze
            if c == "-":
                th = max(2, round(0.12 * h))
                self.paint(
                    np.full((th, max(2, round(w * 0.7))), 255, np.uint8),
                    round(x + w * 0.15),
                    round(y0 + h * 0.5 - th / 2),
                    ink,
                    relief,
                )
            elif c == ".":
                self.disc(x + w / 2, y0 + h * 0.55, max(1.0, 0.075 * h), ink)
            elif c == "s":
                self.seals(x + w / 2, y0, h, w, seal)
            elif c not in " _":
                gh, gw = (
                    max(4, round(h * scale(c))),
                    max(2, round((face.aspect(c) * scale(c) if mono else unit) * h * squeeze)),
                )
                if mono:
                    gw = min(gw, max(2, round(w)))
                self.paint(face.glyph(c, gw, gh), round(x + (w - gw) / 2), round(y1 - gh), ink, relief)
            x += w + gap * h * squeeze + extra

    def number(
        self, text: str, face: Face, box: tuple[float, float, float, float], ink: Colour, **style: object
    ) -> None:
        """Draw a line of the number itself, and remember it."""
        x0, y0, x1, y1 = box
        plain = "".join(c for c in text if c.isdigit() or c.isupper())
        self.lines.append(Line(plain, (x0 / self.w, y0 / self.h, x1 / self.w, y1 / self.h)))
        self.line(text, face, box, ink, **style)  # type: ignore[arg-type]

    def seals(self, x: float, y0: float, h: float, w: float, colour: Colour) -> None:
        """One or two stickers, as between the district and the number of many European plates."""
        r = min(w * 0.46, 0.2 * h) * self.rng.uniform(0.75, 1.1)
        style = self.rng.random()
        spots = [(0.27, colour), (0.74, (190, 190, 195))] if style < 0.5 else [(0.5, colour)]
        for at, c in spots:
            self.disc(x, y0 + at * h, r, jitter(c, self.rng, 30))
            self.disc(x, y0 + at * h, r * 0.5, jitter(c, self.rng, 60))

    def emboss(self, strength: float) -> None:
        """Light the raised parts from a random side."""
        soft = cv2.GaussianBlur(self.relief, (0, 0), 0.012 * self.h + 0.4).astype(np.int16)
        dx, dy = self.rng.choice([-2, 2]), self.rng.choice([2, 2, -2])
        slope = np.roll(soft, (dy, dx), (0, 1)) - np.roll(soft, (-dy, -dx), (0, 1))
        lit = self.image.astype(np.int16) - (slope * strength).astype(np.int16)[..., None]
        self.image[:] = np.clip(lit, 0, 255)


def jitter(colour: Colour, rng: np.random.Generator, by: int) -> Colour:
    r, g, b = (int(np.clip(c + rng.integers(-by, by + 1), 0, 255)) for c in colour)
    return r, g, b


def white(rng: np.random.Generator) -> Colour:
    v = int(rng.integers(205, 256))
    return jitter((v, v, v), rng, 6)


def black(rng: np.random.Generator) -> Colour:
    v = int(rng.integers(5, 50))
    return jitter((v, v, v), rng, 8)


def small_face(rng: np.random.Generator) -> Face:
    return random_face(rng, 0.6, (0.45, 0.75))
