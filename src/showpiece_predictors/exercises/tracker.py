"""Follows one person through a film: found once by the detector, then from each frame to the next.

As in BlazePose (arXiv 2006.10204, section 2): the landmarks of a frame say where to look in the next one, and the
detector is asked only where there is nobody to follow. States: SEARCH, nobody has been seen; FOLLOW, there is a body;
LOST, there was one, and whoever stands where it was is preferred.
"""

from __future__ import annotations

import math
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol

import numpy as np

from .body import JOINTS, Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from .blazepose import Pose
    from .detector import Candidate
    from .region import Region

#: A body is one from this score of the network on; it is not followed any further below the lower one.
SEEN, KEPT = 0.6, 0.4
#: A body that seems to be upside down is one only from this score on.
CERTAIN = 0.9
#: Somebody else whose square is this much of the person's is about as large.
LIKE = 0.5
#: Where else an upright body is looked for, in shares of the square's side.
SHIFTS = (0.0, 0.2, -0.2)
#: A body of which no limb moves faster than this, in sides of its square a second (about 1.3 metres a second), is calm.
CALM = 0.6
#: Points that are seen less surely than this do not tell how fast a limb moves.
SURE = 0.5
#: For so many frames after a loss the person is looked for in the same place.
PATIENCE = 10
#: Every so many frames without anybody are looked at closer.
CLOSER = 8
#: How many of the detector's proposals are looked at.
MOST = 3


class Eyes(Protocol):
    """What a tracker looks with: `BlazePose`, or in a test something that knows where people are."""

    def detect(self, image: Image.Image, *, closer: bool = False) -> Sequence[Candidate]:
        """The people in a frame, the surest first. `closer`: in parts of it, for who is far away."""
        ...

    def look(self, image: Image.Image, region: Region) -> Pose:
        """The body in a region."""
        ...


class State(Enum):
    SEARCH = "search"
    FOLLOW = "follow"
    LOST = "lost"


class Tracker:
    """One for each film: it remembers whom it follows. Not thread-safe."""

    def __init__(self, eyes: Eyes, region: Region | None = None) -> None:
        """`region`: where somebody is known to be, who is followed from there."""
        self._eyes = eyes
        self.state = State.SEARCH if region is None else State.FOLLOW
        #: Where the followed person is, or was when last seen.
        self.region = region
        #: The others who were in the frame when the person was found, if they are about as large.
        self.rivals: list[Region] = []
        self._missed = self._searches = 0
        self._last: tuple[float, Pose | None] = (0.0, None)
        #: Whether the body moves so little that one frame may be left out: at rest and in slow exercises half of them.
        self.calm = False

    def __call__(self, image: Image.Image, time: float) -> Pose | None:
        """The person's body in the next frame, `time` in seconds. None where it is not to be seen."""
        pose = self._follow(image)
        if pose is None:
            pose = self._search(image)
        if pose is not None:
            self.state, self.region, self._missed = State.FOLLOW, pose.region, 0
        elif self.state is not State.SEARCH:
            self.state = State.LOST
            self._missed += 1
        before, last = self._last
        self.calm = pose is not None and last is not None and speed(last, pose, time - before) < CALM
        self._last = (time, pose)
        return pose

    def _follow(self, image: Image.Image) -> Pose | None:
        """The body where it was in the frame before; for a while after a loss too."""
        if self.region is None or self._missed > PATIENCE:
            return None
        pose = self._eyes.look(image, self.region)
        return pose if self._good(pose, KEPT if self.state is State.FOLLOW else SEEN, image) else None

    def _search(self, image: Image.Image) -> Pose | None:
        """Somebody in the frame; now and then with a closer look, which costs several times as much."""
        pose = self._choose(image, self._eyes.detect(image))
        if pose is None and self._searches % CLOSER == 0:
            pose = self._choose(image, self._eyes.detect(image, closer=True))
        self._searches = 0 if pose is not None else self._searches + 1
        return pose

    def _choose(self, image: Image.Image, candidates: Sequence[Candidate]) -> Pose | None:
        """The first of the detector's proposals, by preference, in which there is a body."""
        for candidate in sorted(candidates[:MOST], key=self._preference, reverse=True):
            pose = self._eyes.look(image, candidate.region)
            if self._good(pose, SEEN, image) and not head_down(pose):
                others = [one.region for one in candidates[:MOST]]
                self.rivals = [one for one in others if _beside(one, pose.region)]
                # The landmarks know better than the detector where the body is: look again, there.
                again = self._eyes.look(image, pose.region)
                return again if self._good(again, pose.score, image) and not head_down(again) else pose
            # The detector may take a dark back view for a body upside down, and then its middle is wrong, too.
            square = candidate.region.upright
            for shift in SHIFTS:
                other = self._eyes.look(image, replace(square, y=square.y + shift * square.side))
                if self._good(other, SEEN, image) and not head_down(other):
                    return other
            if self._good(pose, CERTAIN, image):
                return pose
        return None

    @staticmethod
    def _good(pose: Pose, least: float, image: Image.Image) -> bool:
        return pose.score >= least and _possible(pose.region, image)

    def _preference(self, candidate: Candidate) -> float:
        """Who is looked at first: the largest; after a loss, who is where the person was, and of that size."""
        region, last = candidate.region, self.region
        if self.state is State.SEARCH or last is None:
            return region.side * candidate.score
        away = math.hypot(region.x - last.x, region.y - last.y) / last.side
        return -away - abs(math.log(region.side / last.side))


def _beside(other: Region, region: Region) -> bool:
    """Whether a square is of somebody else of about the same size."""
    away = math.hypot(other.x - region.x, other.y - region.y)
    return away > 0.25 * region.side and other.side > LIKE * region.side


def speed(before: Pose, after: Pose, seconds: float) -> float:
    """How fast the fastest joint moves, in sides of the body's square a second; infinite if too little is seen."""
    sure = (before.points[JOINTS, 3] > SURE) & (after.points[JOINTS, 3] > SURE)
    if seconds <= 0 or sure.sum() < len(JOINTS) // 2:
        return math.inf
    ways = np.linalg.norm(after.points[JOINTS, :2] - before.points[JOINTS, :2], axis=1)[sure]
    return float(ways.max()) / after.region.side / seconds


def head_down(pose: Pose) -> bool:
    """Whether the nose is clearly below the hips, seen as the frame is held."""
    hips = (pose.points[Point.LEFT_HIP, 1] + pose.points[Point.RIGHT_HIP, 1]) / 2
    return bool(pose.points[Point.NOSE, 1] - hips > 0.15 * pose.region.side)


def _possible(region: Region, image: Image.Image) -> bool:
    """Whether a body of this size and place can be one of the frame."""
    wide, high = image.size
    return (
        0.04 * max(wide, high) < region.side < 6 * max(wide, high)
        and -0.5 * wide < region.x < 1.5 * wide
        and -0.5 * high < region.y < 1.5 * high
    )
