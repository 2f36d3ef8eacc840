"""Number plates for the detector, made for variety: any proportion, colour, band, border, font and format.

The detector must know a plate by what all of them share, so these need not be any country's exactly; the exact ones
come from `render.py`.
"""

from __future__ import annotations

import string
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    import numpy.typing as npt

WIDTH = 288  # pixels a plate is drawn at
LETTERS = string.ascii_uppercase
WORDS = (
    "CALIFORNIA TEXAS FLORIDA OHIO ILLINOIS GEORGIA VIRGINIA MICHIGAN ARIZONA OREGON MAINE UTAH IDAHO NEVADA ALASKA "
    "COLORADO MONTANA KANSAS IOWA MISSOURI ALABAMA TENNESSEE KENTUCKY INDIANA WYOMING VERMONT DELAWARE MARYLAND "
    "BRASIL SP-SAO PAULO RJ-RIO DE JANEIRO MG-BELO HORIZONTE PR-CURITIBA RS-PORTO ALEGRE ARGENTINA CHILE ONTARIO "
    "SUNSHINE STATE|GARDEN STATE|EMPIRE STATE|LIVE FREE OR DIE|GRAND CANYON STATE|YOURS TO DISCOVER|dmv.ca.gov|"
    "GREATEST SNOW ON EARTH|LAND OF LINCOLN|PURE MICHIGAN|VIRGINIA IS FOR LOVERS|myflorida.com"
)
NAMES = [w for part in WORDS.split("|") for w in (part.split() if part.isupper() and part.count(" ") > 6 else [part])]


@lru_cache(maxsize=1024)
def font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def fit(path: str, text: str, width: float, height: float) -> ImageFont.FreeTypeFont:
    """The font at the size where the text's ink is `height` high or `width` wide, whichever comes first."""
    probe = font(path, 48)
    left, top, right, bottom = probe.getbbox(text)
    size = 48 * min(width / max(1, right - left), height / max(1, bottom - top))
    return font(path, max(6, int(size)))


def write(
    draw: ImageDraw.ImageDraw, path: str, text: str, box: tuple[float, float, float, float], ink: tuple[int, ...]
) -> None:
    """The text as large as fits, in the middle of the box (left, top, right, bottom)."""
    used = fit(path, text, box[2] - box[0], box[3] - box[1])
    left, top, right, bottom = used.getbbox(text)
    x = (box[0] + box[2] - left - right) / 2
    y = (box[1] + box[3] - top - bottom) / 2
    draw.text((x, y), text, font=used, fill=ink)


def serial(rng: np.random.Generator) -> str:
    """Letters and digits in groups as a number plate has them."""
    count = int(rng.integers(4, 9))
    kinds = rng.integers(0, 2, count)
    if rng.random() < 0.7:  # two or three runs of one kind
        cut = sorted(rng.integers(1, count, 2))
        kinds = np.zeros(count, int)
        kinds[cut[0] : cut[1] + 1] = 1
        if rng.random() < 0.5:
            kinds = 1 - kinds
    chars = [LETTERS[rng.integers(26)] if kind else str(rng.integers(10)) for kind in kinds]
    for _ in range(int(rng.integers(0, 3))):
        chars.insert(int(rng.integers(1, len(chars))), str(rng.choice([" ", " ", "-", "·"])))
    return "".join(chars)


def _palette(rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Ground and ink."""
    kind = rng.random()
    if kind < 0.55:
        ground, ink = rng.uniform(205, 255, 3), rng.uniform(0, 60, 3)
        ground += rng.uniform(-15, 15)
    elif kind < 0.65:
        ground, ink = (
            np.array([rng.uniform(225, 255), rng.uniform(180, 225), rng.uniform(0, 90)]),
            rng.uniform(0, 50, 3),
        )
    elif kind < 0.75:
        ground, ink = np.array([1, 1, 1]) * rng.uniform(110, 190) + rng.uniform(-8, 8, 3), rng.uniform(0, 50, 3)
    elif kind < 0.88:
        ground, ink = rng.uniform(0, 110, 3), rng.uniform(200, 255, 3)
        ground[rng.integers(3)] = rng.uniform(40, 190)
    else:
        ground = rng.uniform(150, 255, 3)
        ink = rng.uniform(0, 110, 3)
        ink[rng.integers(3)] = rng.uniform(60, 160)
    return tuple(int(c) for c in np.clip(ground, 0, 255)), tuple(int(c) for c in np.clip(ink, 0, 255))


def _scenery(rng: np.random.Generator, plate: Image.Image, photos: list[npt.NDArray[np.uint8]]) -> Image.Image:
    """A picture, or a slope of colours, faintly behind the text as on many plates of US states."""
    width, height = plate.size
    if photos and rng.random() < 0.5:
        photo = photos[rng.integers(len(photos))]
        y, x = (rng.integers(0, side - 100) for side in photo.shape[:2])
        part = Image.fromarray(photo[y : y + 400, x : x + 600]).resize((width, height))
        return Image.blend(plate, part, float(rng.uniform(0.1, 0.4)))
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** rng.uniform(0.5, 3)
    if rng.random() < 0.5:
        rows = rows[::-1]
    slope = rng.uniform(60, 255, 3) * rows + rng.uniform(220, 255, 3) * (1 - rows)
    slope = np.broadcast_to(slope, (height, width, 3)).astype(np.uint8)
    return Image.blend(plate, Image.fromarray(slope), float(rng.uniform(0.4, 1)))


Box = list[float]  # left, top, right, bottom: what is left of the plate for the number


class Sheet:
    """A plate that is being drawn."""

    def __init__(self, rng: np.random.Generator, fonts: list[str], plate: Image.Image, ink: tuple[int, ...]) -> None:
        self.rng = rng
        self.draw = ImageDraw.Draw(plate)
        self.width, self.height = plate.size
        self.ink = ink
        self.face, self.small = (fonts[i] for i in rng.integers(len(fonts), size=2))
        self.room: Box = [self.width * 0.04, self.height * 0.1, self.width * 0.96, self.height * 0.9]

    def any_color(self, high: int = 255) -> tuple[int, ...]:
        return tuple(int(c) for c in self.rng.integers(0, high, 3))

    def band(self) -> None:
        """A coloured band with a country's letters on the left, perhaps one on the right too."""
        rng, width, height = self.rng, self.width, self.height
        band = (int(rng.integers(0, 40)), int(rng.integers(30, 90)), int(rng.integers(120, 200)))
        if rng.random() < 0.2:
            band = self.any_color()
        side = width * rng.uniform(0.06, 0.12)
        self.draw.rectangle((0, 0, side, height), fill=band)
        name = "".join(rng.choice(list(LETTERS), int(rng.integers(1, 4))))
        write(self.draw, self.small, name, (side * 0.15, height * 0.6, side * 0.85, height * 0.9), (240,) * 3)
        if rng.random() < 0.7:
            for turn in np.linspace(0, 2 * np.pi, 12, endpoint=False):
                x, y = side / 2 + np.cos(turn) * side * 0.3, height * 0.3 + np.sin(turn) * side * 0.3
                self.draw.ellipse((x - 1.5, y - 1.5, x + 1.5, y + 1.5), fill=(240, 210, 40))
        self.room[0] += side
        if rng.random() < 0.3:
            self.draw.rectangle((width - side, 0, width, height), fill=band)
            self.room[2] -= side

    def name_above(self) -> None:
        """The name of a state or town, perhaps in a band."""
        rng, width = self.rng, self.width
        edge = self.height * rng.uniform(0.17, 0.3)
        tint = self.ink
        if rng.random() < 0.35:
            band = self.any_color() if rng.random() < 0.6 else (20, 60, 160)
            self.draw.rectangle((0, 0, width, edge), fill=band)
            tint = (250, 250, 250) if sum(band) < 380 else (20, 20, 20)
        elif rng.random() < 0.5:
            tint = self.any_color(160)
        half = width * rng.uniform(0.2, 0.4)
        name = NAMES[rng.integers(len(NAMES))]
        write(self.draw, self.small, name, (width / 2 - half, edge * 0.18, width / 2 + half, edge * 0.9), tint)
        self.room[1] = edge * 1.08

    def words_below(self) -> None:
        rng, width, height = self.rng, self.width, self.height
        edge = height * rng.uniform(0.8, 0.88)
        half = width * rng.uniform(0.2, 0.35)
        box = (width / 2 - half, edge + 2, width / 2 + half, height * 0.96)
        write(self.draw, self.small, NAMES[rng.integers(len(NAMES))], box, self.any_color(160))
        self.room[3] = edge * 0.98

    def number(self, aspect: float) -> None:
        """The number: in two lines, with a box for the region as in Russia, or in one line."""
        rng, width, height = self.rng, self.width, self.height
        left, top, right, bottom = self.room
        text = serial(rng)
        if aspect < 1.9 and rng.random() < 0.75:
            cut = int(rng.integers(2, max(3, len(text) - 2)))
            middle = top + (bottom - top) * rng.uniform(0.42, 0.55)
            first, second = (part.strip(" -·") or "A1" for part in (text[:cut], text[cut:]))
            write(self.draw, self.face, first, (left, top, right, middle - 3), self.ink)
            write(self.draw, self.face, second, (left, middle + 3, right, bottom), self.ink)
        elif aspect > 4 and rng.random() < 0.35:
            split = width * rng.uniform(0.7, 0.78)
            self.draw.line((split, 0, split, height), fill=self.ink, width=3)
            write(self.draw, self.face, text, (left, top, split - 6, bottom), self.ink)
            region = (split + 8, height * 0.08, right, height * 0.6)
            write(self.draw, self.face, str(rng.integers(10, 200)), region, self.ink)
            write(self.draw, self.small, "RUS", (split + 8, height * 0.68, right - 14, height * 0.92), self.ink)
        else:
            write(self.draw, self.face, text, (left + 2, top, right - 2, bottom), self.ink)

    def stickers(self) -> None:
        for _ in range(int(self.rng.integers(1, 3))):
            x = float(self.rng.choice([0.06, 0.82])) * self.width
            y = float(self.rng.choice([0.06, 0.74])) * self.height
            self.draw.rectangle((x, y, x + self.width * 0.12, y + self.height * 0.18), fill=self.any_color())

    def border(self) -> None:
        self.draw.rounded_rectangle(
            (1, 1, self.width - 2, self.height - 2),
            radius=int(self.rng.integers(1, 14)),
            outline=self.ink,
            width=int(self.rng.integers(2, 6)),
        )


def generic_plate(
    rng: np.random.Generator, fonts: list[str], photos: list[npt.NDArray[np.uint8]]
) -> npt.NDArray[np.uint8]:
    """An invented plate (height, WIDTH, 3) of RGB bytes, seen from the front."""
    aspect = float(rng.choice([4.7, 4.6, 3.08, 2.0, 2.0, 1.5, 1.7, 1.25]) * rng.uniform(0.94, 1.06))
    ground, ink = _palette(rng)
    plate = Image.new("RGB", (WIDTH, int(WIDTH / aspect)), ground)
    american = aspect < 2.5
    if american and rng.random() < 0.5:
        plate = _scenery(rng, plate, photos)
    sheet = Sheet(rng, fonts, plate, ink)
    if not american and rng.random() < 0.5:
        sheet.band()
    if rng.random() < (0.75 if aspect < 3.5 else 0.08):
        sheet.name_above()
    if american and rng.random() < 0.5:
        sheet.words_below()
    sheet.number(aspect)
    if american and rng.random() < 0.5:
        sheet.stickers()
    if rng.random() < 0.6:
        sheet.border()
    return np.asarray(plate)
