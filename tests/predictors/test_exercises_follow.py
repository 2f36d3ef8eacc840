from __future__ import annotations

import numpy as np
from PIL import Image

from showpiece_predictors.exercises.blazepose import Pose
from showpiece_predictors.exercises.detector import Candidate
from showpiece_predictors.exercises.follow import TRIAL, Follower
from showpiece_predictors.exercises.region import Region
from showpiece_predictors.exercises.track import Track, even, trusted

from .bodies import efforts, seen

RATE = 10


class Stage:
    """Several people beside one another, each with a move of their own."""

    def __init__(self, *people: tuple[str, float, float]) -> None:
        """`people`: move, where across the frame, pixels a metre."""
        times, effort = efforts(4, 2.0, RATE, 0.3)
        self.frames = len(times)
        self.tracks: list[tuple[float, float, Track]] = []
        for move, x, scale in people:
            track = seen(move, times, effort, scale=scale)
            track.points[:, :, 0] += x - 240
            self.tracks.append((x, scale, track))
        self.time = 0
        self.looks = 0

    def detect(self, image: Image.Image, *, closer: bool = False) -> list[Candidate]:
        return [Candidate(0.9, Region(x, 200, 2.2 * scale)) for x, scale, _ in self.tracks]

    def look(self, image: Image.Image, region: Region) -> Pose:
        self.looks += 1
        x, scale, track = min(self.tracks, key=lambda person: abs(person[0] - region.x))
        n = self.time
        seen_at = Region(x, 200, 2.2 * scale)
        return Pose(track.points[n].astype(np.float32), track.world[n].astype(np.float32), 0.95, seen_at)

    def followed(self, frames: int | None = None, step: int = 1) -> Track:
        follower = Follower(self)
        for n in range(0, frames or self.frames, step):
            self.time = n
            follower.see(np.zeros((400, 640, 3), np.uint8), n / RATE)
        return follower.track()


def middle(track: Track) -> float:
    return float(np.nanmean(track.points[:, :, 0]))


def test_the_one_who_exercises_is_followed_and_not_the_larger_one_beside() -> None:
    track = Stage(("stand", 150, 170), ("squat", 480, 140)).followed()
    assert abs(middle(track) - 480) < 40
    assert track.seen[1:].all()  # from the first seconds on, in which it was not yet clear


def test_of_two_who_exercise_the_larger_one() -> None:
    assert abs(middle(Stage(("squat", 150, 170), ("jumping_jack", 480, 150)).followed()) - 150) < 40


def test_who_is_small_in_the_background_does_not_matter() -> None:
    stage = Stage(("stand", 150, 170), ("jumping_jack", 480, 50))
    assert abs(middle(stage.followed()) - 150) < 40


def test_only_for_a_while_all_are_looked_at() -> None:
    both = Stage(("squat", 150, 170), ("squat", 480, 150))
    both.followed()
    one = Stage(("squat", 150, 170))
    one.followed()
    assert one.looks < both.looks <= one.looks + 2 * TRIAL * RATE + 2


def test_a_film_that_ends_before_it_is_clear() -> None:
    track = Stage(("stand", 150, 170), ("squat", 480, 140)).followed(frames=20)
    assert abs(middle(track) - 480) < 40
    assert len(Follower(Stage(("squat", 150, 170))).track()) == 0


def test_frames_of_a_calm_body_are_left_out_and_those_of_a_quick_one_are_not() -> None:
    still, quick = Stage(("stand", 150, 170)), Stage(("jumping_jack", 150, 170))
    assert len(still.followed()) < 0.55 * still.frames
    assert len(quick.followed()) > 0.65 * quick.frames


def test_of_a_film_with_few_frames_none_is_left_out_and_all_are_trusted() -> None:
    stage = Stage(("squat", 150, 170))
    track = stage.followed(step=2)  # five a second
    assert len(track) == len(range(0, stage.frames, 2))
    stage.looks = 0
    slow = stage.followed(step=3)
    assert trusted(slow).seen.all()
    assert even(slow).seen.all()
