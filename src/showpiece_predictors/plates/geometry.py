"""Four-cornered outlines: order, size, smallest rectangle around points, joining, straightening by a warp.

A quad is a (4, 2) float array of x, y in pixels, clockwise from the corner where reading begins (top left).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

Array = npt.NDArray[np.float32]
Box = tuple[float, float, float, float]  #: left, top, right, bottom


def rectangle(left: float, top: float, right: float, bottom: float) -> Array:
    """An upright quad."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def bounds(quad: Array) -> Box:
    """The upright box around a quad."""
    low, high = quad.min(axis=0), quad.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def size(quad: Array) -> tuple[float, float]:
    """Width and height: the means of opposite sides."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return float(sides[0] + sides[2]) / 2, float(sides[1] + sides[3]) / 2


def area(quad: Array) -> float:
    """By the shoelace formula; never negative."""
    x, y = quad[:, 0], quad[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def slope(quad: Array) -> float:
    """The angle of the reading direction in radians, positive where it goes down to the right."""
    along = quad[1] + quad[2] - quad[0] - quad[3]
    return float(np.arctan2(along[1], along[0]))


def ordered(points: Array) -> Array:
    """Four corners of a convex outline, clockwise on the screen from the top left one.

    A rectangle that is turned by more than 45° is read along its longer side.
    """
    center = points.mean(axis=0)
    turn = np.argsort(np.arctan2(points[:, 1] - center[1], points[:, 0] - center[0]), kind="stable")
    quad = points[turn].astype(np.float32)
    width, height = size(quad)
    # The side along which one reads goes from left to right; of the two that do, the longer one is meant.
    starts = [n for n in range(4) if quad[(n + 1) % 4, 0] - quad[n, 0] > 0]
    sides = (width, height)
    if abs(width - height) > 0.1 * max(width, height):
        longer = [n for n in starts if sides[n % 2] == max(sides)]
        starts = longer or starts
    flattest = min(
        starts or [0],
        key=lambda n: abs(np.arctan2(quad[(n + 1) % 4, 1] - quad[n, 1], quad[(n + 1) % 4, 0] - quad[n, 0])),
    )
    return np.roll(quad, -flattest, axis=0)


def hull(points: Array) -> Array:
    """The convex hull by Andrew's monotone chain, clockwise on the screen; fewer than three points as they are."""
    unique = np.unique(points, axis=0)
    if len(unique) < 3:
        return unique

    def chain(rows: list[list[float]]) -> list[list[float]]:
        kept: list[list[float]] = []
        for x, y in rows:
            while len(kept) > 1 and (
                (kept[-1][0] - kept[-2][0]) * (y - kept[-2][1]) - (kept[-1][1] - kept[-2][1]) * (x - kept[-2][0]) <= 0
            ):
                kept.pop()
            kept.append([x, y])
        return kept[:-1]

    rows = unique.tolist()
    return np.array(chain(rows) + chain(rows[::-1]), np.float32)


def smallest_rectangle(points: Array) -> Array:
    """The quad of the smallest area around (N, 2) points, N > 0: one of its sides lies on a side of their hull."""
    corners = hull(points.astype(np.float32))
    if len(corners) < 3:
        return ordered(rectangle(*bounds(corners)))
    sides = np.roll(corners, -1, axis=0) - corners
    angles = np.arctan2(sides[:, 1], sides[:, 0])
    cos, sin = np.cos(angles), np.sin(angles)
    axes = np.stack([np.stack([cos, sin], 1), np.stack([-sin, cos], 1)], 1)  # (N, 2, 2): along and across each side
    seen = axes @ corners.T  # (N, 2, points)
    low, high = seen.min(axis=2), seen.max(axis=2)
    best = int(np.argmin(np.prod(high - low, axis=1)))
    (x0, y0), (x1, y1) = low[best], high[best]
    return ordered((rectangle(x0, y0, x1, y1) @ axes[best]).astype(np.float32))


def grown(quad: Array, left: float, top: float, right: float, bottom: float) -> Array:
    """A quad with its sides moved outwards, by shares of its height, along its own sides."""
    height = size(quad)[1]
    out = quad.astype(np.float32).copy()
    for a, b, near, far in ((0, 1, left, right), (3, 2, left, right)):
        along = quad[b] - quad[a]
        along = along / max(float(np.linalg.norm(along)), 1e-6) * height
        out[a] -= along * near
        out[b] += along * far
    for a, b, near, far in ((0, 3, top, bottom), (1, 2, top, bottom)):
        down = quad[b] - quad[a]
        down = down / max(float(np.linalg.norm(down)), 1e-6) * height
        out[a] -= down * near
        out[b] += down * far
    return out


def joined(quads: Sequence[Array]) -> Array:
    """The smallest quad around several ones, turned like the widest of them."""
    widest = max(quads, key=lambda quad: size(quad)[0])
    angle = slope(widest)
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    seen = np.concatenate(list(quads)) @ axes.T
    low, high = seen.min(axis=0), seen.max(axis=0)
    return (rectangle(low[0], low[1], high[0], high[1]) @ axes).astype(np.float32)


def overlap(a: Array, b: Array) -> float:
    """Intersection over the smaller of the two upright boxes."""
    (ax0, ay0, ax1, ay1), (bx0, by0, bx1, by1) = bounds(a), bounds(b)
    shared = max(0.0, min(ax1, bx1) - max(ax0, bx0)) * max(0.0, min(ay1, by1) - max(ay0, by0))
    smaller = min((ax1 - ax0) * (ay1 - ay0), (bx1 - bx0) * (by1 - by0))
    return shared / smaller if smaller > 0 else 0.0


def coefficients(source: Array, target: Array) -> list[float]:
    """The eight numbers of the perspective transform from `target` points to `source` points (Pillow's `PERSPECTIVE`).

    x' = (ax + by + c) / (gx + hy + 1), y' = (dx + ey + f) / (gx + hy + 1). Raises numpy.linalg.LinAlgError where three
    points lie on one line.
    """
    rows, values = [], []
    for (x, y), (u, v) in zip(target.astype(float).tolist(), source.astype(float).tolist(), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(values))]


def mapped(numbers: Sequence[float], points: Array) -> Array:
    """(N, 2) points sent through the eight numbers of `coefficients`."""
    a, b, c, d, e, f, g, h = numbers
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    below = g * x + h * y + 1
    return np.stack([(a * x + b * y + c) / below, (d * x + e * y + f) / below], axis=1).astype(np.float32)


def straightened(image: Image.Image, quad: Array, width: int, height: int) -> Image.Image:
    """What lies in `quad` as an upright picture of `width` x `height` pixels; grey where the image ends.

    A quad much larger than the target is first shrunk by a whole factor, so that thin strokes do not flicker out.
    """
    left, top, right, bottom = bounds(quad)
    # Only the surroundings of the quad are touched: the rest of a large photo costs nothing.
    x0, y0 = max(0, int(np.floor(left)) - 2), max(0, int(np.floor(top)) - 2)
    x1, y1 = min(image.width, int(np.ceil(right)) + 3), min(image.height, int(np.ceil(bottom)) + 3)
    if x1 <= x0 or y1 <= y0:
        return Image.new("RGB", (width, height), GREY)
    part = image.crop((x0, y0, x1, y1))
    across, down = size(quad)
    factor = max(1, int(min(across / width, down / height)))
    if factor > 1:
        part = part.reduce(factor)
    source: Array = (quad.astype(np.float32) - np.array([x0, y0], np.float32)) / np.float32(factor)
    target = rectangle(0, 0, width, height)
    try:
        numbers = coefficients(source, target)
    except np.linalg.LinAlgError:
        return Image.new("RGB", (width, height), GREY)
    return part.transform(
        (width, height), Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC, fillcolor=GREY
    )


GREY = (127, 127, 127)
