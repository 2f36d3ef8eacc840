"""How lines of text may make up a plate: alone, side by side (a region in a box of its own), one above the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .geometry import Array, area, coefficients, grown, joined, mapped, rectangle, size, slope, straightened
from .lines import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from .lines import LineDetector

#: Width by height of a line, or of a piece of one, that may belong to a plate.
NARROW, WIDE = 0.7, 12.0
#: Lines of one plate are turned alike up to this, in radians.
TURN = 0.2
#: Arrangements of one plate that are looked at.
MOST = 10
#: A plate is searched for lines in a straightened picture of this width, with this margin in shares of its height.
WINDOW, AROUND = 320, 0.35


@dataclass(frozen=True)
class Arrangement:
    """Lines in reading order that may be the text of one plate."""

    parts: tuple[Array, ...]

    @property
    def quad(self) -> Array:
        return self.parts[0] if len(self.parts) == 1 else joined(self.parts)


def _offsets(a: Array, b: Array) -> tuple[float, float, float]:
    """From `a` to `b` in heights of `a`: the gap along the line, the way of the centre across it, relative height."""
    angle = slope(a)
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    height = max(size(a)[1], 1e-6)
    gap = float((b @ along).min() - (a @ along).max()) / height
    down = float((b.mean(axis=0) - a.mean(axis=0)) @ across) / height
    return gap, down, size(b)[1] / height


def beside(a: Array, b: Array) -> bool:
    """Whether `b` may go on where `a` ends, like the region of a Russian plate."""
    gap, down, relative = _offsets(a, b)
    return -0.3 < gap < 1.3 and abs(down) < 0.55 and 0.4 < relative < 1.5 and abs(slope(a) - slope(b)) < TURN


def below(a: Array, b: Array) -> bool:
    """Whether `b` may be the second line of a plate whose first is `a`."""
    _, down, relative = _offsets(a, b)
    angle = slope(a)
    along = np.array([np.cos(angle), np.sin(angle)])
    shift = abs(float((b.mean(axis=0) - a.mean(axis=0)) @ along))
    return (
        0.7 < down < 1.9
        and 0.6 < relative < 1.7
        and shift < 0.45 * max(size(a)[0], size(b)[0])
        and abs(slope(a) - slope(b)) < TURN
    )


def arrangements(lines: Sequence[Line]) -> list[Arrangement]:
    """Every line alone, and those that may be one plate together: side by side, in two rows; MOST at most."""
    usable = [line for line in lines if NARROW < size(line.quad)[0] / max(size(line.quad)[1], 1e-6) < WIDE]
    pairs = [
        Arrangement((one.quad, other.quad))
        for one in usable
        for other in usable
        if one is not other and beside(one.quad, other.quad)
    ]
    rows = [*(Arrangement((line.quad,)) for line in usable), *pairs]
    stacked = [
        Arrangement((*upper.parts, *lower.parts))
        for upper in rows
        for lower in rows
        if below(upper.quad, lower.quad) and not set(map(id, upper.parts)) & set(map(id, lower.parts))
    ]
    # Those that cover most come first: a piece of a plate may read well and is still not the plate.
    every = [*rows, *stacked]
    return sorted(every, key=lambda way: -sum(map(area, way.parts)))[:MOST]


def within(image: Image.Image, quad: Array, detector: LineDetector) -> list[Arrangement]:
    """How the text inside the outline of a plate may lie; the quads are in pixels of the image."""
    around = grown(quad, AROUND, AROUND, AROUND, AROUND)
    width, height = size(around)
    tall = max(32, min(2 * WINDOW, round(WINDOW * height / max(width, 1e-6))))
    try:
        numbers = coefficients(around, rectangle(0, 0, WINDOW, tall))
    except np.linalg.LinAlgError:
        return []
    window = straightened(image, around, WINDOW, tall)
    return arrangements([Line(mapped(numbers, line.quad), line.score) for line in detector(window, max(WINDOW, tall))])
