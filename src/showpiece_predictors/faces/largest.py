"""Where the largest face of a photo is, without age and sex: for cutting out portraits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors.base import Picture

    from .detect import Detection


def largest_face(picture: Picture, models: Path) -> Detection | None:
    """The face that takes most of the picture, None where there is none.

    Loads the detector and lets it go again: portraits are cut out too seldom to keep it in memory. Raises `OSError`
    when the model is not in the directory `models`.
    """
    from PIL import Image

    from .detect import Detector

    found = Detector(models / "centerface.onnx")(Image.fromarray(picture.pixels))
    return max(found, key=lambda face: face.size, default=None)
