from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PIL import Image

from showpiece_predictors.exercises.blazepose import Pose
from showpiece_predictors.exercises.body import POINTS, Point
from showpiece_predictors.exercises.detector import Candidate
from showpiece_predictors.exercises.region import Region
from showpiece_predictors.exercises.tracker import PATIENCE, State, Tracker, head_down

IMAGE = Image.new("RGB", (480, 270))
STEP = 0.1


def body(region: Region, score: float, upside_down: bool = False) -> Pose:
    points = np.zeros((POINTS, 4), np.float32)
    points[:, :2] = region.x, region.y
    up = -1 if upside_down else 1
    points[: Point.LEFT_SHOULDER, 1] -= up * 0.35 * region.side
    points[Point.LEFT_ANKLE :, 1] += up * 0.4 * region.side
    points[:, 3] = 1
    return Pose(points, np.zeros((POINTS, 3), np.float32), score, region)


@dataclass
class Eyes:
    """Knows where people stand: a look sees whoever is near the region's middle."""

    people: list[Region] = field(default_factory=list)
    asked: int = 0
    looks: list[Region] = field(default_factory=list)
    scores: dict[Region, float] = field(default_factory=dict)
    flipped: bool = False

    def detect(self, image: Image.Image, *, closer: bool = False) -> list[Candidate]:
        self.asked += not closer
        return [Candidate(0.9, person) for person in self.people]

    def look(self, image: Image.Image, region: Region) -> Pose:
        self.looks.append(region)
        near = [one for one in self.people if np.hypot(one.x - region.x, one.y - region.y) < 0.4 * one.side]
        if not near:
            return body(region, 0.02)
        person = min(near, key=lambda one: np.hypot(one.x - region.x, one.y - region.y))
        return body(person, self.scores.get(person, 0.95), self.flipped and region.turn != 0)


def steps(tracker: Tracker, frames: int, start: float = 0.0) -> list[Pose | None]:
    return [tracker(IMAGE, start + STEP * n) for n in range(frames)]


def test_the_detector_is_asked_once_and_the_person_followed() -> None:
    eyes = Eyes([Region(200, 140, 160)])
    tracker = Tracker(eyes)
    for n in range(20):
        eyes.people = [Region(200 + 4 * n, 140, 160)]
        pose = tracker(IMAGE, STEP * n)
        assert pose is not None
        assert pose.region == eyes.people[0]
    assert (eyes.asked, len(eyes.looks), tracker.state) == (1, 21, State.FOLLOW)  # one look more, to see better


def test_nobody_there() -> None:
    eyes = Eyes()
    tracker = Tracker(eyes)
    assert steps(tracker, 5) == [None] * 5
    assert (eyes.asked, tracker.state) == (5, State.SEARCH)


def test_lost_and_found_again() -> None:
    person = Region(200, 140, 160)
    eyes = Eyes([person])
    tracker = Tracker(eyes)
    steps(tracker, 3)
    eyes.people = []
    assert tracker(IMAGE, 0.3) is None
    assert tracker.state is State.LOST
    eyes.people = [Region(330, 140, 150)]  # came back elsewhere
    pose = tracker(IMAGE, 0.4)
    assert pose is not None
    assert pose.region == eyes.people[0]
    assert tracker.state is State.FOLLOW
    assert eyes.asked == 3


def test_after_a_loss_the_same_place_is_looked_at_first_but_not_for_ever() -> None:
    person = Region(200, 140, 160)
    eyes = Eyes([person])
    tracker = Tracker(eyes)
    steps(tracker, 2)
    eyes.people = []
    steps(tracker, 1)
    eyes.people, eyes.looks, asked = [person], [], eyes.asked
    assert tracker(IMAGE, 0.4) is not None
    assert eyes.asked == asked  # without the detector
    eyes.people = []
    steps(tracker, PATIENCE + 2)
    eyes.looks = []
    steps(tracker, 1)
    assert eyes.looks == []


def test_the_largest_is_followed_and_kept_though_another_comes_nearer() -> None:
    small, large = Region(100, 140, 80), Region(330, 140, 170)
    eyes = Eyes([small, large])
    tracker = Tracker(eyes)
    assert [pose.region for pose in steps(tracker, 3) if pose] == [large] * 3
    eyes.people = [Region(90, 140, 260), large]
    assert [pose.region for pose in steps(tracker, 3) if pose] == [large] * 3


def test_after_a_loss_who_is_where_the_person_was_is_preferred() -> None:
    first, other = Region(330, 140, 170), Region(80, 140, 200)
    eyes = Eyes([first])
    tracker = Tracker(eyes)
    steps(tracker, 2)
    eyes.people = []
    steps(tracker, PATIENCE + 2)
    eyes.people = [other, Region(300, 140, 170)]
    pose = tracker(IMAGE, 3.0)
    assert pose is not None
    assert pose.region == eyes.people[1]


def test_a_back_view_that_is_read_upside_down_is_looked_at_upright() -> None:
    person = Region(200, 140, 160, turn=3.0)
    eyes = Eyes([person], flipped=True)
    pose = Tracker(eyes)(IMAGE, 0.0)
    assert pose is not None
    assert not head_down(pose)
    assert eyes.looks[-1].turn == 0


def test_who_really_is_upside_down_is_believed_if_it_is_certain() -> None:
    person = Region(200, 140, 160, turn=3.0)

    class Handstand(Eyes):
        def look(self, image: Image.Image, region: Region) -> Pose:
            return replace(body(person, self.scores[person] if region.turn else 0.1, upside_down=True))

    assert Tracker(Handstand([person], scores={person: 0.97}))(IMAGE, 0.0) is not None
    assert Tracker(Handstand([person], scores={person: 0.8}))(IMAGE, 0.0) is None


def test_a_body_that_leaves_the_frame_is_no_longer_followed() -> None:
    eyes = Eyes([Region(200, 140, 160)])
    tracker = Tracker(eyes)
    steps(tracker, 2)
    away = Region(900, 140, 160)

    def look(image: Image.Image, region: Region) -> Pose:
        return body(away, 0.9)

    eyes.look = look  # type: ignore[method-assign] - the network sees things beyond the edge
    assert tracker(IMAGE, 0.3) is None
    assert tracker.state is State.LOST


@pytest.mark.parametrize(("step", "calm"), [(0.5, True), (30.0, False)])
def test_a_body_that_hardly_moves_is_calm(step: float, calm: bool) -> None:
    eyes = Eyes([Region(100, 140, 160)])
    tracker = Tracker(eyes)
    tracker(IMAGE, 0.0)
    assert not tracker.calm  # one look tells nothing of a speed
    for n in range(1, 4):
        eyes.people = [Region(100 + step * n, 140, 160)]
        tracker(IMAGE, STEP * n)
    assert tracker.calm is calm
