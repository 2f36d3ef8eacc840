"""Photo in, plates out: candidates, straight strips, reading, ranking, then the pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from showpiece_predictors.base import Picture

from . import ctc, rank
from .detect import Candidate, around, from_lines
from .geometry import Array, bounds, grown, overlap, size, straightened
from .lines import LineDetector
from .read import HEIGHT, NARROWEST, WIDEST, Reader
from .schema import ALTERNATIVES, LEGIBLE, SURE_OF_REGION, Plate, PlatesInput, PlatesOutput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from showpiece_predictors.base import Progress

    from .layout import Arrangement
    from .rank import Reading

#: Photos are brought to this longer side: more shows nothing of a plate that can be read anyway.
LARGEST = 1600
#: Each line is read with these margins, in shares of its height: no one is best for all plates.
MARGINS = (0.0, 0.12)
#: Two plates do not overlap more than this.
OVERLAP = 0.3


@dataclass(frozen=True)
class Found:
    """A candidate with its best reading."""

    quad: Array
    reading: Reading
    confidence: float


class Pipeline:
    """The loaded models. Thread-safe: nothing is kept between calls."""

    def __init__(self, models: Path) -> None:
        self._lines = LineDetector(models / "PP-OCRv6_det_small.onnx")
        self._read = Reader(models / "PP-OCRv6_rec_small.onnx")

    def __call__(self, given: PlatesInput, progress: Progress) -> PlatesOutput:
        """Raises whatever `progress` raises."""
        image = Image.fromarray(given.image.pixels)
        progress(0.0, "finding plates")
        scale = min(1.0, LARGEST / max(image.size))
        seen = image
        if scale < 1:
            smaller = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            seen = image.resize(smaller, Image.Resampling.BILINEAR, reducing_gap=2.0)
        candidates = from_lines(seen, self._lines)
        progress(0.5, "reading plates")
        found = self.read(seen, candidates, given.region)
        progress(0.9, "drawing")
        ratio = np.array([image.width / seen.width, image.height / seen.height], np.float32)
        plates = [_plate(one, one.quad * ratio, image.size, given.alphabet) for one in found[: given.max_plates]]
        return PlatesOutput(plates=plates, image=Picture(np.asarray(image)), crops=None)

    def read(self, image: Image.Image, candidates: Sequence[Candidate], hint: str) -> list[Found]:
        """The plates among the candidates, the surest first; of those that overlap only the best."""
        parts = {part.tobytes(): part for candidate in candidates for way in candidate.arrangements for part in way.parts}
        strips = [_strip(image, part, margin) for part in parts.values() for margin in MARGINS]
        seen = self._read(strips)
        views = {key: seen[n * len(MARGINS) : (n + 1) * len(MARGINS)] for n, key in enumerate(parts)}
        found: list[Found] = []
        for candidate in candidates:
            best: tuple[Reading, Arrangement] | None = None
            for way in candidate.arrangements:
                chains = [
                    ctc.chained([views[part.tobytes()][view] for part in way.parts]) for view in range(len(MARGINS))
                ]
                reading = rank.decide(chains, hint)
                if reading is not None and (best is None or reading.score > best[0].score):
                    best = reading, way
            if best is not None:
                quad = candidate.quad if candidate.quad is not None else around(best[1].quad)
                found.append(Found(quad, best[0], rank.confidence(best[0], candidate.score)))
        found.sort(key=lambda one: -one.confidence)
        kept: list[Found] = []
        for one in found:
            if not any(overlap(one.quad, other.quad) > OVERLAP for other in kept):
                kept.append(one)
        return kept


def _strip(image: Image.Image, quad: Array, margin: float) -> Image.Image:
    wide = grown(quad, margin, margin, margin, margin)
    width, height = size(wide)
    return straightened(image, wide, int(np.clip(round(HEIGHT * width / max(height, 1e-6)), NARROWEST, WIDEST)), HEIGHT)


def _plate(found: Found, quad: Array, limits: tuple[int, int], alphabet: str) -> Plate:
    corners = np.clip(np.rint(quad), 0, np.array(limits)).astype(int)
    left, top, right, bottom = (int(edge) for edge in bounds(corners.astype(np.float32)))
    return Plate(
        text=found.reading.text,
        confidence=round(found.confidence, 4),
        region=None,
        region_probability=None,
        alternatives=[text for text, _ in found.reading.alternatives][:ALTERNATIVES],
        characters=[round(value, 4) for value in found.reading.characters],
        box=[left, top, right - left, bottom - top],
        quad=corners.tolist(),
    )
