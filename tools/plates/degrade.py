"""What a camera and a detector do to a flat plate.

Surroundings, perspective, light, blur, few pixels, noise, JPEG; then a loose crop. `photograph` gives a small photo of
a plate and where its corners lie in it; `crop` cuts a part of the plate from that photo as the pipeline does,
straightened to the reader's input.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Quad = NDArray[np.float32]


@dataclass(frozen=True)
class Photo:
    """A small photo (RGB) around a plate; `quad` are the plate's corners in px, clockwise from the top left, (4, 2)."""

    image: Image
    quad: Quad


def wear(rng: np.random.Generator, plate: Image) -> Image:
    """Bolts, dirt and scratches on the flat plate."""
    h, w = plate.shape[:2]
    out = plate.copy()
    if rng.random() < 0.45:
        v = int(rng.integers(20, 220))
        y = rng.choice([rng.uniform(0.06, 0.15), 0.5, rng.uniform(0.85, 0.94)])
        d = rng.uniform(0.03, 0.3)
        for x in (d, 1 - d):
            cv2.circle(
                out,
                (round(x * w), round(y * h)),
                max(1, round(rng.uniform(0.02, 0.045) * h)),
                (v, v, v),
                -1,
                cv2.LINE_AA,
            )
    if rng.random() < 0.25:
        coarse = rng.random((5, 12), np.float32)
        cloud = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC)[..., None]
        amount = np.clip((cloud - rng.uniform(0.5, 0.9)) * 2, 0, rng.uniform(0.1, 0.6))
        mud = np.array([110, 95, 75]) + rng.integers(-30, 30)
        out = (out * (1 - amount) + mud * amount).astype(np.uint8)
    if rng.random() < 0.06:
        x, y = rng.uniform(0, w), rng.choice([0, h])
        cv2.circle(
            out,
            (round(x), round(y)),
            round(rng.uniform(0.1, 0.22) * h),
            tuple(int(c) for c in rng.integers(0, 255, 3)),
            -1,
            cv2.LINE_AA,
        )
    return out


def _ground(rng: np.random.Generator, height: int, width: int) -> Image:
    """What surrounds a plate: paint, a dark holder, a grille's bars, or clutter."""
    base = rng.integers(0, 256, 3) if rng.random() < 0.4 else np.full(3, rng.integers(0, 256))
    low = rng.normal(0, rng.uniform(2, 40), (4, 6, 1 if rng.random() < 0.7 else 3)) + base
    ground = cv2.resize(
        np.broadcast_to(low, (4, 6, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    out = np.ascontiguousarray(np.clip(ground, 0, 255).astype(np.uint8))
    for _ in range(int(rng.integers(0, 5))):
        colour = tuple(int(c) for c in np.clip(base + rng.normal(0, 70), 0, 255))
        if rng.random() < 0.6:
            y = int(rng.uniform(0, height))
            cv2.line(out, (0, y), (width, y + int(rng.normal(0, 4))), colour, int(rng.integers(1, max(2, height // 8))))
        else:
            x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
            cv2.rectangle(
                out, (x, y), (x + int(rng.uniform(2, width / 2)), y + int(rng.uniform(2, height / 2))), colour, -1
            )
    return out


def _light(rng: np.random.Generator, image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Exposure, shade, glare and night, on values of 0 to 1."""
    h, w = image.shape[:2]
    kind = rng.random()
    if kind < 0.25:
        # A soft or hard shadow edge at any angle.
        a = rng.uniform(0, 2 * np.pi)
        xs, ys = np.linspace(-1, 1, w, dtype=np.float32)[None], np.linspace(-1, 1, h, dtype=np.float32)[:, None]
        edge = 1 / (1 + np.exp(-(xs * np.cos(a) + ys * np.sin(a) - rng.uniform(-0.7, 0.7)) * rng.uniform(1.5, 25)))
        image = image * (1 - rng.uniform(0.2, 0.7) * edge[..., None])
    elif kind < 0.35:
        cx, cy, r = rng.uniform(0, w), rng.uniform(0, h), rng.uniform(0.15, 0.6) * w
        xs, ys = np.arange(w, dtype=np.float32)[None], np.arange(h, dtype=np.float32)[:, None]
        spot = np.exp(-(((xs - cx) / r) ** 2 + ((ys - cy) / (0.5 * r)) ** 2))
        image = image + rng.uniform(0.2, 0.8) * spot[..., None]
    if rng.random() < 0.2:
        image = image * rng.uniform(0.3, 0.8) + rng.uniform(0.05, 0.35)  # haze, or the flat tone of a bad lens
    gain = np.exp(rng.normal(0, 0.28)) * (rng.uniform(0.3, 0.7) if rng.random() < 0.1 else 1.0)
    image = np.clip(image * gain, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.25)))
    cast = np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    if rng.random() < 0.1:
        image = image.mean(2, keepdims=True)
    return (image * cast).astype(np.float32)


def photograph(rng: np.random.Generator, plate: Image, height: float | None = None, tilt: float = 1.0) -> Photo:
    """A photo of a flat plate whose plate is about `height` px high (12 to 90 if None, small ones more often).

    `tilt` scales rotation, shear and perspective; 0 leaves the plate upright.
    """
    height = height or float(np.exp(rng.uniform(np.log(13), np.log(85))))
    h0, w0 = plate.shape[:2]
    scale = height / h0
    width = w0 * scale * rng.uniform(0.82, 1.08)
    pad_x, pad_y = 0.3 * width + 4, 0.45 * height + 4
    out_w, out_h = round(width + 2 * pad_x), round(height + 2 * pad_y)
    angle = np.deg2rad(np.clip(rng.normal(0, 3.2) * tilt, -16, 16))
    shear = np.clip(rng.normal(0, 0.07), -0.25, 0.25) * tilt
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * [width / 2, height / 2]
    flat[:, 0] += shear * flat[:, 1]
    flat *= 1 + np.array([[-1], [1], [1], [-1]]) * np.clip(rng.normal(0, 0.03), -0.1, 0.1) * tilt
    c, s = np.cos(angle), np.sin(angle)
    quad = (flat @ np.array([[c, s], [-s, c]]) + [out_w / 2, out_h / 2]).astype(np.float32)
    # Shrink by area first: sampling a large plate at few points would alias, which a lens and sensor do not.
    shrunk = (
        cv2.resize(plate, (max(8, round(width)), max(6, round(height))), interpolation=cv2.INTER_AREA)
        if scale < 0.8
        else plate
    )
    sh, sw = shrunk.shape[:2]
    m = cv2.getPerspectiveTransform(np.array([[0, 0], [sw, 0], [sw, sh], [0, sh]], np.float32), quad)
    photo = _ground(rng, out_h, out_w)
    inside = cv2.warpPerspective(np.full((sh, sw), 255, np.uint8), m, (out_w, out_h))[..., None].astype(np.uint16)
    laid = cv2.warpPerspective(shrunk, m, (out_w, out_h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    photo = ((photo * (255 - inside) + laid * inside) // 255).astype(np.uint8)
    lit = _light(rng, photo.astype(np.float32) / 255)
    size = max(height / 40, 0.7)
    if rng.random() < 0.7:
        lit = cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.3, 0.9) * size)
    if rng.random() < 0.25:
        n = int(np.clip(rng.integers(2, 5) * size, 2, 11))
        kernel = np.zeros((n, n), np.float32)
        a = rng.normal(0, 0.4) if rng.random() < 0.7 else rng.uniform(0, np.pi)
        dx, dy = np.cos(a) * n / 2, np.sin(a) * n / 2
        cv2.line(kernel, (round(n / 2 - dx), round(n / 2 - dy)), (round(n / 2 + dx), round(n / 2 + dy)), 1.0)
        lit = cv2.filter2D(lit, -1, kernel / max(kernel.sum(), 1e-3))
    if rng.random() < 0.4:
        lit = lit + (lit - cv2.GaussianBlur(lit, (0, 0), rng.uniform(0.8, 1.6))) * rng.uniform(
            0.3, 2.2
        )  # the camera's own sharpening
    noise = rng.uniform(0, 0.035) if rng.random() < 0.8 else rng.uniform(0.03, 0.07)
    lit = lit + rng.standard_normal(lit.shape, np.float32) * noise
    image = np.clip(lit * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.8:
        quality = int(rng.integers(22, 96))
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)  # type: ignore[assignment]
    return Photo(image, quad)


def crop(
    rng: np.random.Generator,
    photo: Photo,
    part: tuple[float, float, float, float],
    shape: tuple[int, int],
    loose: bool = True,
) -> Image:
    """A part (x0, y0, x1, y1 in shares of the plate) straightened to (height, width) px, with a detector's faults.

    `loose` cuts 5 % off to adds 20 % of the part's size at each side, moves corners on their own, and at times forgets
    the tilt (a box instead of a quadrilateral).
    """
    x0, y0, x1, y1 = part
    if loose:
        w, h = x1 - x0, y1 - y0
        m = np.clip(rng.normal(0.03, 0.05, 4), -0.04, 0.2)
        x0, y0, x1, y1 = x0 - m[0] * w, y0 - 1.5 * m[1] * h, x1 + m[2] * w, y1 + 1.5 * m[3] * h
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    to_photo = cv2.getPerspectiveTransform(unit, photo.quad)
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    quad = cv2.perspectiveTransform(corners[None], to_photo)[0]
    if loose:
        if rng.random() < 0.3:
            (a, b), (c, d) = quad.min(0), quad.max(0)
            quad = np.array([[a, b], [c, b], [c, d], [a, d]], np.float32)
        side = float(np.linalg.norm(quad[3] - quad[0]))
        quad = quad + rng.normal(0, 0.025, (4, 2)).astype(np.float32) * side
    h, w = shape
    m3 = cv2.getPerspectiveTransform(quad.astype(np.float32), unit * np.array([w, h], np.float32))
    return cv2.warpPerspective(photo.image, m3, (w, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(
        np.uint8
    )
