"""What lies behind the plates of a training scene: crops of free photos, and surfaces, walls and clutter drawn here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt

    Image = npt.NDArray[np.uint8]
    Color = tuple[int, int, int]

PHOTO_SIDE = 1400  # pixels: photos are kept no larger


def load_photos(paths: Iterable[Path]) -> list[Image]:
    """RGB photos, at most PHOTO_SIDE pixels on the longer side. Files that cannot be read are left out."""
    photos = []
    for path in paths:
        data = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if data is None:
            continue
        scale = PHOTO_SIDE / max(data.shape[:2])
        if scale < 1:
            data = cv2.resize(data, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        photos.append(np.ascontiguousarray(data[:, :, ::-1]))
    return photos


def color(rng: np.random.Generator, low: int = 0, high: int = 255) -> Color:
    """A colour that is mostly near grey, as the things of a street are, and sometimes vivid."""
    base = rng.uniform(low, high)
    spread = 12 if rng.random() < 0.6 else 110
    r, g, b = np.clip(base + rng.uniform(-spread, spread, 3), 0, 255)
    return int(r), int(g), int(b)


def photo_crop(rng: np.random.Generator, photos: list[Image], width: int, height: int) -> Image:
    """A random part of a random photo, at a random scale, mirrored and with its colours shifted."""
    photo = photos[rng.integers(len(photos))]
    rows, columns = photo.shape[:2]
    most = min(columns / width, rows / height)
    scale = most * rng.uniform(0.15, 1) ** 1.2
    w, h = max(8, int(width * scale)), max(8, int(height * scale))
    x, y = rng.integers(0, columns - w + 1), rng.integers(0, rows - h + 1)
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    out = cv2.resize(photo[y : y + h, x : x + w], (width, height), interpolation=how)
    if rng.random() < 0.5:
        out = out[:, ::-1]
    if rng.random() < 0.3:
        out = out[:, :, rng.permutation(3)]
    return np.ascontiguousarray(out)


def clouds(rng: np.random.Generator, width: int, height: int, coarse: int, depth: float) -> npt.NDArray[np.float32]:
    """Smooth noise (height, width), about +-depth: random values on a grid of about `coarse` pixels, interpolated."""
    grid = rng.uniform(-depth, depth, (max(2, height // coarse), max(2, width // coarse))).astype(np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)


def surface(rng: np.random.Generator, width: int, height: int) -> Image:
    """A plain surface: a slope of brightness between two colours, stains, and grain (asphalt, plaster, paint, sky)."""
    first, second = (np.array(color(rng), np.float32) for _ in range(2))
    if rng.random() < 0.5:
        second = first + rng.uniform(-40, 40)
    angle = rng.uniform(0, 2 * np.pi)
    yy = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    xx = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None]
    mix = np.clip(0.5 + np.cos(angle) * xx + np.sin(angle) * yy, 0, 1)[:, :, None]
    out = first + (second - first) * mix
    out += clouds(rng, width, height, int(rng.integers(8, 90)), rng.uniform(0, 25))[:, :, None]
    if rng.random() < 0.6:
        grain = np.empty((height, width), np.float32)
        cv2.randn(grain, 0, float(rng.uniform(2, 28)))
        if rng.random() < 0.6:
            grain = cv2.GaussianBlur(grain, (0, 0), float(rng.uniform(0.5, 2)))
        out += grain[:, :, None]
    return np.clip(out, 0, 255).astype(np.uint8)


def pattern(rng: np.random.Generator, image: Image) -> None:
    """Draw something regular: bricks or tiles, railings, planks, windows of a house."""
    height, width = image.shape[:2]
    step_x, step_y = int(rng.integers(6, 90)), int(rng.integers(6, 60))
    line = color(rng)
    thick = int(rng.integers(1, 4))
    kind = rng.integers(4)
    if kind == 0:
        for row, y in enumerate(range(0, height, step_y)):
            cv2.line(image, (0, y), (width, y), line, thick)
            shift = (row % 2) * step_x // 2
            for x in range(shift, width, step_x):
                cv2.line(image, (x, y), (x, y + step_y), line, thick)
    elif kind == 1:
        for x in range(0, width, step_x):
            cv2.line(image, (x, 0), (x + int(rng.integers(-3, 4)), height), line, int(rng.integers(1, 6)))
    elif kind == 2:
        for y in range(0, height, step_y):
            cv2.line(image, (0, y), (width, y + int(rng.integers(-3, 4))), line, int(rng.integers(1, 6)))
    else:
        glass = color(rng, 20, 200)
        gap = float(rng.uniform(0.2, 0.5))
        for y in range(0, height, step_y * 2):
            for x in range(0, width, step_x):
                right, bottom = int(x + step_x * (1 - gap)), int(y + step_y * 2 * (1 - gap))
                cv2.rectangle(image, (x, y), (right, bottom), glass, -1)
                cv2.rectangle(image, (x, y), (right, bottom), line, thick)


def eye(rng: np.random.Generator, image: Image, x: float, y: float, size: float) -> None:
    """An eye: bright with a dark spot in its middle, which a detector of plates takes for one."""
    turn, skin = float(rng.normal(0, 10)), color(rng, 60, 220)
    tall = size * rng.uniform(0.3, 0.55)
    cv2.ellipse(image, ((x, y), (size * 2.2, size * 1.6), turn), skin, -1, cv2.LINE_AA)
    cv2.ellipse(image, ((x, y), (size * 1.15, tall * 1.35), turn), (30, 20, 20), -1, cv2.LINE_AA)
    cv2.ellipse(image, ((x, y), (size, tall), turn), (int(rng.integers(120, 250)),) * 3, -1, cv2.LINE_AA)
    iris = min(tall, size * 0.45) * rng.uniform(0.8, 1.1)
    for part, tint in ((1.0, color(rng, 20, 160)), (0.45, (5, 5, 5))):
        cv2.ellipse(image, ((x, y), (iris * part, iris * part), 0), tint, -1, cv2.LINE_AA)
    cv2.circle(image, (int(x + iris * 0.15), int(y - iris * 0.2)), max(1, int(iris * 0.1)), (255, 255, 255), -1)


def teeth(rng: np.random.Generator, image: Image, x: float, y: float, size: float) -> None:
    """A smile: pale blocks side by side in a red or dark frame."""
    tall = size * rng.uniform(0.2, 0.4)
    lip = (int(rng.integers(110, 220)), int(rng.integers(30, 110)), int(rng.integers(40, 110)))
    cv2.ellipse(image, ((x, y), (size * 2.4, size * 1.8), 0), color(rng, 60, 220), -1, cv2.LINE_AA)
    cv2.ellipse(image, ((x, y), (size * 1.25, tall * 1.9), 0), lip, -1, cv2.LINE_AA)
    cv2.ellipse(image, ((x, y), (size, tall), 0), (60, 15, 20), -1, cv2.LINE_AA)
    count = int(rng.integers(4, 10))
    step = size * 0.85 / count
    for i in range(count):
        middle = (i + 0.5) * step - size * 0.42
        high = tall * 0.45 * np.sqrt(max(0.1, 1 - (middle / size * 2) ** 2))
        left, right = int(x + middle - step * 0.45), int(x + middle + step * 0.45)
        tint = (int(rng.integers(190, 250)),) * 3
        cv2.rectangle(image, (left, int(y - high)), (right, int(y + high * 0.7)), tint, -1, cv2.LINE_AA)


def clutter(rng: np.random.Generator, image: Image, amount: int) -> None:
    """Draw shapes at random: boxes, poles, discs, scraps and foliage, some of them of a plate's proportions."""
    height, width = image.shape[:2]
    for _ in range(amount):
        x, y = int(rng.integers(-20, width)), int(rng.integers(-20, height))
        size = int(np.exp(rng.uniform(np.log(5), np.log(width * 0.7))))
        w, h = size, int(size * rng.choice([0.2, 0.25, 0.35, 0.5, 1.0, 2.5]) * rng.uniform(0.7, 1.3))
        fill = color(rng)
        kind = rng.integers(7)
        if kind == 6:
            (eye if rng.random() < 0.5 else teeth)(rng, image, x, y, max(12, min(size, width * 0.35)))
        elif kind <= 1:
            box = cv2.boxPoints(((x, y), (w, h), float(rng.normal(0, 8))))
            cv2.fillPoly(image, [box.astype(np.int32)], fill, cv2.LINE_AA)
            if rng.random() < 0.5:
                cv2.polylines(image, [box.astype(np.int32)], True, color(rng), int(rng.integers(1, 4)), cv2.LINE_AA)
        elif kind == 2:
            cv2.ellipse(image, ((x, y), (w, h), float(rng.uniform(0, 180))), fill, -1, cv2.LINE_AA)
        elif kind == 3:
            end = (int(rng.integers(-20, width + 20)), int(rng.integers(-20, height + 20)))
            cv2.line(image, (x, y), end, fill, int(rng.integers(1, 9)), cv2.LINE_AA)
        elif kind == 4:
            points = (rng.uniform(-0.5, 0.5, (int(rng.integers(3, 8)), 2)) * size + (x, y)).astype(np.int32)
            cv2.fillPoly(image, [points], fill, cv2.LINE_AA)
        else:
            for _ in range(int(rng.integers(8, 40))):
                at = (int(x + rng.normal(0, size / 3)), int(y + rng.normal(0, size / 3)))
                leaf = tuple(int(np.clip(c + rng.normal(0, 25), 0, 255)) for c in fill)
                cv2.ellipse(image, (at, (rng.uniform(2, 9), rng.uniform(1, 5)), float(rng.uniform(0, 180))), leaf, -1)


def background(rng: np.random.Generator, photos: list[Image], width: int, height: int) -> Image:
    """A background (height, width, 3) of RGB bytes."""
    if photos and rng.random() < 0.5:
        out = photo_crop(rng, photos, width, height)
        if rng.random() < 0.3:
            clutter(rng, out, int(rng.integers(1, 8)))
        return out
    out = surface(rng, width, height)
    if rng.random() < 0.5:  # a horizon: something else below
        line = int(height * rng.uniform(0.2, 0.9))
        out[line:] = surface(rng, width, height)[line:]
    if rng.random() < 0.4:
        part = out[int(rng.integers(0, height // 2)) :, int(rng.integers(0, width // 2)) :]
        canvas = np.ascontiguousarray(part)
        pattern(rng, canvas)
        part[...] = canvas
    clutter(rng, out, int(rng.integers(0, 25)))
    return out
