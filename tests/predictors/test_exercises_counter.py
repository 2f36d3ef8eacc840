from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showpiece_predictors.exercises.counter import Counting, count
from showpiece_predictors.exercises.track import Floats

from .bodies import efforts

DEGREES = Counting(30.0)


def wave(
    repetitions: int, period: float = 2.0, rest: float = 1.0, rate: float = 10, size: float = 80
) -> tuple[Floats, Floats]:
    times, effort = efforts(repetitions, period, rate, rest)
    return times, effort * size


@settings(max_examples=120, deadline=None)
@given(
    repetitions=st.integers(1, 25),
    period=st.floats(0.8, 6.0),
    size=st.floats(45, 150),
    rest=st.floats(0.3, 4.0),
    noise=st.floats(0, 0.06),
    lost=st.lists(st.floats(0, 1), max_size=4),
    seed=st.integers(0, 1000),
)
def test_the_count_is_right_whatever_the_pace(
    repetitions: int, period: float, size: float, rest: float, noise: float, lost: list[float], seed: int
) -> None:
    times, signal = wave(repetitions, period, rest, size=size)
    signal = signal + np.random.default_rng(seed).normal(0, noise * size, len(signal))
    for share in lost:  # moments in which the body is not seen, too short to hide a repetition
        start = int(share * (len(signal) - 2))
        signal[start : start + max(1, round(period * 1.2))] = np.nan
    known = np.isfinite(signal)
    found = count(times, np.interp(times, times[known], signal[known]), DEGREES)
    assert len(found) == repetitions
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(found))
    assert all(one.start < one.peak < one.end for one in found)


def test_start_and_end_are_where_rest_is_left_and_reached() -> None:
    times, signal = wave(3, period=2.0, rest=1.0)
    found = count(times, signal, DEGREES)
    for number, one in enumerate(found):
        assert one.start == pytest.approx(1 + 2 * number, abs=0.35)
        assert one.end == pytest.approx(3 + 2 * number, abs=0.35)
        assert one.peak == pytest.approx(2 + 2 * number, abs=0.11)
        assert one.size == pytest.approx(80, abs=1)


def test_a_rest_between_is_no_part_of_a_repetition() -> None:
    _, signal = wave(2, period=2.0)
    pause = np.zeros(80)
    signal = np.concatenate([signal, pause, signal])
    found = count(np.arange(len(signal)) / 10, signal, DEGREES)
    assert len(found) == 4
    assert max(one.end - one.start for one in found) < 3.2


def test_too_little_is_nothing() -> None:
    times, signal = wave(5, size=20)
    assert count(times, signal, DEGREES) == []
    assert count(times[:0], signal[:0], DEGREES) == []
    assert count(times, np.full(len(times), np.nan), DEGREES) == []


def test_small_movements_between_do_not_count() -> None:
    times, signal = wave(4, period=2.0, rest=3.0)
    signal[5:15] += 25 * np.hanning(10)  # somebody gets ready
    assert len(count(times, signal, DEGREES)) == 4


def test_a_hold_at_the_top_with_tremor_is_one() -> None:
    times = np.arange(80) / 10
    signal = np.interp(times, [0, 1, 2, 6, 7, 8], [0, 0, 90, 90, 0, 0]) + 8 * np.sin(times * 9)
    assert len(count(times, signal, DEGREES)) == 1


def test_a_film_that_begins_or_ends_half_way() -> None:
    times, signal = wave(4, period=2.0, rest=0.0)
    # Begins in full effort: the way there was not seen, so it is not counted.
    assert len(count(times[10:], signal[10:], DEGREES)) == 3
    # Begins on the way: it is.
    assert len(count(times[4:], signal[4:], DEGREES)) == 4
    # Ends after the effort: it is. Ends before: it is not.
    assert len(count(times[:-8], signal[:-8], DEGREES)) == 4
    assert len(count(times[:-15], signal[:-15], DEGREES)) == 3


def test_a_film_that_begins_just_before_the_effort() -> None:
    values = np.array([60.0, 90, 80, 5, 4, 5, 50, 100, 50, 2, 3])
    found = count(np.arange(11) / 5, values, DEGREES)
    assert [(one.start, one.peak) for one in found] == [pytest.approx((0, 0.2)), pytest.approx((1.0, 1.4))]


def test_only_where_the_exercise_is_done() -> None:
    times, signal = wave(6, period=2.0)
    active = times > 5
    assert len(count(times, signal, DEGREES, active)) == 4


def test_a_long_loss_ends_what_was_under_way() -> None:
    times, signal = wave(3, period=4.0)
    signal[30:45] = np.nan  # from the first effort to the next rest
    found = count(times, signal, DEGREES)
    assert [round(one.peak) for one in found][-2:] == [7, 11]
    assert all(one.end < 3.1 or one.start > 4.4 for one in found)


def test_too_fast_for_a_body() -> None:
    times = np.arange(100) / 10
    assert count(times, 50 + 50 * np.sin(times * 2 * np.pi / 0.2 + 0.3), Counting(30, shortest=0.6)) == []
