"""BlazePose's detector: where in a frame people are, and how they are turned.

Bazarevsky et al. 2020, "BlazePose: On-device Real-time Body Pose tracking" (arXiv 2006.10204), section 2.1. The
constants below are those that MediaPipe publishes for the network (modules/pose_detection/pose_detection_cpu.pbtxt).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

from .region import Array, Region, around

if TYPE_CHECKING:
    from .network import Network

SIZE = 224
#: Cells of each of the network's maps along a side, and how many boxes each cell proposes.
MAPS = ((28, 2), (14, 2), (7, 6))
#: From this score on there is a person.
PERSON = 0.5
#: Boxes that share this much of their union are of one person.
SAME = 0.3


class Candidate(NamedTuple):
    """A person that the detector proposes: how sure it is, from 0 to 1, and the square that the body fills."""

    score: float
    region: Region


@cache
def anchors() -> Array:
    """(2254, 2): x and y of the middle that each proposal is measured from, in shares of the side."""
    rows = []
    for cells, boxes in MAPS:
        y, x = np.mgrid[:cells, :cells].reshape(2, -1)
        rows.append(np.repeat((np.stack([x, y], axis=1) + 0.5) / cells, boxes, axis=0))
    return np.concatenate(rows).astype(np.float32)


def letterboxed(image: Image.Image) -> tuple[Array, float, tuple[float, float]]:
    """The frame shrunk into the network's square, from -1 to 1; the scale and the offset that lead back.

    A pixel p of the frame lies at p * scale + offset of the square.
    """
    scale = SIZE / max(image.size)
    width, height = (max(1, round(edge * scale)) for edge in image.size)
    left, top = (SIZE - width) // 2, (SIZE - height) // 2
    square = Image.new("RGB", (SIZE, SIZE))
    square.paste(image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0), (left, top))
    return (np.asarray(square, np.float32) / 127.5 - 1)[None], scale, (left, top)


def closer(image: Image.Image) -> list[tuple[int, int, int, int]]:
    """Overlapping squares of a frame: left, top, right, bottom. In them who is far away is almost twice as large."""
    width, height = image.size
    side = min(max(width, height) * 9 // 16, min(width, height))
    across = (0, (width - side) // 2, width - side)
    down = (0, (height - side) // 2, height - side)
    return sorted({(x, y, x + side, y + side) for x in across for y in down})


def detect_closer(network: Network, image: Image.Image) -> list[Candidate]:
    """The people in a frame, looked for in parts of it."""
    found = []
    for box in closer(image):
        for score, region in detect(network, image.crop(box)):
            found.append(Candidate(score, replace(region, x=region.x + box[0], y=region.y + box[1])))
    return sorted(found, reverse=True, key=lambda candidate: candidate.score)


def detect(network: Network, image: Image.Image) -> list[Candidate]:
    """The people in a frame, the surest first."""
    square, scale, offset = letterboxed(image)
    found = network(square)
    scores = 1 / (1 + np.exp(-np.clip(found["Identity_1"][0, :, 0], -80, 80)))
    likely = np.flatnonzero(scores >= PERSON)
    likely = likely[np.argsort(-scores[likely])]
    raw = found["Identity"][0][likely] / SIZE
    base = anchors()[likely]
    middles, sizes = raw[:, 0:2] + base, raw[:, 2:4]
    boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1)
    hips, heads = raw[:, 4:6] + base, raw[:, 6:8] + base
    candidates = []
    for place, others in _people(boxes):
        # The proposals of one person are averaged by their scores, as MediaPipe does: steadier than the best alone.
        weights = scores[likely[others]]
        hip, head = (
            (np.average(points[others], axis=0, weights=weights) * SIZE - offset) / scale for points in (hips, heads)
        )
        candidates.append(Candidate(float(scores[likely[place]]), around(hip, head)))
    return candidates


def _people(boxes: Array) -> list[tuple[int, list[int]]]:
    """Non-maximum suppression of (n, 4) boxes, the surest first: each that is kept, with all that it stands for."""
    left = list(range(len(boxes)))
    people = []
    while left:
        best = left[0]
        same = [n for n in left if _shared(boxes[best], boxes[n]) > SAME or n == best]
        people.append((best, same))
        left = [n for n in left if n not in same]
    return people


def _shared(a: Array, b: Array) -> float:
    """Intersection over union."""
    wide, high = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    inner = max(float(wide), 0.0) * max(float(high), 0.0)
    union = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - inner
    return inner / union if union > 0 else 0.0
