"""Find number plates with `detector.onnx`: numpy, Pillow and onnxruntime only.

The network says, on a grid of one cell per 8 x 8 pixels, how likely a plate has its middle in the cell and where its
four corners are ("Objects as Points", Zhou, Wang, Krähenbühl 2019, arXiv:1904.07850).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import numpy.typing as npt
    import onnxruntime as ort

    Floats = npt.NDArray[np.float32]

CELL = 8  # pixels a grid cell
STRIDE = 32  # the network halves the image five times
SIDE = 640  # pixels of the longer side in the first look
NEAR_SIDE = 1280  # in the second, for plates far away
FAR_SIDE = 320  # in the third, for a plate that fills the picture
WIDE = 150  # pixels, as seen in the first look: the far look sees the corners of such a plate better
#: Widths in pixels, as seen, that a look is trusted with: what is small in one look is seen better in a larger one.
WIDTHS, NEAR_WIDTHS, FAR_WIDTHS = (12.0, 1e9), (12.0, 180.0), (70.0, 1e9)
SURE = 0.6  # a first look with a plate of this score is enough
THRESHOLD = 0.4  # finds as many of the labelled plates as 0.3, with less than half of the false ones
ALIKE = 0.6  # cells whose boxes share this much (intersection over union) speak of one plate: corners are averaged
SAME = 0.3  # boxes that share this much of the smaller of the two are one plate


@dataclass(frozen=True, eq=False)
class Outline:
    """A plate: `quad` (4, 2), x and y of its corners in the image, clockwise from the plate's own top left."""

    quad: Floats
    score: float


def find_plates(
    session: ort.InferenceSession, image: npt.NDArray[np.uint8], threshold: float = THRESHOLD
) -> list[Outline]:
    """Plates of an upright RGB image (height, width, 3), the surest first; corners may lie a little outside.

    A quick look settles most photos. One without a sure plate is looked at again: larger, for a plate far away, and
    smaller, for one that fills the picture. The network was taught plates of 20 to 220 pixels.
    """
    found = look(session, image, SIDE, threshold, WIDTHS)
    scale = min(1.0, SIDE / max(image.shape[:2]))
    sure = max((one.score for one in found), default=0.0) >= SURE
    wide = [one for one in found if width_of(one.quad) * scale > WIDE]
    if not sure and max(image.shape[:2]) > SIDE * 1.2:
        found += look(session, image, NEAR_SIDE, threshold, NEAR_WIDTHS)
    if not sure or wide:
        found += look(session, image, FAR_SIDE, threshold, FAR_WIDTHS)
    # The corners of a wide plate are vague in the first look: it counts only where the far look saw none.
    kept = merge([one for one in found if one not in wide], [])
    return sorted(merge(wide, kept), key=lambda one: -one.score)


def look(
    session: ort.InferenceSession,
    image: npt.NDArray[np.uint8],
    side: int,
    threshold: float,
    widths: tuple[float, float],
) -> list[Outline]:
    """Plates seen with the longer side shrunk to at most `side` pixels, as wide as `widths` allow in these pixels."""
    rows, columns = image.shape[:2]
    scale = min(1.0, side / max(rows, columns))
    height, width = max(1, round(rows * scale)), max(1, round(columns * scale))
    seen = image
    if scale < 1:
        # reducing_gap: a large photo is first shrunk by a whole factor, which costs a tenth of a full resampling.
        small = Image.fromarray(image).resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        seen = np.asarray(small)
    frame = np.full((1, -(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, 3), 114, np.uint8)
    frame[0, :height, :width] = seen
    cells = session.run(None, {"image": frame})[0]
    found = [one for one in decode(cells, threshold) if widths[0] <= width_of(one.quad) <= widths[1]]
    ratio = np.array((columns / width, rows / height), np.float32)
    return [Outline(one.quad * ratio, one.score) for one in found]


def decode(cells: Floats, threshold: float) -> list[Outline]:
    """Network output (9, rows, columns) to plates in pixels of what the network saw, the surest first."""
    rows, columns = np.nonzero(cells[0] > threshold)
    scores = cells[0, rows, columns]
    centers = np.stack([columns, rows], axis=1).astype(np.float32) * CELL + CELL / 2
    quads = cells[1:, rows, columns].T.reshape(-1, 4, 2) + centers[:, None]
    boxes = boxes_of(quads)
    found = []
    left = np.argsort(-scores, kind="stable")
    while left.size:
        best = left[0]
        shared, areas = overlap(boxes[best], boxes[left])
        alike = left[shared >= ALIKE * (areas + areas[0] - shared)]
        weights = (scores[alike] ** 2)[:, None, None]
        quad = (quads[alike] * weights).sum(0) / weights.sum()
        found.append(Outline(quad.astype(np.float32), float(scores[best])))
        rest = shared <= SAME * np.minimum(areas, areas[0])
        rest[0] = False
        left = left[rest]
    return found


def merge(found: list[Outline], kept: list[Outline]) -> list[Outline]:
    """What is kept already, and the surest of the others for each plate that is not among it."""
    kept = list(kept)
    for one in sorted(found, key=lambda one: -one.score):
        box = boxes_of(one.quad[None])[0]
        shared, areas = overlap(box, boxes_of(np.array([other.quad for other in kept], np.float32).reshape(-1, 4, 2)))
        if not (shared > SAME * np.minimum(areas, np.prod(box[2:] - box[:2]))).any():
            kept.append(one)
    return kept


def width_of(quad: Floats) -> float:
    """The mean of the upper and the lower edge."""
    return float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2


def boxes_of(quads: Floats) -> Floats:
    """(N, 4, 2) -> (N, 4): left, top, right, bottom of the upright boxes round them."""
    return np.concatenate([quads.min(1), quads.max(1)], axis=1)


def overlap(box: Floats, others: Floats) -> tuple[Floats, Floats]:
    """The area that a box shares with each of the others (N, 4), and the areas of those."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    return np.prod(np.clip(sides, 0, None), axis=1), np.prod(others[:, 2:] - others[:, :2], axis=1)
