"""Where plates may be: an RGB image to outlines with scores; and how the text of one may be cut into lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .geometry import Array, coefficients, grown, mapped, rectangle, size, straightened
from .layout import Arrangement, arrangements
from .lines import Line

if TYPE_CHECKING:
    from PIL import Image

    from .lines import LineDetector

#: Longer side at which a whole image is searched for text.
SIDE = 960
#: Lines of the whole image that are looked at, the surest first.
MOST_LINES = 30
#: A plate is searched for lines in a straightened picture of this width, with this margin in shares of its height.
WINDOW, AROUND = 320, 0.35


@dataclass(frozen=True)
class Candidate:
    """A place that may be a plate: its outline, the detector's score (0 to 1), and how its text may lie."""

    quad: Array
    score: float
    arrangements: tuple[Arrangement, ...]


def by_text(image: Image.Image, detector: LineDetector) -> list[Candidate]:
    """Candidates from text alone: every line, and every two that fit together."""
    lines = sorted(detector(image, SIDE), key=lambda line: -line.score)[:MOST_LINES]
    # A line lies within its plate: a margin around it is the plate.
    return [Candidate(grown(way.quad, 0.25, 0.2, 0.25, 0.2), way.score, (way,)) for way in arrangements(lines)]


def lines_within(image: Image.Image, quad: Array, detector: LineDetector) -> list[Arrangement]:
    """How the text inside the outline of a plate may lie; the quads are in pixels of the image."""
    around = grown(quad, AROUND, AROUND, AROUND, AROUND)
    width, height = size(around)
    tall = max(32, min(2 * WINDOW, round(WINDOW * height / max(width, 1e-6))))
    window = straightened(image, around, WINDOW, tall)
    numbers = coefficients(around, rectangle(0, 0, WINDOW, tall))
    return arrangements([Line(mapped(numbers, line.quad), line.score) for line in detector(window, max(WINDOW, tall))])
