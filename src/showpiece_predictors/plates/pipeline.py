"""Photo in, plates out: outlines, straight strips, reading, ranking, then the pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image

from showpiece_predictors.base import Picture
from showpiece_predictors.onnx import session

from . import ctc, grammar, rank, reader
from .cyrillic import TO_CYRILLIC, has_twins
from .decode import decode
from .detect import find_plates
from .draw import draw, sheet
from .geometry import GREY, Array, bounds, grown, size, straightened
from .layout import Arrangement, within
from .line_reader import LineReader, strip
from .lines import LineDetector
from .rank import Found, regions_by_shape, unrivalled
from .reader import PlateReader
from .schema import ALTERNATIVES, LEGIBLE, SURE_OF_REGION, UNREADABLE, Plate, PlatesInput, PlatesOutput, Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from showpiece_predictors.base import Progress

    from .decode import Reading
    from .detect import Outline
    from .reader import Seen

    Regions = npt.NDArray[np.float32]

#: Photos are brought to this longer side: more shows nothing of a plate that can be read anyway.
LARGEST = 1600
#: Each plate, and each line, is read with these margins: at its ends in shares of its width, above and below in shares
#: of its height. An outline may cut off the last character, so one look goes further.
MARGINS = ((0.0, 0.03), (0.07, 0.12))
#: The margins for the second opinion, whose strips keep their shape.
STRIP_MARGINS = (0.0, 0.12)
#: From the middle of an outer character to the plate's end, in distances between characters.
ROOM = 0.9
#: A reading as sure as this is not looked for any further.
SETTLED = 0.9
#: A plate less wide for its height than this may have two lines, or words above and below its number.
SINGLE = 2.6
#: Width by height of an image that may be nothing but a plate, and what is laid around it, in shares of its height: the
#: detector has learnt plates on something.
CUT_OUT, AROUND = (1.9, 7.0), 1.0
#: Outlines that are read, the surest first; further ones only if the detector's score is no less than this.
MOST, WORTH_MORE = 6, 0.6
#: Of these, so many may be looked at again, if the detector's score is no less than this.
MOST_AGAIN, WORTH_AGAIN = 3, 0.55
DETECTOR = Path(__file__).with_name("detector.onnx")
CYRILLIC_REGIONS = ("ru", "ua")


class Pipeline:
    """The loaded models. Thread-safe: nothing is kept between calls."""

    def __init__(self, models: Path) -> None:
        self._detector = session(DETECTOR)
        self._lines = LineDetector(models / "PP-OCRv6_det_small.onnx")
        self._reader = PlateReader(models / "PP-OCRv6_rec_small.onnx")
        self._line_reader = LineReader(models / "PP-OCRv6_rec_small.onnx")

    def __call__(self, given: PlatesInput, progress: Progress) -> PlatesOutput:
        """Raises whatever `progress` raises."""
        image = Image.fromarray(given.image.pixels)
        progress(0.0, "finding plates")
        seen = _reduced(image)
        every = self._find(seen)[: max(MOST, given.max_plates)]
        outlines = [one for number, one in enumerate(every) if number < MOST or one.score >= WORTH_MORE]
        found: list[Found] = []
        for number, outline in enumerate(outlines):
            progress(0.3 + 0.6 * number / len(outlines), "reading plates")
            # A sure plate makes doubtful ones unlikely to be plates: they are not worth a second look.
            best = max((one.detected for one in found if one.confidence >= SETTLED * 0.7), default=0.0)
            again = number < MOST_AGAIN and outline.score >= max(WORTH_AGAIN, 0.85 * best)
            found.append(self.read(seen, outline, given.region, again=again))
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

    def _find(self, image: Image.Image) -> list[Outline]:
        """Outlines in the image. One without any that has a plate's shape may be a plate and nothing else."""
        found = find_plates(self._detector, np.asarray(image))
        if found or not CUT_OUT[0] <= image.width / image.height <= CUT_OUT[1]:
            return found
        room = round(image.height * AROUND)
        framed = Image.new("RGB", (image.width + 2 * room, image.height + 2 * room), GREY)
        framed.paste(image, (room, room))
        found = find_plates(self._detector, np.asarray(framed))
        return [replace(one, quad=one.quad - np.float32(room)) for one in found]

    def read(self, image: Image.Image, outline: Outline, hint: str, *, again: bool = True) -> Found:
        """A plate with its readings. If the first look leaves doubts and `again` is true, its lines are looked for."""
        quad = outline.quad
        seen = self._reader(np.stack([_crop(image, quad, margin) for margin in MARGINS]))
        regions = _regions(quad, seen)
        views = [one.characters for one in seen]
        readings = decode(views, regions, hint) if again or any(map(ctc.promising, views)) else []
        width, height = size(quad)
        settled = bool(readings) and rank.legibility(readings[0]) >= SETTLED and width > SINGLE * height
        if again and not settled:
            whole = Arrangement((quad,))
            for way in (whole, *within(image, quad, self._lines)):
                other = self._read_again(image, way, regions, hint)
                if other and (not readings or other[0].score > readings[0].score):
                    readings = other
                if readings and len(way.parts) > 1 and rank.legibility(readings[0]) >= SETTLED:
                    break  # a single line may be one of two; two that read well are the whole
        return Found(_widened(quad, seen[-1], readings), outline.score, tuple(readings))

    def _read_again(self, image: Image.Image, way: Arrangement, regions: Regions, hint: str) -> list[Reading]:
        """The readings of a plate cut into lines in this way, by both readers."""
        crops = [_crop(image, part, margin) for margin in MARGINS for part in way.parts]
        strips = [strip(image, part, margin) for margin in STRIP_MARGINS for part in way.parts]
        seen = [one.characters for one in self._reader(np.stack(crops))] + self._line_reader(strips)
        count = len(way.parts)
        return decode([ctc.chained(seen[n : n + count]) for n in range(0, len(seen), count)], regions, hint)


def _crop(image: Image.Image, quad: Array, margin: tuple[float, float]) -> npt.NDArray[np.uint8]:
    """What lies in `quad` and in a margin around it (see MARGINS), as the reader wants it."""
    width, height = size(quad)
    ends, sides = margin[0] * width / max(height, 1e-6), margin[1]
    wide = grown(quad, ends, sides, ends, sides)
    return np.asarray(straightened(image, wide, reader.WIDTH, reader.HEIGHT))


def _widened(quad: Array, seen: Seen, readings: Sequence[Reading]) -> Array:
    """The outline with room for the first and the last character, as the look with the widest margin shows them.

    The detector is content with most of a plate; a plate's ends are about one character's width from the middles of
    its outer characters.
    """
    text = readings[0].text if readings else ""
    stands = ctc.align(seen.characters, text) if len(text) > 2 else None
    if stands is None:
        return quad
    first, last = (float(stands.steps[n] + 0.5) / len(seen.characters) for n in (0, -1))
    pitch = (last - first) / (len(text) - 1)
    margin = MARGINS[-1][0]
    # Where the outer characters stand in shares of the outline's own width, and how far beyond it the ends would lie.
    whole = 1 + 2 * margin
    left = ROOM * pitch * whole - (first * whole - margin)
    right = ROOM * pitch * whole + (last * whole - margin) - 1
    width, height = size(quad)
    shares = width / max(height, 1e-6)
    return grown(quad, min(max(left, 0.0), margin) * shares, 0.0, min(max(right, 0.0), margin) * shares, 0.0)


def _regions(quad: Array, seen: Sequence[Seen]) -> Regions:
    """(6,) log probabilities of `grammar.REGIONS`: by the picture, and by the shape, which the reader does not see."""
    shares = np.log([grammar.SHARES[region] for region in grammar.REGIONS])
    both = np.mean([one.regions for one in seen], axis=0) + regions_by_shape(quad) - shares
    known: Regions = (both - np.logaddexp.reduce(both)).astype(np.float32)
    return known


def _reduced(image: Image.Image) -> Image.Image:
    scale = LARGEST / max(image.size)
    if scale >= 1:
        return image
    smaller = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(smaller, Image.Resampling.BILINEAR, reducing_gap=2.0)


def _plate(found: Found, quad: Array, limits: tuple[int, int], alphabet: str) -> Plate | None:
    """What is told of a plate. None where nothing of it lies in the image, or where there may be no plate at all."""
    corners = np.clip(np.rint(quad), 0, np.array(limits)).astype(int)
    left, top, right, bottom = (int(edge) for edge in bounds(corners.astype(np.float32)))
    sure = found.confidence
    legible = sure >= LEGIBLE
    if right - left < 1 or bottom - top < 1 or not found.readings or (not legible and found.detected < UNREADABLE):
        return None
    best = found.readings[0]
    region, region_share = rank.likeliest_region(found.readings)
    known = legible and region != "xx" and region_share >= SURE_OF_REGION
    texts = [reading.text for reading in found.readings]
    if alphabet == "cyrillic" and known and region in CYRILLIC_REGIONS:
        texts = [text.translate(TO_CYRILLIC) if has_twins(text) else text for text in texts]
    return Plate(
        text=texts[0] if legible else None,
        confidence=round(sure, 4),
        region=cast(Region, region) if known else None,
        region_probability=round(min(1.0, region_share), 4) if known else None,
        alternatives=(texts[1:] if legible else texts)[:ALTERNATIVES],
        characters=[round(value, 4) for value in best.characters] if legible else [],
        box=[left, top, right - left, bottom - top],
        quad=corners.tolist(),
    )
