from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageFont

from showpiece_predictors.faces import Face
from showpiece_predictors.faces.draw import draw, label


def test_labels_have_no_letter_that_the_font_lacks() -> None:
    font = ImageFont.load_default(24)
    assert isinstance(font, ImageFont.FreeTypeFont)
    missing = bytes(font.getmask("\uffff"))
    for sex in ("female", "male", None):
        text = label(make_face((0, 0, 9, 9), sex))
        assert not [letter for letter in text if bytes(font.getmask(letter)) == missing]


def make_face(box: tuple[int, int, int, int], sex: str | None = "male") -> Face:
    return Face.model_validate(
        {
            "box": list(box),
            "confidence": 0.9,
            "age": 30,
            "age_low": 22,
            "age_high": 38,
            "sex": sex,
            "sex_probability": 0.9,
        }
    )


@pytest.mark.parametrize("size", [(1, 1), (40, 30), (300, 2000), (4000, 3000)])
def test_drawing_works_at_any_size(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size, "gray")
    width, height = size
    boxes = [
        (0, 0, width, height),
        (width - 1, height - 1, 1, 1),
        (0, 0, 1, 1),
        (width // 3, height // 3, width // 3 + 1, 1),
    ]
    picture = draw(
        image,
        [make_face(box, sex) for box, sex in zip(boxes, ("male", "female", None, None), strict=True)],
        labels=True,
    )
    assert picture.size == size
    assert np.asarray(image).min() == np.asarray(image).max() == 128  # the photo itself is untouched
    assert np.asarray(picture).max() == 255 or size == (1, 1)


def test_two_neighbours_get_labels_that_do_not_cover_each_other() -> None:
    image = Image.new("RGB", (600, 400), "gray")
    first, second = make_face((200, 200, 60, 60)), make_face((230, 205, 60, 60), "female")
    alone = [np.asarray(draw(image, [face], labels=True)) for face in (first, second)]
    plates = [int(np.all(picture == 255, axis=2).sum()) for picture in alone]
    both = int(np.all(np.asarray(draw(image, [first, second], labels=True)) == 255, axis=2).sum())
    assert both == sum(plates)
