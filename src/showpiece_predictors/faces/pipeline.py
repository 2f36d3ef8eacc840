"""Photo in, faces out: detector, then age and sex of each face, then the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from showpiece_predictors.base import Picture

from .attributes import BATCH, Attributes, Estimator
from .detect import Detection, Detector
from .draw import draw
from .schema import AGE_RANGE, GROWN, SURE, Face, FacesInput, FacesOutput

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors.base import Progress


class Pipeline:
    """The loaded models. Thread-safe: nothing is kept between calls."""

    def __init__(self, models: Path) -> None:
        self._detect = Detector(models / "centerface.onnx")
        self._estimate = Estimator(models / "age-v1.onnx", models / "gender-v1.onnx")

    def __call__(self, given: FacesInput, progress: Progress) -> FacesOutput:
        """Raises whatever `progress` raises."""
        image = Image.fromarray(given.image.pixels)
        progress(0.0, "finding faces")
        found = self._detect(image, given.min_confidence)[: given.max_faces]
        attributes: list[Attributes] = []
        for start in range(0, len(found), BATCH):
            progress(0.5 + 0.4 * start / len(found), "estimating age and sex")
            attributes += self._estimate(image, found[start : start + BATCH])
        progress(0.9, "drawing")
        # A box that lies wholly in the frame added around a close-up marks nothing in the photo.
        faces = [face for pair in zip(found, attributes, strict=True) if (face := _face(*pair, image.size)) is not None]
        picture = draw(image, faces, labels=given.labels)
        return FacesOutput(faces=faces, image=Picture(np.asarray(picture)))


def _face(found: Detection, attributes: Attributes, size: tuple[int, int]) -> Face | None:
    left, top = (max(0, round(edge)) for edge in found.box[:2])
    right, bottom = (min(limit, round(edge)) for edge, limit in zip(found.box[2:], size, strict=True))
    if right - left < 1 or bottom - top < 1:
        return None
    probability = max(attributes.male, 1 - attributes.male)
    grown = attributes.age >= GROWN
    sex = ("male" if attributes.male >= 0.5 else "female") if grown and probability >= SURE else None
    return Face(
        box=[left, top, right - left, bottom - top],
        confidence=round(min(1.0, found.confidence), 4),
        age=round(attributes.age, 1),
        age_low=max(0, round(attributes.age) - AGE_RANGE),
        age_high=round(attributes.age) + AGE_RANGE,
        sex=sex,
        sex_probability=round(probability, 4) if grown else None,
    )
