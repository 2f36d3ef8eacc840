"""Bodies of rods and joints that do exercises, as the landmark network would see them. Nobody's picture is needed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from showpiece_predictors.exercises.body import POINTS, Point
from showpiece_predictors.exercises.track import Floats, Track

TRUNK, THIGH, SHANK, UPPER, FORE, SHOULDER, HIP = 0.5, 0.42, 0.42, 0.28, 0.26, 0.18, 0.1
Pair = tuple[float, float]


@dataclass
class Stance:
    """How the parts of a body point, in degrees: 0 down, 90 forward, 180 up; the trunk: 0 upright, 90 face down."""

    trunk: float = 4.0
    thigh: Pair = (0.0, 0.0)
    shank: Pair = (0.0, 0.0)
    upper: Pair = (0.0, 0.0)
    fore: Pair = (5.0, 5.0)
    arms_out: float = 5.0
    legs_out: float = 2.0
    #: What stays where it is: "feet", "hands", "hips" or "left foot".
    fixed: str = "feet"
    place: tuple[float, float] = field(default=(0.0, 0.0))


def _way(angle: float, out: float, side: int) -> Floats:
    """A direction: forward, up, to the left."""
    a, b = math.radians(angle), math.radians(out)
    return np.array([math.sin(a) * math.cos(b), -math.cos(a) * math.cos(b), side * math.sin(b)])


def points(stance: Stance) -> Floats:
    """(33, 3): forward, up, left in metres, from the middle of the hips."""
    out = np.zeros((POINTS, 3))
    lean = math.radians(stance.trunk)
    spine = np.array([math.sin(lean), math.cos(lean), 0.0])
    front = np.array([math.cos(lean), -math.sin(lean), 0.0])
    for side, sign in ((0, 1), (1, -1)):
        left = np.array([0.0, 0.0, sign])
        hip, shoulder = left * HIP, spine * TRUNK + left * SHOULDER
        elbow = shoulder + UPPER * _way(stance.upper[side], stance.arms_out, sign)
        wrist = elbow + FORE * _way(stance.fore[side], stance.arms_out, sign)
        knee = hip + THIGH * _way(stance.thigh[side], stance.legs_out, sign)
        ankle = knee + SHANK * _way(stance.shank[side], stance.legs_out, sign)
        for point, at in (
            (Point.LEFT_HIP, hip),
            (Point.LEFT_SHOULDER, shoulder),
            (Point.LEFT_ELBOW, elbow),
            (Point.LEFT_WRIST, wrist),
            (Point.LEFT_INDEX, wrist),
            (Point.LEFT_KNEE, knee),
            (Point.LEFT_ANKLE, ankle),
            (Point.LEFT_HEEL, ankle),
        ):
            out[point + side] = at
        out[Point.LEFT_FOOT + side] = ankle + np.array([0.15, 0.0, 0.0])
        out[17 + side] = out[21 + side] = wrist
    head = spine * (TRUNK + 0.2) + front * 0.1
    out[: Point.LEFT_SHOULDER] = head
    return out


def _between(a: float, b: float, e: float) -> float:
    return a + (b - a) * e


def _both(a: float, b: float, e: float) -> Pair:
    value = _between(a, b, e)
    return value, value


#: Each by its effort, from 0 to 1.
MOVES: dict[str, Callable[[float], Stance]] = {
    "squat": lambda e: Stance(
        _between(4, 34, e), _both(2, 88, e), _both(0, -26, e), _both(60, 80, e), _both(80, 85, e)
    ),
    "lunge": lambda e: Stance(
        _between(4, 10, e),
        (_between(2, 78, e), _between(0, -18, e)),
        (_between(0, -8, e), _between(0, -92, e)),
        fixed="left foot",
    ),
    "push_up": lambda e: Stance(
        _between(74, 86, e), _both(-74, -86, e), _both(-74, -86, e), _both(2, -68, e), _both(2, 14, e), fixed="hands"
    ),
    "dip": lambda e: Stance(_between(8, 24, e), (-8, -8), (-60, -60), _both(0, -72, e), _both(2, 6, e), fixed="hands"),
    "pull_up": lambda e: Stance(
        6, (5, 5), (-25, -25), _both(176, 20, e), _both(178, 176, e), arms_out=18, fixed="hands"
    ),
    "sit_up": lambda e: Stance(
        _between(-90, -12, e), (128, 128), (18, 18), _both(10, 60, e), _both(40, 110, e), fixed="hips"
    ),
    "jumping_jack": lambda e: Stance(arms_out=_between(8, 168, e), legs_out=_between(3, 26, e)),
    "curl": lambda e: Stance(fore=_both(8, 142, e)),
    "deadlift": lambda e: Stance(_between(4, 78, e), _both(2, 44, e), _both(0, -12, e)),
    "press": lambda e: Stance(upper=_both(35, 172, e), fore=_both(168, 178, e), arms_out=15),
    "row": lambda e: Stance(62, (20, 20), (-12, -12), _both(0, -75, e), _both(2, 10, e)),
    "stand": lambda e: Stance(upper=_both(0, 6, e)),
}


def _fixed(body: Floats, stance: Stance) -> Floats:
    """The point that stays where it is."""
    rows = {
        "feet": [Point.LEFT_ANKLE, Point.RIGHT_ANKLE],
        "left foot": [Point.LEFT_ANKLE],
        "hands": [Point.LEFT_WRIST, Point.RIGHT_WRIST],
        "hips": [Point.LEFT_HIP, Point.RIGHT_HIP],
    }[stance.fixed]
    where: Floats = body[rows].mean(axis=0)
    return where


def efforts(repetitions: int, period: float, rate: float, rest: float) -> tuple[Floats, Floats]:
    """Times and efforts of so many repetitions, with a rest before and after, in seconds."""
    times = np.arange(round((repetitions * period + 2 * rest) * rate) + 1) / rate
    phase = np.clip((times - rest) / period, 0, repetitions)
    return times, 0.5 - 0.5 * np.cos(2 * np.pi * phase)


def seen(
    move: str | Callable[[float], Stance],
    times: Floats,
    effort: Sequence[float] | Floats,
    *,
    turn: float = 35.0,
    scale: float = 150.0,
    jitter: float = 0.0,
    seed: int = 0,
) -> Track:
    """The track of a body that faces `turn` degrees away from the camera, `scale` pixels a metre."""
    random = np.random.default_rng(seed)
    stances = [(MOVES[move] if isinstance(move, str) else move)(float(e)) for e in effort]
    frames, world = np.empty((len(times), POINTS, 4)), np.empty((len(times), POINTS, 3))
    sin, cos = math.sin(math.radians(turn)), math.cos(math.radians(turn))
    for n, stance in enumerate(stances):
        body = points(stance)
        body = body + random.normal(0, jitter, body.shape)
        forward, up, left = body.T
        # Facing the camera at 0: forward is towards it, and the body's left is on the right of the frame.
        flat = np.stack([cos * left + sin * forward, -up, sin * left - cos * forward], axis=1)
        anchor = _fixed(body, stance)
        anchor = np.array([cos * anchor[2] + sin * anchor[0], -anchor[1], 0.0])
        world[n] = flat
        frames[n, :, :3] = (flat - anchor) * scale + np.array([240.0, 300.0, 0.0])
        frames[n, :, 3] = 1.0
    return Track(np.asarray(times, float), frames, world)
