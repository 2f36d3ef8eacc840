"""Whom to follow, and their landmarks through a film.

The largest person is followed. Where others are about as large, all are followed for a few seconds, and then whoever
moves up and down the most: a trainer or a passer-by beside an exercise does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from .body import JOINTS, POINTS
from .track import Track
from .tracker import State, Tracker

if TYPE_CHECKING:
    import numpy.typing as npt

    from .tracker import Eyes

#: Several people are followed for so long, in seconds.
TRIAL = 3.0
#: Only a frame that comes this soon after the last one, in seconds, may be left out: some films have few.
SOON = 0.15
#: By so much more must another one move than the largest.
CLEARLY = 1.8


class _Line:
    """One tracker with what it has seen."""

    def __init__(self, tracker: Tracker, times: list[float]) -> None:
        self.tracker = tracker
        self.times = list(times)
        self.points = [np.full((POINTS, 4), np.nan, np.float32)] * len(times)
        self.world = [np.full((POINTS, 3), np.nan, np.float32)] * len(times)

    def add(self, image: Image.Image, time: float) -> None:
        pose = self.tracker(image, time)
        self.times.append(time)
        self.points.append(np.full((POINTS, 4), np.nan, np.float32) if pose is None else pose.points)
        self.world.append(np.full((POINTS, 3), np.nan, np.float32) if pose is None else pose.world)

    @property
    def motion(self) -> float:
        """How far the joints go up and down, in shares of the body's height, times the root of that height."""
        points = np.array(self.points)[:, list(JOINTS), 1]
        points = points[np.isfinite(points[:, 0])]
        if len(points) < 5:
            return 0.0
        height = float(np.median(np.ptp(points, axis=1)))
        low, high = np.percentile(points, [5, 95], axis=0)
        return float((high - low).mean() / max(height, 1.0) ** 0.5)

    def track(self) -> Track:
        return Track(
            np.array(self.times, np.float64), np.array(self.points, np.float64), np.array(self.world, np.float64)
        )


class Follower:
    """One for each film. Holds landmarks, never a picture. Not thread-safe."""

    def __init__(self, eyes: Eyes) -> None:
        self._eyes = eyes
        self._lines = [_Line(Tracker(eyes), [])]
        self._began: float | None = None
        self._left_out = False

    def see(self, pixels: npt.NDArray[np.uint8], time: float) -> None:
        """Take the next frame, (H, W, 3) RGB, `time` in seconds."""
        main = self._lines[0]
        soon = bool(main.times) and time - main.times[-1] < SOON
        self._left_out = soon and len(self._lines) == 1 and main.tracker.calm and not self._left_out
        if self._left_out:
            return
        image = Image.fromarray(pixels)
        before = list(main.times)
        for line in self._lines:
            line.add(image, time)
        # Who gets lost in these few seconds is not searched for again: the detector would find the others.
        self._lines = [main, *(line for line in self._lines[1:] if line.tracker.state is State.FOLLOW)]
        if self._began is None and main.tracker.state is State.FOLLOW:
            self._began = time
            self._lines += [_Line(Tracker(self._eyes, region), [*before, time]) for region in main.tracker.rivals]
        elif len(self._lines) > 1 and self._began is not None and time - self._began >= TRIAL:
            self._lines = [self._chosen()]

    def _chosen(self) -> _Line:
        main, *others = self._lines
        if not others:
            return main
        best = max(others, key=lambda line: line.motion)
        return best if best.motion > CLEARLY * main.motion else main

    def track(self) -> Track:
        """What was seen of the one who was followed. Without a row if no frame came."""
        return self._chosen().track()
