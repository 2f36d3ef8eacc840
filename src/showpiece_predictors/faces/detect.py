"""CenterFace: every face in an image, with five landmarks, at any size and shape of image.

Xu, Yan, Yang et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2020 (arXiv:1911.03599).
The network predicts, on a grid of one cell per 4 x 4 pixels, how likely a face has its centre in the cell, the log of
its height and width in cells, the offset of the centre, and the landmarks as fractions of the box.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from showpiece_predictors.onnx import session

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    Array = npt.NDArray[np.float32]

CELL = 4  # pixels a grid cell
STRIDE = 32  # the network halves the image five times
QUICK_SIDE = 480  # pixels of the longer side in the first look
HINT = 0.25  # in the first look, as little as this counts as a hint of a face
SMALL = 40  # pixels: a hint under this size in the first look calls for a second one,
SIDE = 640  # at this size;
TINY = 14  # under this,
CROWD_SIDE = 960  # at this size
OVERLAP = 0.3  # two boxes that share more (intersection over union) are one face
#: The size is fixed to 10 x 3 x 32 x 32 in the file. Each dimension is two bytes, `dim_value` and the number; as
#: `dim_param` and an empty name they mean "any size", and no length in the file changes.
_FIXED = bytes.fromhex("0a02080a0a0208030a0208200a020820")
_ANY = bytes.fromhex("0a0212000a0208030a0212000a021200")


@dataclass(frozen=True)
class Detection:
    """A face, in pixels of the image; it may reach beyond the edge.

    `box`: left, top, right, bottom. `points`: (5, 2) x and y of both eyes, the nose, both corners of the mouth, from
    left to right in the picture.
    """

    box: tuple[float, float, float, float]
    points: Array
    confidence: float

    @property
    def size(self) -> float:
        """The longer side, in pixels."""
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @property
    def center(self) -> tuple[float, float]:
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2


class Detector:
    def __init__(self, model: Path) -> None:
        data = model.read_bytes()
        if data.count(_FIXED) != 1:
            raise ValueError(f"{model.name} is not the CenterFace model that this code knows")
        self._session = session(data.replace(_FIXED, _ANY))

    def __call__(self, image: Image.Image, threshold: float = 0.5) -> list[Detection]:
        """Faces of an RGB image, the surest first.

        A quick look settles the common photo of one or a few people. Only where it shows small faces, or none, is the
        image looked at again, larger.
        """
        hints = self._at(image, QUICK_SIDE, min(threshold, HINT))
        found = [face for face in hints if face.confidence > threshold]
        scale = min(1.0, QUICK_SIDE / max(image.size))
        smallest = min((face.size * scale for face in hints), default=SMALL)
        if scale < 1 and (not found or smallest < SMALL):
            found = self._at(image, CROWD_SIDE if smallest < TINY else SIDE, threshold)
        return found or self._framed(image, threshold)

    def _framed(self, image: Image.Image, threshold: float) -> list[Detection]:
        """A face that fills the picture is larger than any that the network was taught: show it in a wider frame."""
        margin = max(image.size) // 4
        framed = Image.new("RGB", (image.width + 2 * margin, image.height + 2 * margin))
        framed.paste(image, (margin, margin))
        return [
            Detection(
                (x1 - margin, y1 - margin, x2 - margin, y2 - margin), detection.points - margin, detection.confidence
            )
            for detection in self._at(framed, QUICK_SIDE, threshold)
            for x1, y1, x2, y2 in [detection.box]
        ]

    def _at(self, image: Image.Image, side: int, threshold: float) -> list[Detection]:
        """Faces seen with the longer side shrunk to at most `side` pixels."""
        scale = min(1.0, side / max(image.size))
        width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
        seen = image
        if scale < 1:
            # reducing_gap: a large photo is first shrunk by a whole factor, which costs a tenth of a full resampling.
            seen = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        frame = np.zeros((-(-height // STRIDE) * STRIDE, -(-width // STRIDE) * STRIDE, 3), np.float32)
        frame[:height, :width] = np.asarray(seen)
        outputs = self._session.run(None, {"input.1": np.ascontiguousarray(frame.transpose(2, 0, 1))[None]})
        boxes, points, scores = decode(outputs, threshold)
        ratio = (image.width / width, image.height / height)
        boxes *= np.array(ratio * 2, np.float32)
        points *= np.array(ratio, np.float32)
        keep = suppress(boxes, scores, OVERLAP)
        return [
            Detection((float(b[0]), float(b[1]), float(b[2]), float(b[3])), points[i], float(scores[i]))
            for i in keep
            for b in [boxes[i]]
        ]


def decode(outputs: list[Array], threshold: float) -> tuple[Array, Array, Array]:
    """Network output to boxes (N, 4), landmarks (N, 5, 2) and scores (N), in pixels of what the network saw."""
    heat, size, offset, landmarks = (output[0] for output in outputs)
    rows, columns = np.nonzero(heat[0] > threshold)
    height, width = np.exp(size[:, rows, columns]) * CELL
    left = (columns + offset[1, rows, columns] + 0.5) * CELL - width / 2
    top = (rows + offset[0, rows, columns] + 0.5) * CELL - height / 2
    boxes = np.stack([left, top, left + width, top + height], axis=1).astype(np.float32)
    marks = landmarks[:, rows, columns].reshape(5, 2, -1)
    points = np.stack([marks[:, 1] * width + left, marks[:, 0] * height + top], axis=2)
    return boxes, points.transpose(1, 0, 2).astype(np.float32), heat[0, rows, columns].astype(np.float32)


def suppress(boxes: Array, scores: Array, overlap: float) -> list[int]:
    """Greedy non-maximum suppression: indices of the boxes that stay, the surest first."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    order = np.argsort(-scores, kind="stable")
    keep: list[int] = []
    while order.size:
        best, rest = order[0], order[1:]
        keep.append(int(best))
        sides = np.minimum(boxes[best, 2:], boxes[rest, 2:]) - np.maximum(boxes[best, :2], boxes[rest, :2])
        shared = np.prod(np.clip(sides, 0, None), axis=1)
        order = rest[shared <= overlap * (areas[best] + areas[rest] - shared)]
    return keep
