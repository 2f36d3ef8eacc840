"""The turned square of a frame that a person fills, and how to cut it out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Array = npt.NDArray[np.float32]

#: How much larger the square is than the circle around the body, as MediaPipe has it.
ROOM = 1.25


@dataclass(frozen=True)
class Region:
    """A square around `x`, `y` with the given side, in pixels; `turn` in radians, clockwise on the screen."""

    x: float
    y: float
    side: float
    turn: float = 0.0

    @property
    def upright(self) -> Region:
        """The same without its turn."""
        return Region(self.x, self.y, self.side)

    def outward(self, points: Array) -> Array:
        """(n, 2) points of the square, from (0, 0) to (1, 1), as points of the frame in pixels."""
        cos, sin = math.cos(self.turn) * self.side, math.sin(self.turn) * self.side
        x, y = points[:, 0] - 0.5, points[:, 1] - 0.5
        return np.stack([self.x + cos * x - sin * y, self.y + sin * x + cos * y], axis=1).astype(np.float32)


def around(middle: npt.ArrayLike, head: npt.ArrayLike) -> Region:
    """The square around a body by the two points that BlazePose gives for it.

    `middle` is between the hips, `head` a point as far from it as the body reaches, in the direction of the head; both
    x and y in pixels. Source: Bazarevsky et al. 2020, "BlazePose", section 2.1, and MediaPipe's pose_detection_to_roi.
    """
    (x, y), (to_x, to_y) = np.asarray(middle, np.float64), np.asarray(head, np.float64)
    return Region(
        float(x),
        float(y),
        max(1.0, 2 * ROOM * math.hypot(to_x - x, to_y - y)),
        math.atan2(to_x - x, y - to_y),
    )


def cut_out(image: Image.Image, region: Region, size: int) -> Array:
    """What lies in the region, as (1, size, size, 3) RGB from 0 to 1. What lies outside the frame is black."""
    step = region.side / size
    cos, sin = math.cos(region.turn) * step, math.sin(region.turn) * step
    half = size / 2
    matrix = (
        cos, -sin, region.x - half * cos + half * sin,
        sin, cos, region.y - half * sin - half * cos,
    )  # fmt: skip
    # Bilinear alone would skip pixels of a person close to the camera.
    if step > 2:
        factor = int(step)
        image = image.reduce(factor)
        matrix = tuple(value / factor for value in matrix)  # type: ignore[assignment]
    turned = image.transform((size, size), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    return np.asarray(turned, np.float32)[None] / np.float32(255)
