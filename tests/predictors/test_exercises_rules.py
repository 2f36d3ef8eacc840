from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from showpiece_predictors.exercises.classify import classify
from showpiece_predictors.exercises.counter import Repetition, count
from showpiece_predictors.exercises.motion import MOTIONS
from showpiece_predictors.exercises.rules import RULES, low, ramp, windows
from showpiece_predictors.exercises.signals import measure
from showpiece_predictors.exercises.track import Track, even

from .bodies import MOVES, efforts, seen

OTHERS = ("deadlift", "press", "row", "stand")


def answer(track: Track) -> tuple[str, list[Repetition]]:
    signals = measure(even(track))
    exercise = classify(signals).exercise
    motion = MOTIONS[exercise]
    return exercise, count(signals.times, motion.measure(signals) * motion.effort, motion.counting)


@pytest.mark.parametrize("turn", [0, 40, 90, -60])
@pytest.mark.parametrize("name", sorted(RULES))
def test_each_exercise_is_known_and_counted_from_any_side(name: str, turn: float) -> None:
    times, effort = efforts(4, 2.4, 10, 0.8)
    exercise, found = answer(seen(name, times, effort, turn=turn, jitter=0.008))
    assert exercise == name
    assert len(found) == 4


@pytest.mark.parametrize("period", [1.2, 5.0])
@pytest.mark.parametrize("name", ["squat", "pull_up", "push_up", "dip"])
def test_fast_and_slow(name: str, period: float) -> None:
    times, effort = efforts(3, period, 10, 0.5)
    assert [answer(seen(name, times, effort))[0], len(answer(seen(name, times, effort))[1])] == [name, 3]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("turn", [0, 45, 90])
def test_what_is_no_known_exercise_stays_another(name: str, turn: float) -> None:
    times, effort = efforts(3, 2.5, 10, 0.5)
    exercise, found = answer(seen(name, times, effort, turn=turn, jitter=0.005))
    assert exercise == "other"
    assert len(found) == (0 if name == "stand" else 3)


def test_near_and_far_are_the_same() -> None:
    times, effort = efforts(3, 2.5, 10, 0.5)
    for scale in (40.0, 900.0):
        exercise, found = answer(seen("squat", times, effort, scale=scale))
        assert (exercise, len(found)) == ("squat", 3)


def test_standing_about_before_and_after_does_not_count() -> None:
    times, effort = efforts(3, 2.5, 10, 6.0)
    exercise, found = answer(seen("pull_up", times, effort))
    assert (exercise, len(found)) == ("pull_up", 3)
    assert found[0].start >= 5
    assert found[-1].end <= 15


def test_likelihoods_are_shares_with_the_answer_first() -> None:
    times, effort = efforts(3, 2.5, 10, 0.5)
    verdict = classify(measure(even(seen("dip", times, effort))))
    shares = [share for _, share in verdict.likelihoods]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    assert {name for name, _ in verdict.likelihoods} == {*RULES, "other"}
    assert verdict.exercise == "dip"
    assert shares[0] > 0.8


def test_a_body_that_is_seen_too_seldom_is_no_exercise() -> None:
    times, effort = efforts(3, 2.5, 10, 0.5)
    track = seen("squat", times, effort)
    holes = track.points.copy()
    holes[:, :] = np.nan
    holes[10:16] = track.points[10:16]
    assert classify(measure(even(replace(track, points=holes)))).exercise == "other"


def test_windows_reach_to_the_end() -> None:
    assert windows(5) == [slice(0, 5)]
    for rows in (40, 41, 77, 300):
        found = windows(rows)
        assert found[0].start == 0
        assert found[-1].stop == rows
        assert all(b.start <= a.stop for a, b in pairwise(found))


def test_percentiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(3).normal(size=(37, 2))
    values[5:9] = np.nan
    for share in (5, 20, 50, 95):
        assert low(values, share) == pytest.approx(np.nanpercentile(values, share))
    assert np.isnan(low(np.full(4, np.nan)))


def test_a_ramp_goes_both_ways_and_knows_nothing_of_nothing() -> None:
    assert [ramp(value, 1, 3) for value in (0, 1, 2, 3, 4)] == [0, 0, 0.5, 1, 1]
    assert [ramp(value, 3, 1) for value in (0, 2, 4)] == [1, 0.5, 0]
    assert ramp(float("nan"), 0, 1) == 0


def test_every_rule_has_a_signal_to_count_by() -> None:
    assert set(MOTIONS) == {*RULES, "other"}
    assert set(OTHERS) | set(RULES) == set(MOVES)
