"""A person's landmarks over a film, and the same on an even time grid with short gaps closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .body import Point

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


#: Samples a second of the even grid.
GRID = 10.0
#: Where the body is not seen for no longer than this, in seconds, what is in between is interpolated.
GAP = 0.65
#: A body that is seen for less than this between two losses, in seconds, is not trusted: the loss has a reason.
FRAGMENT = 0.45
#: From this time without a body on it was lost, in seconds.
LOSS = 0.28


@dataclass(frozen=True)
class Track:
    """One person through a film. Where nobody was seen a row is not a number."""

    #: (T,): seconds from the film's start, ascending.
    times: Floats
    #: (T, 33, 4): x, y, depth in pixels of the sampled frame, visibility 0 to 1.
    points: Floats
    #: (T, 33, 3): x, y, z in metres from the middle of the hips, y downwards.
    world: Floats

    def __len__(self) -> int:
        return len(self.times)

    @property
    def seen(self) -> Flags:
        """(T,): where there is a body."""
        return np.isfinite(self.points[:, 0, 0])

    def between(self, start: float, end: float) -> Track:
        """The part with start <= time <= end."""
        part = (self.times >= start) & (self.times <= end)
        return Track(self.times[part], self.points[part], self.world[part])


def empty(times: Floats) -> Track:
    """A track in which nobody is seen."""
    return Track(
        times,
        np.full((len(times), 33, 4), np.nan),
        np.full((len(times), 33, 3), np.nan),
    )


def interpolated(track: Track, times: Floats, gap: float = GAP) -> Track:
    """The track at other times, linearly between the samples. Gaps longer than `gap` seconds stay open."""
    known = np.flatnonzero(track.seen)
    if not len(known):
        return empty(times)
    at = track.times[known]
    after = np.clip(np.searchsorted(at, times), 0, len(known) - 1)
    before = np.clip(np.searchsorted(at, times, side="right") - 1, 0, len(known) - 1)
    span = at[after] - at[before]
    share = np.where(span > 0, (times - at[before]) / np.where(span > 0, span, 1), 0.0)
    # Between a body and its mirror image lies no body: where left and right change places, the nearer sample stands.
    turned = _swapped(track.points[known[before]], track.points[known[after]])
    share = np.where(turned, np.round(share), share)
    # Beyond the first and the last sample the nearest one stands, as long as it is near.
    near = (span <= gap) & (np.abs(times - at[before]) <= gap) & (np.abs(times - at[after]) <= gap)
    open_ = ~near

    def mixed(values: Floats) -> Floats:
        low, high = values[known[before]], values[known[after]]
        out: Floats = low + (high - low) * share[:, None, None]
        out[open_] = np.nan
        return out

    return Track(times, mixed(track.points), mixed(track.world))


def _swapped(before: Floats, after: Floats) -> Flags:
    """(n,): whether two (n, 33, 4) bodies are more alike if left and right of one change places."""
    pairs = [point for point in Point if point.name.startswith("LEFT_")]
    sides = [[*pairs, *(Point(point + 1) for point in pairs)], [*(Point(point + 1) for point in pairs), *pairs]]
    straight, crossed = (
        np.linalg.norm(before[:, sides[0], :2] - after[:, side, :2], axis=2).sum(axis=1) for side in sides
    )
    out: Flags = crossed < straight
    return out


def trusted(track: Track) -> Track:
    """The track without what was seen only for a moment, between two losses."""
    known = np.flatnonzero(track.seen)
    points = track.points.copy()
    # A frame without a body is a row; one that was left out or never was is none, and no loss.
    lost = (np.diff(known) > 1) & (np.diff(track.times[known]) > LOSS)
    for run in np.split(known, np.flatnonzero(lost) + 1):
        if len(run) and track.times[run[-1]] - track.times[run[0]] < FRAGMENT:
            points[run] = np.nan
    return Track(track.times, points, track.world)


def even(track: Track) -> Track:
    """What is trusted of the track, on a grid of GRID samples a second, slightly smoothed (weights 1, 2, 1)."""
    track = trusted(track)
    if not len(track):
        return track
    first, last = float(track.times[0]), float(track.times[-1])
    times = first + np.arange(int((last - first) * GRID + 1e-3) + 1) / GRID
    dense = interpolated(track, times)
    return Track(times, smoothed(dense.points), smoothed(dense.world))


def smoothed(values: Floats) -> Floats:
    """Each row with its neighbours at weights 1, 2, 1; a neighbour that is not known counts nothing."""
    padded = np.concatenate([values[:1], values, values[-1:]])
    parts = np.stack([padded[:-2], padded[1:-1], padded[2:]])
    weights = np.array([1.0, 2.0, 1.0]).reshape(3, *[1] * values.ndim) * np.isfinite(parts)
    total = weights.sum(axis=0)
    mean = (np.nan_to_num(parts) * weights).sum(axis=0) / np.where(total > 0, total, 1)
    out: Floats = np.where(np.isfinite(values), mean, np.nan)
    return out
