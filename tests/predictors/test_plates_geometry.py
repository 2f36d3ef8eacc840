from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from showpiece_predictors.plates.components import components, outline, runs
from showpiece_predictors.plates.geometry import (
    area,
    bounds,
    coefficients,
    grown,
    hull,
    joined,
    mapped,
    ordered,
    overlap,
    rectangle,
    size,
    slope,
    smallest_rectangle,
    straightened,
)

from . import images


def turned(quad: np.ndarray, degrees: float, about: tuple[float, float] = (0, 0)) -> np.ndarray:
    angle = np.radians(degrees)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return ((quad - about) @ spin.T + about).astype(np.float32)


def test_size_area_and_slope_of_a_rectangle() -> None:
    quad = rectangle(10, 20, 110, 45)
    assert size(quad) == (100, 25)
    assert area(quad) == 2500
    assert slope(quad) == 0
    assert bounds(quad) == (10, 20, 110, 45)
    assert slope(turned(quad, 30)) == pytest.approx(np.radians(30), abs=1e-5)


@given(st.permutations([0, 1, 2, 3]), st.floats(-40, 40))
def test_corners_are_ordered_however_they_come(order: list[int], degrees: float) -> None:
    quad = turned(rectangle(100, 100, 300, 150), degrees, (200, 125))
    assert np.allclose(ordered(quad[order]), quad, atol=1e-3)


@given(
    st.floats(-44, 44),
    st.floats(20, 300),
    st.floats(8, 19),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=0, max_size=30),
)
def test_the_smallest_rectangle_around_points_of_one_is_that_one(
    degrees: float, width: float, height: float, inside: list[tuple[float, float]]
) -> None:
    quad = turned(rectangle(0, 0, width, height), degrees, (width / 2, height / 2))
    within = [quad[0] + u * (quad[1] - quad[0]) + v * (quad[3] - quad[0]) for u, v in inside]
    found = smallest_rectangle(np.array([*quad, *within], np.float32))
    assert np.allclose(found, quad, atol=0.02)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=40))
def test_the_smallest_rectangle_holds_all_points_and_is_no_larger_than_the_box(points: list[tuple[int, int]]) -> None:
    found = smallest_rectangle(np.array(points, np.float32))
    left, top, right, bottom = bounds(np.array(points, np.float32))
    assert area(found) <= (right - left) * (bottom - top) + 0.05
    axis = found[1] - found[0]
    for point in np.array(points, np.float32):
        for a, b in zip(found, np.roll(found, -1, axis=0), strict=True):
            side = b - a
            if np.linalg.norm(side) > 1e-3 and np.linalg.norm(axis) > 1e-3:
                assert (side[0] * (point - a)[1] - side[1] * (point - a)[0]) / np.linalg.norm(side) >= -0.05


def test_hull_leaves_out_what_lies_inside_or_on_a_side() -> None:
    points = np.array([[0, 0], [4, 0], [4, 3], [0, 3], [2, 0], [1, 1], [4, 0]], np.float32)
    assert sorted(map(tuple, hull(points).tolist())) == [(0, 0), (0, 3), (4, 0), (4, 3)]


def test_growing_moves_sides_by_shares_of_the_height() -> None:
    quad = rectangle(10, 10, 110, 30)
    assert np.allclose(grown(quad, 0.5, 0.25, 1, 0), rectangle(0, 5, 130, 30))
    tilted = turned(quad, 20)
    assert np.allclose(grown(tilted, 0.5, 0.25, 1, 0), turned(rectangle(0, 5, 130, 30), 20), atol=1e-3)


def test_joining_keeps_the_turn_of_the_widest() -> None:
    parts = [turned(rectangle(0, 0, 100, 20), 15), turned(rectangle(110, 2, 140, 18), 15)]
    assert np.allclose(joined(parts), turned(rectangle(0, 0, 140, 20), 15), atol=1e-3)


def test_overlap_is_of_the_smaller() -> None:
    assert overlap(rectangle(0, 0, 10, 10), rectangle(5, 5, 6, 6)) == 1
    assert overlap(rectangle(0, 0, 10, 10), rectangle(5, 0, 25, 10)) == 0.5
    assert overlap(rectangle(0, 0, 10, 10), rectangle(20, 0, 30, 10)) == 0
    assert overlap(rectangle(0, 0, 0, 10), rectangle(0, 0, 10, 10)) == 0


@given(st.lists(st.tuples(st.floats(-20, 20), st.floats(-20, 20)), min_size=4, max_size=4))
def test_a_perspective_sends_the_corners_where_they_belong(moves: list[tuple[float, float]]) -> None:
    source = rectangle(0, 0, 200, 100) + np.array(moves, np.float32)
    target = rectangle(0, 0, 90, 40)
    assert np.allclose(mapped(coefficients(source, target), target), source, atol=0.01)


def test_straightening_cuts_out_what_lies_in_the_quad() -> None:
    picture = Image.new("RGB", (400, 300), "black")
    picture.paste(images.quarters(100, 60), (150, 120))
    straight = straightened(picture, rectangle(150, 120, 250, 180), 100, 60)
    assert images.close(images.corners(np.asarray(straight)), images.QUARTERS)
    spun = picture.rotate(-25, Image.Resampling.BICUBIC, center=(200, 150))
    straight = straightened(spun, turned(rectangle(150, 120, 250, 180), 25, (200, 150)), 50, 30)
    assert images.close(images.corners(np.asarray(straight)), images.QUARTERS)


def test_a_large_quad_is_averaged_and_not_sampled() -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    small = np.asarray(straightened(Image.fromarray(stripes), rectangle(0, 0, 400, 400), 50, 50)).astype(int)
    assert abs(small[5:-5, 5:-5] - 127).max() < 12


@pytest.mark.parametrize(
    "quad",
    [
        rectangle(-500, -500, -400, -450),
        rectangle(0, 0, 0, 0),
        rectangle(10, 10, 90, 10),
        np.array([[5, 5], [5, 5], [60, 40], [10, 40]], np.float32),
    ],
)
def test_a_quad_outside_or_without_area_is_grey_or_something_but_never_fails(quad: np.ndarray) -> None:
    assert straightened(images.quarters(100, 80), quad, 40, 12).size == (40, 12)


def test_runs_of_a_mask() -> None:
    mask = np.array([[1, 1, 0, 1], [0, 0, 0, 0], [0, 1, 1, 1]], bool)
    assert runs(mask).tolist() == [[0, 0, 2], [0, 3, 4], [2, 1, 4]]
    assert runs(np.zeros((3, 3), bool)).tolist() == []


def flooded(mask: np.ndarray) -> set[frozenset[tuple[int, int]]]:
    """The 8-connected regions by the plainest way."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}
    found = set()
    while left:
        queue, part = [left.pop()], set()
        while queue:
            y, x = queue.pop()
            part.add((y, x))
            near = {(y + i, x + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= near
            queue += near
        found.add(frozenset(part))
    return found


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
def test_components_are_those_of_a_flood(height: int, width: int, seed: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((height, width)) < share
    parts = components(mask)
    found = {frozenset((y, x) for y, a, b in part.tolist() for x in range(a, b)) for part in parts}
    assert found == flooded(mask)
    sizes = [int((part[:, 2] - part[:, 1]).sum()) for part in parts]
    assert sizes == sorted(sizes, reverse=True)


def test_the_outline_of_a_region_goes_around_its_pixels() -> None:
    mask = np.zeros((10, 12), bool)
    mask[3:6, 2:9] = True
    (part,) = components(mask)
    assert bounds(outline(part)) == (2, 3, 9, 6)
