from __future__ import annotations

import numpy as np
import pytest

from showpiece_predictors.plates import grammar, rank
from showpiece_predictors.plates.decode import Reading
from showpiece_predictors.plates.geometry import rectangle
from showpiece_predictors.plates.layout import arrangements
from showpiece_predictors.plates.lines import Line, decode


def line(left: float, top: float, right: float, bottom: float) -> Line:
    return Line(rectangle(left, top, right, bottom), 0.9)


def test_a_region_in_a_box_of_its_own_is_read_on() -> None:
    serial, region = line(0, 0, 200, 50), line(215, 2, 270, 38)
    ways = [way.parts for way in arrangements([region, serial])]
    assert any(len(parts) == 2 and parts[0] is serial.quad and parts[1] is region.quad for parts in ways)
    assert not any(len(parts) == 2 and parts[0] is region.quad for parts in ways)


def test_two_rows_are_read_from_the_top_with_the_pieces_of_each() -> None:
    upper, left, right = line(20, 0, 150, 50), line(10, 60, 80, 105), line(100, 60, 150, 90)
    ways = [[id(part) for part in way.parts] for way in arrangements([right, left, upper])]
    assert [id(upper.quad), id(left.quad)] in ways
    assert [id(upper.quad), id(left.quad), id(right.quad)] in ways


def test_four_pieces_in_two_rows_are_tried_before_any_of_them_alone() -> None:
    """A square plate with its region in a box, beside two other lines of text."""
    pieces = [line(0, 0, 60, 50), line(70, 0, 150, 50), line(0, 60, 80, 110), line(90, 64, 150, 104)]
    others = [line(0, 400, 90, 430), line(300, 400, 420, 430)]
    ways = [{id(part) for part in way.parts} for way in arrangements([*others, *pieces])]
    assert {id(piece.quad) for piece in pieces} in ways


@pytest.mark.parametrize("other", [line(0, 300, 200, 350), line(600, 0, 700, 50), line(210, 0, 400, 300)])
def test_lines_that_do_not_belong_together_stay_alone(other: Line) -> None:
    assert all(len(way.parts) == 1 for way in arrangements([line(0, 0, 200, 50), other]))


def test_what_is_far_too_long_or_too_narrow_is_no_line_of_a_plate() -> None:
    assert arrangements([line(0, 0, 900, 40), line(0, 0, 10, 60)]) == []


def test_a_map_of_text_becomes_lines() -> None:
    heat = np.zeros((64, 160), np.float32)
    heat[20:30, 30:110] = 0.9
    heat[50:52, 5:8] = 0.9  # a speck
    heat[5:15, 130:150] = 0.35  # above the pixel's threshold, below the region's
    (found,) = decode(heat)
    left, top, right, bottom = (*found.quad.min(axis=0), *found.quad.max(axis=0))
    # Grown back by area * 1.6 / circumference = 80 * 10 * 1.6 / 180 = 7.1 pixels on each side.
    assert np.allclose([left, top, right, bottom], [30 - 7.1, 20 - 7.1, 110 + 7.1, 30 + 7.1], atol=0.1)
    assert found.score == pytest.approx(0.9, abs=1e-3)


def reading(text: str, share: float = 0.9, sure: float = 0.99) -> Reading:
    return Reading(text, 0.0, share, "", "xx", tuple([sure] * len(text)))


def test_shape_speaks_for_the_regions_that_have_it() -> None:
    def likeliest(width: float, height: float) -> str:
        gain = rank.regions_by_shape(rectangle(0, 0, width, height)) - np.log(
            [grammar.SHARES[region] for region in grammar.REGIONS]
        )
        return grammar.REGIONS[int(gain.argmax())]

    assert likeliest(200, 100) in ("us", "xx")
    assert likeliest(520, 112) in ("eu", "ru", "ua", "xx")
    for shape in ((0, 0), (5, 900), (900, 5)):
        logs = rank.regions_by_shape(rectangle(0, 0, *shape))
        assert np.exp(logs).sum() == pytest.approx(1, abs=1e-4)


def test_confidence_grows_with_what_speaks_for_a_reading() -> None:
    best = rank.confidence(reading("A123BC77"), 0.95)
    assert 0.7 < best <= 1
    assert rank.confidence(reading("A123BC77"), 0.5) < best
    assert rank.confidence(reading("A123BC77", share=0.5), 0.95) < best
    assert rank.confidence(reading("A123BC77", sure=0.8), 0.95) < best
    assert rank.confidence(reading("IT"), 0.95) < 0.2
    assert rank.confidence(reading("WELCOMEHOMES"), 0.95) < 0.2


def test_of_plates_that_overlap_the_surest_is_kept() -> None:
    def found(left: float, sure: float) -> rank.Found:
        return rank.Found(rectangle(left, 0, left + 100, 20), sure, (reading("A123BC77"),))

    first, second, third = found(0, 0.6), found(20, 0.9), found(300, 0.5)
    assert rank.unrivalled([first, second, third]) == [second, third]
    assert rank.Found(rectangle(0, 0, 9, 9), 0.9, ()).confidence == 0
