"""Photo in, plates out: outlines, straight strips, reading, ranking, then the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from showpiece_predictors.base import Picture
from showpiece_predictors.onnx import session

from . import ctc, rank
from .decode import decode
from .detect import Outline, find_plates
from .draw import draw, sheet
from .geometry import Array, bounds, size
from .layout import Arrangement, within
from .lines import LineDetector
from .rank import Found, regions_by_shape, unrivalled
from .read import Reader, strip
from .schema import ALTERNATIVES, LEGIBLE, SURE_OF_REGION, THERE, Plate, PlatesInput, PlatesOutput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from showpiece_predictors.base import Progress

    from .decode import Reading

#: Photos are brought to this longer side: more shows nothing of a plate that can be read anyway.
LARGEST = 1600
#: Each line is read with these margins, in shares of its height: no one is best for all plates.
MARGINS = (0.0, 0.12)
#: A reading as sure as this is not looked for any further.
SETTLED = 0.9
#: A plate less wide for its height than this may have two lines, or words above and below its number.
SINGLE = 2.6
#: Outlines that are read, the surest first.
MOST = 8
DETECTOR = Path(__file__).with_name("detector.onnx")
#: Cyrillic capitals for the Latin ones of the same shape.
CYRILLIC = str.maketrans("ABEKMHOPCTYXI", "АВЕКМНОРСТУХІ")
CYRILLIC_REGIONS = ("ru", "ua")


class Pipeline:
    """The loaded models. Thread-safe: nothing is kept between calls."""

    def __init__(self, models: Path) -> None:
        self._detector = session(DETECTOR)
        self._lines = LineDetector(models / "PP-OCRv6_det_small.onnx")
        self._read = Reader(models / "PP-OCRv6_rec_small.onnx")

    def __call__(self, given: PlatesInput, progress: Progress) -> PlatesOutput:
        """Raises whatever `progress` raises."""
        image = Image.fromarray(given.image.pixels)
        progress(0.0, "finding plates")
        seen = _reduced(image)
        outlines = find_plates(self._detector, np.asarray(seen))[:MOST]
        found = []
        for number, outline in enumerate(outlines):
            progress(0.3 + 0.6 * number / len(outlines), "reading plates")
            found.append(self.read(seen, outline, given.region))
        progress(0.9, "drawing")
        ratio = np.array([image.width / seen.width, image.height / seen.height], np.float32)
        plates = [
            plate
            for one in unrivalled(found)
            if one.confidence >= THERE and (plate := _plate(one, one.quad * ratio, image.size, given.alphabet)) is not None
        ][: given.max_plates]
        picture, rows = draw(image, plates), sheet(image, plates)
        return PlatesOutput(
            plates=plates,
            image=Picture(np.asarray(picture)),
            crops=None if rows is None else Picture(np.asarray(rows)),
        )

    def read(self, image: Image.Image, outline: Outline, hint: str) -> Found:
        """A plate with its readings. First it is read as one line; where that leaves doubts, its lines are looked for."""
        whole = Arrangement((outline.quad,), outline.score)
        found = Found(outline.quad, outline.score, self._readings(image, outline.quad, [whole], hint))
        width, height = size(outline.quad)
        if found.readings and rank.legibility(found.readings[0]) >= SETTLED and width > SINGLE * height:
            return found
        ways = within(image, outline.quad, self._lines)
        again = Found(outline.quad, outline.score, self._readings(image, outline.quad, ways, hint))
        return max(found, again, key=lambda one: one.readings[0].score if one.readings else -np.inf)

    def _readings(
        self, image: Image.Image, quad: Array, ways: Sequence[Arrangement], hint: str
    ) -> tuple[Reading, ...]:
        """The readings of the best of several ways to cut a plate into lines."""
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
