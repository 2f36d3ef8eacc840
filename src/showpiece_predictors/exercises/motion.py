"""The signal that each exercise is counted by, and its name and unit for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .counter import Counting
from .signals import Signals
from .track import Floats


@dataclass(frozen=True)
class Motion:
    """How an exercise is counted."""

    #: What people read at the axis.
    title: str
    #: (T,) in the unit of the title, as it is drawn.
    measure: Callable[[Signals], Floats]
    #: +1 if effort is where the measure is high, -1 if it is low.
    effort: int
    counting: Counting


def _mean(values: Floats) -> Floats:
    out: Floats = values.mean(axis=1)
    return out


#: Hands this far below the bar, in metres, do not hold it.
OFF_THE_BAR = 0.3


def _hang(s: Signals) -> Floats:
    """Height of the shoulders over the hands; unknown where the hands are not at the height of the bar."""
    hands = _mean(s.wrist_over_shoulder)
    height = s.wrists_at[:, :, 1].mean(axis=1)
    hanging = hands > 0.1
    if not hanging.any():
        return -hands
    below = (np.median(height[hanging]) - height) * s.scale
    out: Floats = np.where(below < OFF_THE_BAR, -hands, np.nan)
    return out


def _support(s: Signals) -> Floats:
    out: Floats = -_mean(s.wrist_over_shoulder)
    return out


def _arms(s: Signals) -> Floats:
    """The angle of the elbow that moves; of both, if both move alike; of the more bent one, if in turns."""
    left, right = s.elbow[:, 0], s.elbow[:, 1]
    known = np.isfinite(left) & np.isfinite(right)
    if known.sum() < 3:
        return left
    ranges = [float(np.ptp(np.percentile(side[known], [5, 95]))) for side in (left, right)]
    if min(ranges) < 0.5 * max(ranges):
        return left if ranges[0] > ranges[1] else right
    alike = float(np.corrcoef(left[known], right[known])[0, 1])
    return (left + right) / 2 if alike > 0 else np.minimum(left, right)


def principal(s: Signals) -> Floats:
    """The first principal component of angles and heights (Pearson 1901), without a unit: what moves most."""
    parts = np.concatenate(
        [
            s.elbow / 40,
            s.knee / 40,
            s.hip / 40,
            s.shoulder / 40,
            s.tilt[:, None] / 30,
            s.wrist_over_shoulder / 0.25,
            s.hip_over_ankle[:, None] / 0.25,
        ],
        axis=1,
    )
    known = np.isfinite(parts).all(axis=1)
    out = np.full(len(parts), np.nan)
    if known.sum() < 3:
        return out
    centred = parts[known] - np.median(parts[known], axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    values = centred @ axes[0]
    # Rest is where the body is most of the time, or else where it begins.
    low, middle, high = np.percentile(values, [5, 50, 95])
    if middle - low > high - middle:
        values = -values
    out[known] = values
    return out


MOTIONS: dict[str, Motion] = {
    "pull_up": Motion("Shoulders over hands, m", _hang, 1, Counting(0.15, shortest=0.5)),
    "dip": Motion("Shoulders over hands, m", _support, -1, Counting(0.1, shortest=0.5)),
    "push_up": Motion("Shoulders over hands, m", _support, -1, Counting(0.1, shortest=0.4)),
    "squat": Motion("Knee angle, degrees", lambda s: _mean(s.knee), -1, Counting(30, shortest=0.6)),
    "lunge": Motion("Knee angle, degrees", lambda s: _mean(s.knee), -1, Counting(30, shortest=0.6)),
    "sit_up": Motion("Trunk from the upright, degrees", lambda s: s.tilt, -1, Counting(22, shortest=0.6)),
    "jumping_jack": Motion("Arms from the trunk, degrees", lambda s: _mean(s.shoulder), 1, Counting(50, shortest=0.3)),
    "curl": Motion("Elbow angle, degrees", _arms, -1, Counting(25, shortest=0.5)),
    "other": Motion("Main movement, no unit", principal, 1, Counting(1.2, shortest=0.5)),
}
