"""Photos of plates with known text, made here: a flat plate on the rendered car of the sample, a camera's faults.

The flat plates in `plates/` were drawn by `tools/plates/render.py` with random texts; their names tell region and text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from showpiece_predictors.plates.geometry import coefficients, rectangle

FOLDER = Path(__file__).with_name("plates")
#: The plate of the blue car in the sample, and its own width by height.
SPOT = np.array([[356, 429], [502, 420], [504, 457], [359, 467]], np.float32)
PAINT = (25, 78, 120)
#: What is shown of the sample: the blue car.
VIEW = (60, 160, 860, 694)


@dataclass(frozen=True)
class Flat:
    """A plate from straight ahead, with its text and its region (a country's code)."""

    text: str
    region: str
    image: Image.Image

    @property
    def group(self) -> str:
        return self.region if self.region in ("ru", "ua", "us", "br") else "eu"

    @property
    def lines(self) -> int:
        return 2 if self.image.height > 0.6 * self.image.width and self.region != "us" else 1


@cache
def sample() -> Image.Image:
    with files("showpiece_predictors.plates").joinpath("sample.jpg").open("rb") as file:
        return Image.open(file).convert("RGB")


def car() -> Image.Image:
    """The sample's blue car alone."""
    return sample().crop(VIEW)


@cache
def flats() -> tuple[Flat, ...]:
    found = []
    for path in sorted(FOLDER.glob("*.webp")):
        region, _, text = path.stem.partition("-")
        found.append(Flat(text, region, Image.open(path).convert("RGB")))
    return tuple(found)


@dataclass(frozen=True)
class Photo:
    image: Image.Image
    flat: Flat
    #: The corners of the plate in the picture, clockwise from its own top left.
    quad: np.ndarray


def photo(
    flat: Flat,
    *,
    tilt: float = 0.0,
    turn: float = 0.0,
    night: bool = False,
    blur: float = 0.0,
    width: int = 800,
    seed: int = 0,
) -> Photo:
    """The blue car with this plate: `tilt` of the camera in degrees, `turn` by which share the far end is smaller."""
    picture = sample().copy()
    middle = SPOT.mean(axis=0)
    across = (SPOT[1] + SPOT[2] - SPOT[0] - SPOT[3]) / 2
    wide = float(np.linalg.norm(across)) * (1.0 if flat.image.width > 2.6 * flat.image.height else 0.72)
    along = across / np.linalg.norm(across)
    down = np.array([-along[1], along[0]])
    high = wide * flat.image.height / flat.image.width
    hidden = (SPOT - middle) * 1.06 + middle
    ImageDraw.Draw(picture).polygon([(float(x), float(y)) for x, y in hidden], fill=PAINT)
    half = along * wide / 2, down * high / 2
    quad = np.array(
        [
            middle - half[0] - half[1],
            middle + (half[0] - half[1]) * (1 - turn),
            middle + (half[0] + half[1]) * (1 - turn),
            middle - half[0] + half[1],
        ],
        np.float32,
    )
    # Drawn three times as large and averaged down, as light does on a sensor.
    box = (int(quad[:, 0].min()) - 4, int(quad[:, 1].min()) - 4, int(quad[:, 0].max()) + 5, int(quad[:, 1].max()) + 5)
    small = (box[2] - box[0], box[3] - box[1])
    size = (small[0] * 3, small[1] * 3)
    finer = coefficients(rectangle(0, 0, *flat.image.size), (quad - np.array(box[:2], np.float32)) * 3)
    layer = flat.image.transform(size, Image.Transform.PERSPECTIVE, finer, Image.Resampling.BICUBIC)
    cover = Image.new("L", flat.image.size, 255).transform(size, Image.Transform.PERSPECTIVE, finer)
    dimmed = layer.resize(small, Image.Resampling.BOX).point(lambda value: value * 0.86)
    picture.paste(dimmed, box[:2], cover.resize(small, Image.Resampling.BOX))
    shown = picture.crop(VIEW)
    quad = quad - np.array(VIEW[:2], np.float32)
    if tilt:
        center = np.array([shown.width / 2, shown.height / 2])
        shown = shown.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=(90, 90, 90))
        angle = np.radians(-tilt)
        spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        quad = ((quad - center) @ spin.T + center).astype(np.float32)
    if width != shown.width:
        scale = width / shown.width
        shown = shown.resize((width, round(shown.height * scale)), Image.Resampling.LANCZOS)
        quad = quad * np.float32(scale)
    if blur:
        shown = shown.filter(ImageFilter.GaussianBlur(blur))
    rng = np.random.default_rng(seed)
    pixels = np.asarray(shown, np.float32)
    if night:
        pixels = 255 * (pixels / 255) ** 1.6 * 0.38
    pixels = pixels + rng.normal(0, 5 if night else 2.5, pixels.shape)
    return Photo(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)), flat, quad)
