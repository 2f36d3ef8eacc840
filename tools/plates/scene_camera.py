"""What light and camera do to a training scene: shade, glare, night, blur, noise, JPEG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from tools.plates.scene_backgrounds import clouds

if TYPE_CHECKING:
    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]


def motion(length: float, angle: float) -> npt.NDArray[np.float32]:
    """The kernel of a straight movement of `length` pixels."""
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size, size), np.float32)
    middle = size / 2 - 0.5
    dx, dy = np.cos(angle) * middle, np.sin(angle) * middle
    cv2.line(kernel, (round(middle - dx), round(middle - dy)), (round(middle + dx), round(middle + dy)), 1.0)
    return kernel / kernel.sum()


def light(rng: np.random.Generator, image: Image, *, night: bool) -> Image:
    """Shadows, a slope of light, the colour of the light, and at night darkness with glowing lamps."""
    height, width = image.shape[:2]
    gain = np.ones((height, width), np.float32)
    if rng.random() < 0.35:  # a shadow with an edge
        shadow = np.ones((height, width), np.float32)
        points = (rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * (width, height)).astype(np.int32)
        cv2.fillPoly(shadow, [points], float(rng.uniform(0.3, 0.8)))
        gain *= cv2.GaussianBlur(shadow, (0, 0), float(rng.uniform(0.6, 8)))
    if rng.random() < 0.5:
        gain *= 1 + clouds(rng, width, height, max(width, height) // 2, 0.35)
    out = image.astype(np.float32)
    if rng.random() < 0.3:
        out *= rng.uniform(0.8, 1.2, 3).astype(np.float32)
    if rng.random() < 0.12:
        out[...] = out.mean(2, keepdims=True)
    if night:
        gain *= rng.uniform(0.25, 0.8)
    out *= gain[:, :, None]
    if rng.random() < (0.5 if night else 0.12):  # a glare
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        yy, xx = np.ogrid[:height, :width]
        reach = rng.uniform(4, width / 4)
        glow = np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (2 * reach**2)) * rng.uniform(40, 320)
        out += glow.astype(np.float32)[:, :, None] * rng.uniform(0.7, 1, 3).astype(np.float32)
    if rng.random() < 0.1:  # haze
        out = out * rng.uniform(0.4, 0.8) + rng.uniform(40, 110)
    contrast, shift = rng.uniform(0.65, 1.35), rng.normal(0, 18)
    out = (out - 110) * contrast + 110 + shift
    return np.clip(out, 0, 255).astype(np.uint8)


def camera(rng: np.random.Generator, image: Image) -> Image:
    """Blur, a loss of resolution, noise and JPEG: each in some pictures only, none in a few."""
    height, width = image.shape[:2]
    out = image
    kind = rng.random()
    if kind < 0.35:
        out = cv2.GaussianBlur(out, (0, 0), float(rng.uniform(0.3, 1.6)))
    elif kind < 0.45:
        out = cv2.filter2D(out, -1, motion(rng.uniform(2, 9), rng.normal(0, 0.5)))
    elif kind < 0.6:
        scale = rng.uniform(0.45, 0.9)
        small = cv2.resize(out, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        out = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    elif kind < 0.7:
        soft = cv2.GaussianBlur(out, (0, 0), 1.2)
        out = cv2.addWeighted(out, 1.8, soft, -0.8, 0)  # sharpened, as phones do
    if rng.random() < 0.5:
        grain = np.empty((height, width, 3), np.int16)
        cv2.randn(grain, (0, 0, 0), (float(rng.exponential(6)) + 0.5,) * 3)
        out = np.clip(out + grain, 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        quality = int(rng.integers(25, 96))
        done, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if done:
            out = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return out
