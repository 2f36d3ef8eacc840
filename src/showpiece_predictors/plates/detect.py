"""Where plates may be: an RGB image to candidate outlines, each with ways to cut it into lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .geometry import Array, grown
from .layout import Arrangement, arrangements

if TYPE_CHECKING:
    from PIL import Image

    from .lines import LineDetector

#: Longer side at which the whole image is searched for text.
SIDE = 960
#: Lines of the whole image that are looked at, the surest first.
MOST_LINES = 30


@dataclass(frozen=True)
class Candidate:
    """A place that may be a plate."""

    #: The outline that is reported, clockwise from the top left; None: that of the arrangement which reads best.
    quad: Array | None
    #: How sure the detector is, 0 to 1.
    score: float
    arrangements: tuple[Arrangement, ...]


def from_lines(image: Image.Image, detector: LineDetector) -> list[Candidate]:
    """Candidates without a plate detector: every line of text, and every two that fit together."""
    lines = sorted(detector(image, SIDE), key=lambda line: -line.score)[:MOST_LINES]
    return [Candidate(None, arrangement.score, (arrangement,)) for arrangement in arrangements(lines)]


def around(quad: Array) -> Array:
    """The outline of a plate around its text: the text detector is right about the line, which has a margin."""
    return grown(quad, 0.25, 0.2, 0.25, 0.2)
