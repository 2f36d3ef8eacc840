"""Connected regions of a mask, by runs: numpy alone, as nothing else here would need scipy or OpenCV."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def runs(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """(N, 3) rows of y, first x, last x + 1: the horizontal runs of a (H, W) mask, in reading order."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), np.int8)
    padded[:, 1:-1] = mask
    steps = np.diff(padded, axis=1)
    y, first = np.nonzero(steps == 1)
    last = np.nonzero(steps == -1)[1]
    return np.stack([y, first, last], axis=1)


def components(mask: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.int64]]:
    """The 8-connected regions of a mask, each as its runs (see `runs`); the largest comes first.

    Two passes with union-find (Hoshen and Kopelman 1976) over runs, not pixels.
    """
    rows = runs(mask)
    parent = list(range(len(rows)))

    def root(n: int) -> int:
        while parent[n] != n:
            parent[n] = parent[parent[n]]
            n = parent[n]
        return n

    listed = rows.tolist()
    above = here = 0  # first runs of the row above and of this row
    for n, (y, first, last) in enumerate(listed):
        if n == 0 or y != listed[n - 1][0]:
            above, here = (here, n) if n and y == listed[n - 1][0] + 1 else (n, n)
        while above < here and listed[above][2] < first:
            above += 1
        other = above
        while other < here and listed[other][1] <= last:
            a, b = root(other), root(n)
            if a != b:
                parent[max(a, b)] = min(a, b)
            other += 1
    groups: dict[int, list[int]] = {}
    for n in range(len(rows)):
        groups.setdefault(root(n), []).append(n)
    parts = [rows[members] for members in groups.values()]
    return sorted(parts, key=lambda part: -int((part[:, 2] - part[:, 1]).sum()))


def outline(part: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """(M, 2) corner points x, y of the runs of a region: their convex hull is the region's."""
    y, first, last = part[:, 0], part[:, 1], part[:, 2]
    corners = [np.stack(pair, axis=1) for pair in ((first, y), (last, y), (first, y + 1), (last, y + 1))]
    return np.concatenate(corners).astype(np.float32)
