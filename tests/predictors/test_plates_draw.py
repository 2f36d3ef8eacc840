from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFont

from showpiece_predictors.plates import Plate
from showpiece_predictors.plates.cyrillic import CYRILLIC
from showpiece_predictors.plates.draw import draw, label, sheet


def make_plate(box: tuple[int, int, int, int], text: str | None = "A123BC77", confidence: float = 0.9) -> Plate:
    x, y, w, h = box
    return Plate(
        text=text,
        confidence=confidence,
        region=None,
        region_probability=None,
        alternatives=[],
        characters=[0.9] * len(text or ""),
        box=list(box),
        quad=[[x, y], [x + w, y], [x + w, y + h], [x, y + h]],
    )


def test_labels_have_no_letter_that_the_font_lacks() -> None:
    font = ImageFont.load_default(24)
    assert isinstance(font, ImageFont.FreeTypeFont)
    missing = bytes(font.getmask("\uffff"))
    for text in (CYRILLIC + "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", None):
        shown = label(make_plate((0, 0, 9, 9), text, 0.5))
        assert not [letter for letter in shown if bytes(font.getmask(letter)) == missing]


def test_a_doubtful_reading_has_a_question_mark() -> None:
    assert label(make_plate((0, 0, 9, 9))) == "A123BC77"
    assert label(make_plate((0, 0, 9, 9), confidence=0.5)) == "A123BC77 ?"
    assert label(make_plate((0, 0, 9, 9), None)) == "?"


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (300, 2000), (4000, 3000)])
def test_drawing_works_at_any_size(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, "gray")
    width, height = size
    boxes = [(0, 0, width, height), (width - 1, height - 1, 1, 1), (0, 0, 1, 1), (width // 3, height // 3, 1, 1)]
    plates = [make_plate(box, text) for box, text in zip(boxes, ("A123BC77", None, "B", "C"), strict=True)]
    picture = draw(image, plates)
    assert picture.size == size
    assert np.asarray(image).min() == np.asarray(image).max() == 128  # the photo itself is untouched
    assert np.any(np.asarray(picture) != 128)
    rows = sheet(image, plates)
    assert rows is not None
    assert rows.width < 1200


def test_two_neighbours_get_labels_that_do_not_cover_each_other() -> None:
    image = Image.new("RGB", (800, 400), "gray")
    first, second = make_plate((300, 200, 120, 26)), make_plate((350, 204, 120, 26), "K456MH99")

    def white(plates: list[Plate]) -> int:
        return int(np.all(np.asarray(draw(image, plates)) == 255, axis=2).sum())

    assert white([first, second]) == white([first]) + white([second])


def test_the_sheet_shows_a_row_for_each_plate() -> None:
    image = Image.new("RGB", (800, 400), "navy")
    image.paste("yellow", (300, 200, 420, 226))
    assert sheet(image, []) is None
    one = sheet(image, [make_plate((300, 200, 120, 26))])
    two = sheet(image, [make_plate((300, 200, 120, 26)), make_plate((10, 10, 60, 40), None)])
    assert one is not None
    assert two is not None
    assert two.height > one.height
    red, green, blue = np.asarray(one)[one.height // 2, 200]
    assert red > 200
    assert green > 200
    assert blue < 60
