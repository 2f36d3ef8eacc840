"""Photo in, plates out: outlines, straight strips, reading, ranking, then the pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from showpiece_predictors.base import Picture

from . import ctc
from .decode import decode
from .detect import Candidate, by_text, lines_within
from .draw import draw, sheet
from .geometry import Array, bounds, grown, size
from .layout import Arrangement
from .lines import LineDetector
from .rank import Found, regions_by_shape, unrivalled
from .read import Reader, strip
from .schema import ALTERNATIVES, LEGIBLE, SURE_OF_REGION, Plate, PlatesInput, PlatesOutput

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors.base import Progress

    from .decode import Reading

#: Photos are brought to this longer side: more shows nothing of a plate that can be read anyway.
LARGEST = 1600
#: Each line is read with these margins, in shares of its height: no one is best for all plates.
MARGINS = (0.0, 0.12)
#: A reading as sure as this is not looked for any further.
SETTLED = 0.9
#: Cyrillic capitals for the Latin ones of the same shape.
CYRILLIC = str.maketrans("ABEKMHOPCTYXI", "АВЕКМНОРСТУХІ")
CYRILLIC_REGIONS = ("ru", "ua")


class Pipeline:
    """The loaded models. Thread-safe: nothing is kept between calls."""

    def __init__(self, models: Path) -> None:
        self._lines = LineDetector(models / "PP-OCRv6_det_small.onnx")
        self._read = Reader(models / "PP-OCRv6_rec_small.onnx")

    def __call__(self, given: PlatesInput, progress: Progress) -> PlatesOutput:
        """Raises whatever `progress` raises."""
        image = Image.fromarray(given.image.pixels)
        progress(0.0, "finding plates")
        seen = _reduced(image)
        candidates = by_text(seen, self._lines)
        found = []
        for number, candidate in enumerate(candidates):
            progress(0.5 + 0.4 * number / len(candidates), "reading plates")
            found.append(self.read(seen, candidate, given.region))
        progress(0.9, "drawing")
        ratio = np.array([image.width / seen.width, image.height / seen.height], np.float32)
        plates = [
            plate
            for one in unrivalled(found)
            if (plate := _plate(one, one.quad * ratio, image.size, given.alphabet)) is not None
        ][: given.max_plates]
        picture, rows = draw(image, plates), sheet(image, plates)
        return PlatesOutput(
            plates=plates,
            image=Picture(np.asarray(picture)),
            crops=None if rows is None else Picture(np.asarray(rows)),
        )

    def read(self, image: Image.Image, candidate: Candidate, hint: str) -> Found:
        """The best reading of one candidate."""
        return Found(candidate.quad, candidate.score, self._readings(image, candidate.quad, candidate.arrangements, hint))

    def _readings(
        self, image: Image.Image, quad: Array, ways: tuple[Arrangement, ...], hint: str
    ) -> tuple[Reading, ...]:
        parts = {part.tobytes(): part for way in ways for part in way.parts}
        seen = self._read([strip(image, part, margin) for part in parts.values() for margin in MARGINS])
        views = {key: seen[n * len(MARGINS) : (n + 1) * len(MARGINS)] for n, key in enumerate(parts)}
        shape = regions_by_shape(quad)
        best: tuple[Reading, ...] = ()
        for way in ways:
            chains = [ctc.chained([views[part.tobytes()][n] for part in way.parts]) for n in range(len(MARGINS))]
            readings = tuple(decode(chains, shape, hint))
            if readings and (not best or readings[0].score > best[0].score):
                best = readings
        return best


def _reduced(image: Image.Image) -> Image.Image:
    scale = LARGEST / max(image.size)
    if scale >= 1:
        return image
    smaller = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(smaller, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _plate(found: Found, quad: Array, limits: tuple[int, int], alphabet: str) -> Plate | None:
    """What is told of a plate. None where nothing of it lies in the image, or nothing in it can be read."""
    corners = np.clip(np.rint(quad), 0, np.array(limits)).astype(int)
    left, top, right, bottom = (int(edge) for edge in bounds(corners.astype(np.float32)))
    if right - left < 1 or bottom - top < 1 or not found.readings:
        return None
    best = found.readings[0]
    sure = found.confidence
    legible = sure >= LEGIBLE
    region_share = sum(reading.share for reading in found.readings if reading.region == best.region)
    known = legible and best.region != "xx" and region_share >= SURE_OF_REGION
    texts = [reading.text for reading in found.readings]
    if alphabet == "cyrillic" and best.region in CYRILLIC_REGIONS:
        texts = [text.translate(CYRILLIC) for text in texts]
    return Plate(
        text=texts[0] if legible else None,
        confidence=round(sure, 4),
        region=best.region if known else None,  # type: ignore[arg-type]
        region_probability=round(min(1.0, region_share), 4) if known else None,
        alternatives=(texts[1:] if legible else texts)[:ALTERNATIVES],
        characters=[round(value, 4) for value in best.characters] if legible else [],
        box=[left, top, right - left, bottom - top],
        quad=corners.tolist(),
    )
