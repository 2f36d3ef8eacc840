from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from showpiece_predictors import Film, Frame
from showpiece_predictors.exercises.body import Point
from showpiece_predictors.exercises.counter import Repetition
from showpiece_predictors.exercises.draw import BONE, DARK, JOINT, drawn, panel, skeleton
from showpiece_predictors.exercises.film import LONGER_SIDE, RATE, DrawnFilm

from .bodies import efforts, seen

SIZE = (480, 480)


def body(visibility: float = 1.0) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    points = seen("squat", np.zeros(1), [0.0], turn=0.0).points[0]
    points[:, 3] = visibility
    return points


def near(image: Image.Image, at: tuple[float, float], color: tuple[int, int, int], within: int = 2) -> bool:
    x, y = (round(value) for value in at)
    part = np.asarray(image)[y - within : y + within + 1, x - within : x + within + 1].reshape(-1, 3).astype(int)
    return bool((np.abs(part - color).max(axis=1) < 30).any())


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), BONE])
def test_bones_and_joints_are_where_the_body_is_on_any_ground(ground: tuple[int, int, int]) -> None:
    image = Image.new("RGB", SIZE, ground)
    points = body()
    skeleton(image, points)
    for joint in (Point.LEFT_KNEE, Point.RIGHT_ELBOW, Point.LEFT_SHOULDER):
        assert near(image, points[joint, :2], JOINT)
    middle = (points[Point.LEFT_HIP, :2] + points[Point.LEFT_KNEE, :2]) / 2
    assert near(image, middle, BONE)
    if ground != (0, 0, 0):
        assert np.abs(np.asarray(image).astype(int) - DARK).max(axis=2).min() < 100  # the outline
    assert np.asarray(image)[5, 5].tolist() == list(ground)


def test_what_is_hidden_is_not_drawn() -> None:
    image = Image.new("RGB", SIZE, (90, 90, 90))
    points = body()
    points[[Point.LEFT_KNEE, Point.LEFT_ANKLE], 3] = 0.1
    skeleton(image, points)
    assert not near(image, points[Point.LEFT_ANKLE, :2], JOINT, within=6)
    assert near(image, points[Point.RIGHT_KNEE, :2], JOINT)
    untouched = Image.new("RGB", SIZE, (90, 90, 90))
    skeleton(untouched, body(0.0))
    assert np.ptp(np.asarray(untouched)) == 0


def test_a_body_partly_or_wholly_beyond_the_edge() -> None:
    for shift in (-200.0, 260.0, 5000.0):
        image = Image.new("RGB", SIZE, (90, 90, 90))
        points = body()
        points[:, 0] += shift
        skeleton(image, points)
        assert bool(np.ptp(np.asarray(image))) is (abs(shift) < 1000)


def test_lines_are_smooth() -> None:
    image = Image.new("RGB", SIZE, (255, 255, 255))
    skeleton(image, body())
    assert len(np.unique(np.asarray(image).reshape(-1, 3), axis=0)) > 10


def test_the_ring_fills_and_the_count_is_written() -> None:
    def reds(effort: float, count: int = 3) -> tuple[int, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
        image = Image.new("RGB", (720, 405), (120, 140, 120))
        panel(image, "squat", count, effort)
        pixels = np.asarray(image)
        return int((np.abs(pixels.astype(int) - BONE).max(axis=2) < 30).sum()), pixels

    amounts = [reds(effort)[0] for effort in (0, 0.3, 0.7, 1)]
    assert amounts[0] == 0
    assert amounts == sorted(amounts)
    assert amounts[1] * 2 < amounts[3]
    assert (reds(0, 3)[1] != reds(0, 4)[1]).any()
    assert (reds(2.0)[1] == reds(1)[1]).all()


@pytest.mark.parametrize("size", [(64, 36), (404, 720), (720, 720)])
def test_any_size(size: tuple[int, int]) -> None:
    pixels = np.full((size[1], size[0], 3), 100, np.uint8)
    out = drawn(pixels, body(), "another exercise", 112, 0.5)
    assert out.shape == pixels.shape
    assert out.dtype == np.uint8
    assert (out != pixels).any()
    assert np.ptp(pixels) == 0  # the film's own frame is left alone


class Grey(Film):
    """Frames of one colour, whose redness tells their number."""

    def __init__(self, count: int = 40, rate: float = 20.0) -> None:
        self.width, self.height, self.rate, self.duration = 960, 540, rate, count / rate
        self.open = 0

    def frames(self, rate: float | None = None, longer_side: int | None = None):  # type: ignore[no-untyped-def]
        scale = min(1.0, (longer_side or 9999) / 960)
        self.open += 1
        try:
            step = round(self.rate / min(rate or self.rate, self.rate))
            for n in range(0, round(self.duration * self.rate), step):
                shape = (round(540 * scale), round(960 * scale), 3)
                yield Frame(n / self.rate, np.full(shape, n * 4, np.uint8))
        finally:
            self.open -= 1


def film(source: Grey) -> DrawnFilm:
    times, effort = efforts(2, 0.8, 10, 0.2)
    track = seen("squat", times, effort)
    counted = [Repetition(0.2, 1.0, 0.6, 1.0), Repetition(1.0, 1.8, 1.4, 1.0)]
    return DrawnFilm(source, track, (480, 270), "squat", counted, (times, effort))


def test_the_film_is_the_clip_in_order_with_something_drawn() -> None:
    source = Grey()
    made = film(source)
    frames = list(made.frames())
    assert [frame.time for frame in frames] == pytest.approx(np.arange(0, 2, 0.1))
    assert {frame.pixels.shape for frame in frames} == {(made.height, made.width, 3)}
    assert max(made.width, made.height) == LONGER_SIDE
    assert made.rate == RATE
    corner = [int(frame.pixels[-1, -1, 0]) for frame in frames]
    assert corner == sorted(corner)
    assert len(set(corner)) == len(corner)
    assert all((frame.pixels != frame.pixels[-1, -1]).any() for frame in frames)
    assert source.open == 0


def test_the_count_rises_when_a_repetition_is_over() -> None:
    written: list[int] = []
    made = film(Grey())

    def note(pixels, points, name, count, effort):  # type: ignore[no-untyped-def]
        written.append(count)
        return pixels

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("showpiece_predictors.exercises.film.drawn", note)
        times = [frame.time for frame in made.frames()]
    assert [times[written.index(count)] for count in (0, 1, 2)] == pytest.approx([0, 1.0, 1.8])


def test_a_film_that_is_dropped_frees_its_source() -> None:
    source = Grey()
    frames = film(source).frames()
    next(frames)
    assert source.open == 1
    frames.close()  # type: ignore[attr-defined]
    assert source.open == 0


def test_less_is_given_if_less_is_asked_for() -> None:
    frames = list(film(Grey()).frames(rate=5, longer_side=320))
    assert len(frames) == 10
    assert frames[0].pixels.shape == (180, 320, 3)
