"""The photo with an outline and a label on each plate, and the sheet of straightened plates with their readings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .cyrillic import TO_LATIN
from .geometry import Array, grown, size, straightened
from .schema import SURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .schema import Plate

INK = (255, 255, 255)
DARK = (24, 24, 32)  # white on this is legible on any photo
#: Told apart by the colour-blind too; the question mark and the share say the same in words.
CERTAIN, DOUBTFUL, UNREAD = (86, 200, 140), (255, 176, 59), (222, 222, 230)

# The sheet, in pixels.
CROP = 420  #: width of each straightened plate
TALLEST = 260
EDGE = 16
MARGIN = 0.12  #: what is shown around a plate, in shares of its height
LETTER = 34
CELL = 30  #: width of one character with its bar
BAR = 26  #: height of a full bar
PAPER, FAINT, TEXT = (250, 250, 252), (222, 224, 232), (30, 32, 44)


def color(plate: Plate) -> tuple[int, int, int]:
    """By how sure the reading is."""
    if plate.text is None:
        return UNREAD
    return CERTAIN if plate.confidence >= SURE else DOUBTFUL


def label(plate: Plate) -> str:
    """What is written at a plate: the text, with a question mark where it is a doubtful one."""
    if plate.text is None:
        return "?"
    # Pillow's own font has no Cyrillic letters, and those of plates look like Latin ones.
    text = plate.text.translate(TO_LATIN)
    return text if plate.confidence >= SURE else f"{text} ?"


def draw(image: Image.Image, plates: Sequence[Plate]) -> Image.Image:
    """A copy of an RGB image with the plates marked. Lines and letters grow with the image."""
    picture = image.copy()
    pen = ImageDraw.Draw(picture)
    unit = max(picture.size) / 1000
    for plate in plates:
        corners = [(x, y) for x, y in plate.quad]
        line = max(2, round(min(unit * 3, max(plate.box[2:]) / 24)))
        around = [*corners, corners[0], corners[1]]  # one side more closes the last corner
        pen.line(around, fill=DARK, width=line + 2, joint="curve")
        pen.line(around, fill=color(plate), width=line, joint="curve")
    taken: list[tuple[int, int, int, int]] = []
    for plate in plates:
        _label(pen, picture.size, plate, unit, taken)
    return picture


def _label(
    pen: ImageDraw.ImageDraw, limits: tuple[int, int], plate: Plate, unit: float, taken: list[tuple[int, int, int, int]]
) -> None:
    left, top, width, height = plate.box
    font = ImageFont.load_default(max(12.0, min(unit * 40, max(unit * 20, height * 0.6))))
    text = label(plate)
    pad = max(2, round(font.size / 4)) if isinstance(font, ImageFont.FreeTypeFont) else 2
    x0, y0, x1, y1 = pen.textbbox((0, 0), text, font=font)
    wide, high = round(x1 - x0) + 2 * pad, round(y1 - y0) + 2 * pad
    x = max(0, min(left + (width - wide) // 2, limits[0] - wide))
    # Above the plate, else below it: never on it, where there is room in the picture and no other label.
    gap = pad + 2
    places = [top - high - gap, top + height + gap]
    inside = [y for y in places if 0 <= y <= limits[1] - high] or [max(0, min(places[0], limits[1] - high))]
    y = next((y for y in inside if not any(_meet((x, y, x + wide, y + high), other) for other in taken)), inside[0])
    taken.append((x, y, x + wide, y + high))
    pen.rounded_rectangle((x, y, x + wide - 1, y + high - 1), radius=pad, fill=DARK)
    pen.text((x + pad - x0, y + pad - y0), text, font=font, fill=INK)


def _meet(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def sheet(image: Image.Image, plates: Sequence[Plate]) -> Image.Image | None:
    """A row for each plate: it, turned straight; its text, with a bar under each character. None without plates."""
    if not plates:
        return None
    rows = [_row(image, plate) for plate in plates]
    width = max(row.width for row in rows) + 2 * EDGE
    picture = Image.new("RGB", (width, sum(row.height + EDGE for row in rows) + EDGE), PAPER)
    pen = ImageDraw.Draw(picture)
    y = EDGE
    for number, row in enumerate(rows):
        if number:
            pen.line((EDGE, y - EDGE // 2, width - EDGE, y - EDGE // 2), fill=FAINT)
        picture.paste(row, (EDGE, y))
        y += row.height + EDGE
    return picture


def crop(image: Image.Image, quad: Array) -> Image.Image:
    """The plate in `quad` turned straight, with a margin; at its own size if that is larger than the sheet's."""
    wide = grown(quad, MARGIN, MARGIN, MARGIN, MARGIN)
    width, height = size(wide)
    across = max(CROP, min(round(width), 2 * CROP))
    down = round(across * height / max(width, 1e-6))
    return straightened(image, wide, across, max(1, min(down, 4 * across)))


def _row(image: Image.Image, plate: Plate) -> Image.Image:
    shown = crop(image, np.array(plate.quad, np.float32))
    shown.thumbnail((CROP, TALLEST), Image.Resampling.LANCZOS)
    text = (plate.text or "?").translate(TO_LATIN)
    values = plate.characters if plate.text else [0.0]
    high = LETTER + 10 + BAR
    row = Image.new("RGB", (CROP + EDGE + CELL * max(8, len(text)), max(shown.height, high)), PAPER)
    row.paste(shown, (0, (row.height - shown.height) // 2))
    pen = ImageDraw.Draw(row)
    font = ImageFont.load_default(LETTER)
    top = (row.height - high) // 2
    for place, (character, value) in enumerate(zip(text, values, strict=True)):
        x = CROP + EDGE + place * CELL
        pen.text((x + CELL / 2, top + LETTER), character, font=font, fill=TEXT, anchor="ms")
        floor = top + LETTER + 10 + BAR
        pen.rectangle((x + 4, floor - BAR, x + CELL - 4, floor), fill=FAINT)
        tone = CERTAIN if value >= SURE else DOUBTFUL
        pen.rectangle((x + 4, floor - max(1, round(BAR * value)), x + CELL - 4, floor), fill=tone)
    return row
