"""Counts repetitions: excursions of one signal from rest to effort and back.

Two thresholds with a gap between them, so that jitter cannot count (a Schmitt trigger, Schmitt 1938), set in shares of
the signal's own robust range; an excursion counts if it is as long and as large as a repetition of this exercise can
be, and not much smaller than the others (prominence, as in topographic peak finding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .track import Flags, Floats

Rows = npt.NDArray[np.intp]

#: Where effort begins and where rest begins, in shares of the range.
BEGINS, ENDS = 0.65, 0.35
#: As near to its lowest, in shares of the range, a signal is at rest.
CLOSE = 0.1
#: A repetition is at least this share of the middle one's size; the last one, if the film ends before it is over, this.
LEAST, LEAST_OPEN = 0.45, 0.65
#: The signal is lost for longer than this, in seconds: what was under way is not whole.
LOST = 1.0


@dataclass(frozen=True)
class Counting:
    """What a repetition of an exercise is like."""

    #: Least size of an excursion, in the signal's unit.
    size: float
    #: Shortest and longest repetition in seconds.
    shortest: float = 0.4
    longest: float = 15.0


class Repetition(NamedTuple):
    """Start, end and the moment of the greatest effort, in seconds; and the size in the signal's unit."""

    start: float
    end: float
    peak: float
    size: float


def count(times: Floats, signal: Floats, counting: Counting, active: Flags | None = None) -> list[Repetition]:
    """The repetitions in a signal that is low at rest and high in effort.

    `times` (T,) ascending, in seconds. `signal` (T,), not a number where it is not known. `active` (T,): where the
    exercise is done; the range is taken there, and a repetition must have its peak there. Default: everywhere.
    """
    known = np.flatnonzero(np.isfinite(signal))
    inside = np.ones(len(signal), bool) if active is None else active.astype(bool)
    ranged = signal[known][inside[known]]
    if len(ranged) < 3:
        return []
    low, high = (float(value) for value in np.percentile(ranged, [2, 98]))
    if high - low < counting.size:
        return []
    found: list[Repetition] = []
    for piece in _pieces(times, known):
        found += _excursions(times, signal, piece, low, high)
    whole = [
        one
        for one in found
        if one.size >= counting.size
        and counting.shortest <= one.end - one.start <= counting.longest
        and inside[int(np.searchsorted(times, one.peak))]
    ]
    if not whole:
        return []
    usual = float(np.median([one.size for one in whole]))
    return [one for one in whole if one.size >= LEAST * usual]


def _pieces(times: Floats, known: Rows) -> list[Rows]:
    """The known rows, cut where the signal is lost."""
    if not len(known):
        return []
    return np.split(known, np.flatnonzero(np.diff(times[known]) > LOST) + 1)


def _excursions(times: Floats, signal: Floats, rows: Rows, low: float, high: float) -> list[Repetition]:
    """Each time the signal goes from rest to effort and back, from where rest is left to where it is reached."""
    values = signal[rows]
    begins, ends = low + BEGINS * (high - low), low + ENDS * (high - low)
    marks: list[tuple[int, int]] = []  # first row above `begins`, first row below `ends` after it
    rest: int | None = 0 if values[0] < begins else None  # the film may begin on the way
    up: int | None = None
    for n, value in enumerate(values):
        if up is None:
            if value <= ends:
                rest = n
            elif value >= begins and rest is not None:
                up = n
        elif value <= ends:
            marks.append((up, n))
            up, rest = None, n
    if up is not None:
        marks.append((up, len(values)))
    out = []
    for place, (first, after) in enumerate(marks):
        peak = first + int(np.argmax(values[first:after]))
        left = marks[place - 1][1] if place else 0
        right = marks[place + 1][0] if place + 1 < len(marks) else len(values)
        way, back = values[left:first], values[after:right]
        size = float(values[peak]) - float(min(way.min(), back.min(initial=np.inf)))
        # The film may end before the way back does: the effort has been made, so it counts, if it was made in full.
        if after >= len(values) and size < LEAST_OPEN * (high - low):
            continue
        still = CLOSE * (high - low)
        start = left + int(np.flatnonzero(way <= way.min() + still)[-1])
        end = after + int(np.flatnonzero(back <= back.min() + still)[0]) if len(back) else len(values) - 1
        out.append(Repetition(float(times[rows[start]]), float(times[rows[end]]), float(times[rows[peak]]), size))
    return out
