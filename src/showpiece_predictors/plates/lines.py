"""Lines of text in an image: the PP-OCRv6 small detector (DB, Liao et al. 2020), and its map turned into quads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from showpiece_predictors.onnx import session

from .components import components, outline
from .geometry import Array, area, grown, size, smallest_rectangle

if TYPE_CHECKING:
    from pathlib import Path

STRIDE = 32
#: A pixel of the map belongs to text from here on, a region counts from the mean there on (RapidOCR's settings).
PIXEL, REGION = 0.3, 0.45
#: The network marks shrunken lines; they grow back by area * this / circumference.
UNCLIP = 1.6
#: Regions thinner than this many pixels of the map are specks.
THIN = 3.0
#: Regions looked at, the largest first: a page of text has many, a car does not.
MOST = 120


@dataclass(frozen=True)
class Line:
    """A line of text: its quad in pixels of the image, and how sure the detector is."""

    quad: Array
    score: float


class LineDetector:
    """Finds lines of text. Thread-safe."""

    def __init__(self, model: Path) -> None:
        self._session = session(model)

    def __call__(self, image: Image.Image, side: int) -> list[Line]:
        """Lines of an RGB image seen with its longer side at `side` pixels, small ones up to twice as large."""
        scale = min(side / max(image.size), 2.0) if max(image.size) else 1.0
        width, height = (max(STRIDE, round(edge * scale / STRIDE) * STRIDE) for edge in image.size)
        seen = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(seen, np.float32)[:, :, ::-1] / 127.5 - 1.0  # trained on BGR
        heat = self._session.run(None, {"x": np.ascontiguousarray(pixels.transpose(2, 0, 1))[None]})[0][0, 0]
        ratio = np.array([image.width / width, image.height / height], np.float32)
        return [Line(line.quad * ratio, line.score) for line in decode(heat)]


def decode(heat: npt.NDArray[np.float32]) -> list[Line]:
    """A (H, W) map of probabilities to lines in its own pixels, the largest first."""
    found = []
    for part in components(heat > PIXEL)[:MOST]:
        values = [heat[y, first:last] for y, first, last in part.tolist()]
        score = float(np.concatenate(values).mean())
        if score < REGION:
            continue
        quad = smallest_rectangle(outline(part))
        width, height = size(quad)
        if min(width, height) < THIN:
            continue
        out = area(quad) * UNCLIP / (2 * (width + height)) / height
        found.append(Line(grown(quad, out, out, out, out), score))
    return found
