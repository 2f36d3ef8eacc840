"""Which exercise a body does, by kinematic rules on windows of a few seconds.

Each rule says what must be true of the exercise anywhere it is done: which joints bend, which part is fixed, where the
hands are, how the trunk is held. The descriptions are those of exercise textbooks (Haff and Triplett, "Essentials of
Strength Training and Conditioning", exercise technique), the thresholds ranges of joint motion with a margin. Each
condition gives a degree from 0 to 1 and a rule is as true as its weakest condition (Zadeh 1965, fuzzy sets). There is
no training: there are few clips to train on, and classifiers trained on a few dozen of them did worse.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from .signals import Signals
from .track import GRID, Floats

#: Length of a window and the step from one to the next, in seconds.
WINDOW, STEP = 4.0, 0.5


def ramp(value: float, no: float, yes: float) -> float:
    """0 up to `no`, 1 from `yes` on, linear between; falling if `yes` is the smaller. Not a number gives 0."""
    if not np.isfinite(value):
        return 0.0
    return float(np.clip((value - no) / (yes - no), 0.0, 1.0))


def low(values: Floats, share: float = 5) -> float:
    """A robust minimum: the percentile of what is known. numpy's `nanpercentile` takes 20 times as long."""
    ordered = np.sort(values, axis=None)
    last = int(np.isfinite(ordered).sum()) - 1  # what is not known stands at the end
    if last < 0:
        return math.nan
    place = share / 100 * last
    below = int(place)
    above = min(below + 1, last)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def high(values: Floats, share: float = 95) -> float:
    """A robust maximum."""
    return low(values, share)


def middle(values: Floats) -> float:
    """The median of what is known."""
    return low(values, 50)


def travel(values: Floats, share: float = 5) -> float:
    """A robust range."""
    return low(values, 100 - share) - low(values, share)


def part(signals: Signals, rows: slice) -> Signals:
    """The same signals of some rows."""
    return Signals(**{field.name: getattr(signals, field.name)[rows] for field in fields(Signals)})


Conditions = dict[str, float]


@dataclass(frozen=True)
class Measures:
    """What the rules look at, of one window."""

    elbow: float
    knee: float
    knees: float
    knee_low: float
    hip: float
    shoulders_up_down: float
    hips_up_down: float
    hands_up_down: float
    feet_path: float
    tilt_low: float
    tilt_middle: float
    tilt_high: float
    arm_reach: float
    hands_low: float
    hands_middle: float
    hands_high: float
    split: float
    stride: float
    standing: float
    hip_level: float
    feet_seen: float


def measures(s: Signals) -> Measures:
    """The measures of a window with at least a few frames."""
    scale = middle(s.scale)
    elbow = [travel(s.elbow[:, side]) for side in (0, 1)]
    knee = [travel(s.knee[:, side]) for side in (0, 1)]
    bottom = s.hips_at[:, 1] <= low(s.hips_at[:, 1], 20)
    hands = s.wrist_over_shoulder.mean(axis=1)
    return Measures(
        elbow=float(np.mean(elbow)),
        knee=min(knee),
        knees=float(np.mean(knee)),
        knee_low=max(low(s.knee[:, side]) for side in (0, 1)),
        hip=float(np.mean([travel(s.hip[:, side]) for side in (0, 1)])),
        shoulders_up_down=travel(s.shoulders_at[:, 1]) * scale,
        hips_up_down=travel(s.hips_at[:, 1]) * scale,
        # A few frames in which the hands are seen elsewhere do not make fixed hands move.
        hands_up_down=scale * min(travel(s.wrists_at[:, side, 1], 10) for side in (0, 1)),
        feet_path=scale * min(travel(s.ankles_at[:, side, 1]) for side in (0, 1)),
        tilt_low=low(s.tilt),
        tilt_middle=middle(s.tilt),
        tilt_high=high(s.tilt),
        arm_reach=travel(hands),
        hands_low=low(hands, 10),
        hands_middle=middle(hands),
        hands_high=high(hands, 80),
        split=middle(s.split[bottom]) if bottom.any() else np.nan,
        stride=middle(s.stride[bottom]) if bottom.any() else np.nan,
        standing=high(s.hip_over_ankle),
        hip_level=middle(s.hip_over_ankle),
        feet_seen=middle(s.feet_seen.max(axis=1)),
    )


def pull_up(s: Signals, m: Measures) -> Conditions:
    """The hands hold a bar above the shoulders, and the body goes up and down below them."""
    return {
        "hands above": ramp(m.hands_high, 0.1, 0.28),
        "never below": ramp(m.hands_low, -0.35, -0.12),
        "body rises": ramp(m.shoulders_up_down, 0.1, 0.22),
        "arms shorten": ramp(m.arm_reach, 0.1, 0.22),
        "hands fixed": ramp(m.hands_up_down / max(m.shoulders_up_down, 1e-3), 0.65, 0.4),
        "elbows bend": ramp(m.elbow, 15, 40),
        "hangs": ramp(m.tilt_middle, 75, 50),
    }


def dip(s: Signals, m: Measures) -> Conditions:
    """The hands hold bars beside the hips, and the upright body goes down between them."""
    return {
        "hands below": ramp(m.hands_middle, -0.1, -0.2),
        "body sinks": ramp(m.shoulders_up_down, 0.1, 0.2),
        "arms shorten": ramp(m.arm_reach, 0.08, 0.18),
        "hands fixed": ramp(m.hands_up_down / max(m.shoulders_up_down, 1e-3), 0.65, 0.4),
        "elbows bend": ramp(m.elbow, 8, 20),
        "upright": ramp(m.tilt_middle, 58, 46),
        "hips sink too": ramp(m.hips_up_down / max(m.shoulders_up_down, 1e-3), 0.3, 0.55),
        # Who squats with the arms held out sinks over hands that stay, too. Legs out of the frame tell nothing.
        "not by the knees": max(ramp(m.knee, 60, 38), ramp(m.feet_seen, 0.6, 0.3)),
    }


def _folds(m: Measures) -> float:
    """From 0, a squat, to 1, a deadlift: it bends more at the hips than the knees, and the shoulders sink most."""
    knees = ramp(m.knees / max(m.hip, 1e-3), 0.88, 0.7)
    shoulders = ramp(m.hips_up_down / max(m.shoulders_up_down, 1e-3), 0.66, 0.5)
    return (knees + shoulders + 2 * ramp(m.tilt_high, 46, 64)) / 4


def _goes_down(m: Measures) -> Conditions:
    """What squat and lunge share: from standing down and up again, with both knees, the trunk held up."""
    return {
        "knees bend": ramp(m.knee, 22, 42),
        "deep": ramp(m.knee_low, 150, 128),
        "hips sink": ramp(m.hips_up_down, 0.12, 0.24),
        "no hinge": ramp(_folds(m), 0.62, 0.35),
        "trunk up": ramp(m.tilt_high, 88, 68),
        "stands": ramp(m.standing, 0.35, 0.5),
        "a foot stays": ramp(m.feet_path / max(m.hips_up_down, 1e-3), 1.0, 0.7),
    }


def _apart(m: Measures) -> float:
    """From 0, legs side by side at the bottom, to 1, one foot before the other: by the thighs and by the feet."""
    return (ramp(m.split, 22, 46) + ramp(m.stride, 0.2, 0.42)) / 2


def squat(s: Signals, m: Measures) -> Conditions:
    """Both knees and hips bend side by side, the feet stay."""
    return {**_goes_down(m), "side by side": ramp(_apart(m), 0.75, 0.4)}


def lunge(s: Signals, m: Measures) -> Conditions:
    """One foot before the other; the front thigh goes level, the rear one stays upright."""
    return {**_goes_down(m), "one before the other": ramp(_apart(m), 0.25, 0.6)}


def push_up(s: Signals, m: Measures) -> Conditions:
    """The trunk is held off the upright and goes up and down over fixed hands."""
    return {
        "leans": ramp(m.tilt_middle, 44, 56),
        "hands below": ramp(m.hands_low, -0.08, -0.22),
        "body sinks": ramp(m.shoulders_up_down, 0.08, 0.18),
        "arms shorten": ramp(m.arm_reach, 0.08, 0.18),
        "hands fixed": ramp(m.hands_up_down / max(m.shoulders_up_down, 1e-3), 0.75, 0.5),
        "elbows bend": ramp(m.elbow, 18, 36),
        "lies": ramp(m.hip_level, 0.65, 0.5),
    }


def sit_up(s: Signals, m: Measures) -> Conditions:
    """The trunk rises from the floor over hips that stay."""
    return {
        "trunk rises": ramp(m.tilt_high - m.tilt_low, 20, 36),
        "from the floor": ramp(m.tilt_high, 50, 64),
        "far up": ramp(m.tilt_low, 62, 50),
        "hips bend": ramp(m.hip, 15, 35),
        "hips on the floor": ramp(m.hip_level, 0.5, 0.35),
        "hips stay": ramp(m.hips_up_down, 0.32, 0.2),
        "not on the hands": ramp(m.hips_up_down / max(m.shoulders_up_down, 1e-3), 0.8, 0.55),
    }


def jumping_jack(s: Signals, m: Measures) -> Conditions:
    """Straight arms swing from the thighs to above the head while the feet jump apart."""
    return {
        "arms swing": ramp(min(travel(s.shoulder[:, side]) for side in (0, 1)), 50, 90),
        "hands go far": ramp(m.arm_reach, 0.4, 0.7),
        "from below": ramp(m.hands_low, -0.08, -0.22),
        "to above": ramp(high(s.wrist_over_shoulder.mean(axis=1)), 0.05, 0.25),
        "feet apart": ramp(travel(s.spread), 0.08, 0.25),
        "arms straight": ramp(middle(s.elbow), 100, 125),
        "upright": ramp(high(s.tilt, 80), 50, 35),
    }


def curl(s: Signals, m: Measures) -> Conditions:
    """The elbows bend beside a still, upright body."""
    side = int(travel(s.elbow[:, 1]) > travel(s.elbow[:, 0]))
    return {
        "elbow bends": ramp(travel(s.elbow[:, side]), 25, 42),
        "hand rises": ramp(travel(s.wrist_over_shoulder[:, side]), 0.15, 0.28),
        "towards the shoulder": ramp(high(s.wrist_over_shoulder[:, side]), -0.3, -0.18),
        "not above": ramp(high(s.wrist_over_shoulder[:, side]), 0.3, 0.15),
        "upper arm hangs": ramp(high(s.shoulder[:, side], 90), 90, 65),
        "shoulders still": ramp(m.shoulders_up_down, 0.2, 0.12),
        "knees still": ramp(m.knee, 45, 30),
        "upright": ramp(m.tilt_middle, 45, 30),
        "hand moves": ramp(travel(s.wrists_at[:, side, 1]) * middle(s.scale), 0.12, 0.22),
    }


Rule = Callable[[Signals, Measures], Conditions]
RULES: dict[str, Rule] = {
    "pull_up": pull_up,
    "dip": dip,
    "squat": squat,
    "push_up": push_up,
    "sit_up": sit_up,
    "jumping_jack": jumping_jack,
    "curl": curl,
    "lunge": lunge,
}


def windows(count: int) -> list[slice]:
    """The windows of so many rows of the even grid."""
    size, step = round(WINDOW * GRID), round(STEP * GRID)
    if count <= size:
        return [slice(0, count)]
    # The last one reaches to the end, whatever the step.
    return [slice(n, n + size) for n in [*range(0, count - size, step), count - size]]
