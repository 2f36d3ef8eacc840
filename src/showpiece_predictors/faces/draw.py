"""The photo with a box and a label on each face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .schema import Face

INK = (255, 255, 255)
PLATE = (24, 24, 32)  # white on this is legible on any photo, and the words say all that the colours do
COLORS = {"female": (255, 176, 59), "male": (86, 180, 233), None: (222, 222, 230)}  # told apart by the colour-blind too


def label(face: Face) -> str:
    """What is written at a face: the age range, and the sex if it is said at all."""
    years = f"{face.age_low}-{face.age_high}"  # a plain hyphen: Pillow's own font has no dash
    return f"{years}, {face.sex}" if face.sex else years


def draw(image: Image.Image, faces: Sequence[Face], *, labels: bool) -> Image.Image:
    """A copy of an RGB image with the faces marked. Lines and letters grow with the image and with the face."""
    picture = image.copy()
    pen = ImageDraw.Draw(picture)
    unit = max(picture.size) / 1000
    for face in sorted(faces, key=lambda face: -face.box[3]):  # the nearer, larger faces first: small ones stay on top
        left, top, width, height = face.box
        line = max(2, round(min(unit * 3, max(width, height) / 24)))
        right, bottom = left + width - 1, top + height - 1
        # A dark line on either side keeps the box visible on a background of its own colour.
        pen.rounded_rectangle(
            (left - 1, top - 1, right + 1, bottom + 1), radius=line * 3, outline=PLATE, width=line + 2
        )
        pen.rounded_rectangle((left, top, right, bottom), radius=line * 3, outline=COLORS[face.sex], width=line)
    if labels:
        taken: list[tuple[int, int, int, int]] = []
        for face in faces:
            _label(pen, picture.size, face, unit, taken)
    return picture


def _label(
    pen: ImageDraw.ImageDraw, size: tuple[int, int], face: Face, unit: float, taken: list[tuple[int, int, int, int]]
) -> None:
    left, top, width, height = face.box
    # Never under 11 pixels, never over a seventh of the face unless that is too small to read.
    font = ImageFont.load_default(max(11.0, min(unit * 26, max(unit * 13, height / 7))))
    text = label(face)
    pad = max(2, round(font.size / 4)) if isinstance(font, ImageFont.FreeTypeFont) else 2
    x0, y0, x1, y1 = pen.textbbox((0, 0), text, font=font)
    wide, high = round(x1 - x0) + 2 * pad, round(y1 - y0) + 2 * pad
    x = max(0, min(left + (width - wide) // 2, size[0] - wide))
    # Above the box, else below it, else inside it: whichever is in the picture and covers no other label.
    places = [top - high - 2, top + height + 2, top + 2, top + height - high - 2]
    inside = [y for y in places if 0 <= y <= size[1] - high] or [max(0, min(top, size[1] - high))]
    y = next((y for y in inside if not any(_meet((x, y, x + wide, y + high), other) for other in taken)), inside[0])
    taken.append((x, y, x + wide, y + high))
    pen.rounded_rectangle((x, y, x + wide - 1, y + high - 1), radius=pad, fill=PLATE)
    pen.text((x + pad - x0, y + pad - y0), text, font=font, fill=INK)


def _meet(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
