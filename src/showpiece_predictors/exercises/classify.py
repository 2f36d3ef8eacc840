"""From the rules on windows to one answer for the clip: which exercise, how sure, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .rules import RULES, measures, part, windows
from .signals import Signals
from .track import Flags

#: A window in which no height changes by this, in metres, shows no exercise.
STILL = 0.12
#: Of the moving windows the best ones count, this share of them: there may be rests, walking and talking.
SHARE = 0.4
#: From this degree on a window is part of the exercise.
DONE = 0.3
#: Weight of "another exercise" where no rule holds, and where one holds in full.
OTHER_MOST, OTHER_LEAST = 0.36, 0.06


@dataclass(frozen=True)
class Verdict:
    """What is done in a clip."""

    #: Exercise, and how likely, the likeliest first. They sum to 1. "other" is among them.
    likelihoods: list[tuple[str, float]]
    #: Rule by name: (T,) where it holds.
    active: dict[str, Flags]

    @property
    def exercise(self) -> str:
        return self.likelihoods[0][0]


def classify(signals: Signals) -> Verdict:
    """The exercise by the signals on an even grid."""
    rows = windows(len(signals.times))
    degrees = np.zeros((len(rows), len(RULES)))
    moving = np.zeros(len(rows), bool)
    for n, window in enumerate(part(signals, one) for one in rows):
        known = np.isfinite(window.tilt)
        if known.sum() < max(5, 0.5 * len(known)):
            continue
        m = measures(window)
        moving[n] = max(m.shoulders_up_down, m.hips_up_down, m.arm_reach, m.hands_up_down) > STILL
        degrees[n] = [min(rule(window, m).values()) for rule in RULES.values()]
    degrees[~moving] = 0
    best = max(1, int(np.ceil(SHARE * moving.sum())))
    scores = np.sort(degrees, axis=0)[::-1][:best].mean(axis=0)
    other = OTHER_LEAST + (OTHER_MOST - OTHER_LEAST) * (1 - scores.max())
    weights = np.append(scores**2, other)
    shares = weights / weights.sum()
    ranked = sorted(zip([*RULES, "other"], shares.tolist(), strict=True), key=lambda pair: -pair[1])
    active = {}
    for place, name in enumerate(RULES):
        done = np.zeros(len(signals.times), bool)
        for one, degree in zip(rows, degrees[:, place], strict=True):
            done[one] |= degree >= DONE
        active[name] = done
    return Verdict(ranked, active)
