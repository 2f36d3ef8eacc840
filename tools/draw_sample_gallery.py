"""Draws what the galleries of sample projects show beside their covers: `python tools/draw_sample_gallery.py`."""

import math
from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).resolve().parents[1] / "src" / "showpiece" / "sample" / "pictures"
SIZE, SCALE = (1280, 800), 3
WALL, PAPER, LINE, DRY = "#dfead2", "#fbfdf8", "#d3dfd0", "#f3ddc8"
LEAVES = ("#2f8f5b", "#3c8fc4", "#d9793f")
LEFT, RIGHT, TOP, BOTTOM = 150, 1130, 150, 640
# Of each plant: percent of moisture at the start, percent lost a day, and the days on which it was watered.
PLANTS = ((72, 9, (3.3,)), (60, 13, (1.6, 4.4)), (48, 5, (5.5,)))
DAYS, STEPS, FULL = 7, 336, 78


def moisture(start: float, loss: float, watered: tuple[float, ...], day: float) -> float:
    """Percent after so many days: it dries slower at night, and watering fills it up."""
    last = max([when for when in watered if when <= day], default=0.0)
    level = FULL if last else start
    gone = (day - last) + 0.12 * (math.sin(2 * math.pi * day) - math.sin(2 * math.pi * last))
    return max(6.0, level - loss * gone)


def draw() -> Image.Image:
    """A week of three plants on a card."""
    image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE), WALL)
    pen = ImageDraw.Draw(image)

    def box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, ...]:
        return (x0 * SCALE, y0 * SCALE, x1 * SCALE, y1 * SCALE)

    pen.rounded_rectangle(box(84, 74, 1212, 744), 36 * SCALE, fill="#c9d9bd")
    pen.rounded_rectangle(box(70, 56, 1198, 726), 36 * SCALE, fill=PAPER)
    height = BOTTOM - TOP
    pen.rectangle(box(LEFT, BOTTOM - height * 0.22, RIGHT, BOTTOM), fill=DRY)
    for step in range(5):
        y = BOTTOM - height * step / 4
        pen.line(box(LEFT, y, RIGHT, y), fill=LINE, width=2 * SCALE)
    for day in range(DAYS + 1):
        x = LEFT + (RIGHT - LEFT) * day / DAYS
        pen.line(box(x, BOTTOM, x, BOTTOM + 14), fill="#9db39a", width=3 * SCALE)
    for colour, (start, loss, watered) in zip(LEAVES, PLANTS, strict=True):
        points = []
        for step in range(STEPS + 1):
            day = DAYS * step / STEPS
            level = moisture(start, loss, watered, day)
            points.append((SCALE * (LEFT + (RIGHT - LEFT) * step / STEPS), SCALE * (BOTTOM - height * level / 100)))
        pen.line(points, fill=colour, width=7 * SCALE, joint="curve")
        for when in watered:
            x, y = LEFT + (RIGHT - LEFT) * when / DAYS, BOTTOM - height * FULL / 100 - 34
            drop = ((x, y - 26), (x - 11, y), (x + 11, y))
            pen.polygon([(across * SCALE, down * SCALE) for across, down in drop], colour)
            pen.ellipse(box(x - 13, y - 10, x + 13, y + 16), fill=colour)
        x, y = points[-1][0] / SCALE, points[-1][1] / SCALE
        pen.ellipse(box(x - 12, y - 12, x + 12, y + 12), fill=PAPER, outline=colour, width=6 * SCALE)
    return image.resize(SIZE, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    draw().save(TARGET / "leaf-log-week.webp", quality=82, method=6)
