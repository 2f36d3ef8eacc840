from __future__ import annotations

import numpy as np
import pytest

from showpiece_predictors.exercises.motion import MOTIONS, principal
from showpiece_predictors.exercises.signals import angle, measure
from showpiece_predictors.exercises.track import GAP, Track, empty, even, interpolated, trusted

from .bodies import Stance, efforts, seen

ONE = np.zeros(1)


def signals_of(stance: Stance, turn: float = 30.0, scale: float = 150.0):  # type: ignore[no-untyped-def]
    return measure(seen(lambda _: stance, ONE, [0.0], turn=turn, scale=scale))


def test_the_angle_between_two_limbs() -> None:
    a, b, c = np.array([[0, 1, 0], [1, 0, 0]]), np.zeros((2, 3)), np.array([[0, -2, 0], [0, 0, 3]])
    assert angle(a, b, c) == pytest.approx([180, 90])
    assert np.isnan(angle(b, b, c)).all()  # a limb without length has no direction


@pytest.mark.parametrize("turn", [0, 50, 90, 180])
def test_joint_angles_do_not_depend_on_the_camera(turn: float) -> None:
    stance = Stance(trunk=20, thigh=(70, 10), shank=(-20, -10), upper=(0, 90), fore=(90, 90), arms_out=0, legs_out=0)
    s = signals_of(stance, turn)
    assert s.knee[0] == pytest.approx([90, 160], abs=0.5)
    assert s.hip[0] == pytest.approx([90, 150], abs=1.5)  # the shoulders are wider than the hips
    assert s.elbow[0] == pytest.approx([90, 180], abs=0.5)
    assert s.shoulder[0] == pytest.approx([20, 110], abs=0.5)
    assert s.tilt[0] == pytest.approx(20, abs=0.5)
    assert s.split[0] == pytest.approx(60, abs=0.5)


@pytest.mark.parametrize("scale", [30, 400])
def test_heights_are_in_metres_whatever_the_distance(scale: float) -> None:
    s = signals_of(Stance(trunk=0, upper=(180, 180), fore=(180, 180), arms_out=0, legs_out=0), scale=scale)
    assert s.wrist_over_shoulder[0] == pytest.approx([0.54, 0.54], abs=0.01)
    assert s.hip_over_ankle[0] == pytest.approx(0.84, abs=0.01)
    assert s.scale[0] == pytest.approx(1 / scale, rel=0.01)


def test_a_foot_before_the_other_is_a_stride_and_beside_it_a_spread() -> None:
    before = signals_of(Stance(thigh=(30, -30), shank=(30, -30), legs_out=0))
    beside = signals_of(Stance(legs_out=30))
    assert before.stride[0] == pytest.approx(0.84, abs=0.02)
    assert before.spread[0] == pytest.approx(0.2, abs=0.02)
    assert beside.stride[0] == pytest.approx(0, abs=0.02)
    assert beside.spread[0] > 0.9


def test_nothing_is_known_where_nobody_is() -> None:
    s = measure(empty(np.arange(5.0)))
    assert np.isnan(s.tilt).all()
    assert np.isnan(s.knee).all()
    assert len(even(empty(np.zeros(0)))) == 0


def test_an_even_grid_from_an_uneven_film_closes_short_gaps_only() -> None:
    times = np.sort(np.random.default_rng(4).uniform(0, 6, 110))
    times = np.concatenate([times[times < 2], times[times > 2 + GAP - 0.1]])
    times = times[(times < 4) | (times > 5)]
    track = seen("squat", times, 0.5 - 0.5 * np.cos(times * 2))
    dense = even(track)
    assert np.diff(dense.times) == pytest.approx(0.1)
    known = dense.seen
    assert known[(dense.times < 3.9)].all()
    assert not known[(dense.times > 4.35) & (dense.times < 4.65)].any()
    truth = seen("squat", dense.times, 0.5 - 0.5 * np.cos(dense.times * 2))
    off = np.abs(dense.points - truth.points)[known].max()
    assert off < 12  # pixels, of a body 250 high that moves 60


def test_what_is_seen_for_a_moment_between_losses_is_not_trusted() -> None:
    times = np.arange(30) / 10
    track = seen("squat", times, np.zeros(30))
    track.points[[*range(5), 8, 9, 10, 11, 12]] = np.nan
    assert trusted(track).seen.tolist() == [False] * 13 + [True] * 17
    short = seen("squat", times, np.zeros(30))
    short.points[[4, 12, 20]] = np.nan  # one frame is no loss
    assert trusted(short).seen.sum() == 27


def test_no_body_is_drawn_between_a_body_and_its_mirror_image() -> None:
    times = np.array([0.0, 0.1])
    track = seen("jumping_jack", times, [0.5, 0.5], turn=0.0)
    other = seen("jumping_jack", times, [0.5, 0.5], turn=180.0)
    flipped = Track(times, np.stack([track.points[0], other.points[1]]), np.stack([track.world[0], other.world[1]]))
    between = interpolated(flipped, np.array([0.04, 0.06])).points
    assert between[0] == pytest.approx(track.points[0])
    assert between[1] == pytest.approx(other.points[1])
    straight = interpolated(seen("jumping_jack", times, [0.0, 1.0], turn=0.0), np.array([0.05])).points[0]
    assert not np.allclose(straight, track.points[0])


def test_what_moves_most_is_found_in_an_unknown_exercise() -> None:
    times, effort = efforts(3, 2.0, 10, 0.5)
    values = principal(measure(seen("deadlift", times, effort)))
    assert abs(np.corrcoef(values, effort)[0, 1]) > 0.98


def test_of_two_arms_the_one_that_moves_is_counted() -> None:
    times, effort = efforts(2, 2.0, 10, 0.5)
    both = MOTIONS["curl"].measure

    def one(e: float) -> Stance:
        return Stance(fore=(8 + 130 * e, 8))

    assert np.ptp(both(measure(seen(one, times, effort)))) > 120
    turns = np.concatenate([effort[:-5], effort])
    late = np.concatenate([np.zeros(10), turns[:-10]])
    pairs = list(zip(turns, late, strict=True))

    def in_turns(place: float) -> Stance:
        left, right = pairs[round(place)]
        return Stance(fore=(8 + 130 * left, 8 + 130 * right))

    values = both(measure(seen(in_turns, np.arange(len(turns)) / 10, np.arange(len(turns)))))
    assert np.ptp(values) > 120
