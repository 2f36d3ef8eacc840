"""The whole way, from a film to a film: on rendered people with the real networks, and on made poses without them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from showpiece_predictors import Canceled, Film, Frame, PredictorError, film_fields, get, media_film, media_video
from showpiece_predictors.exercises import Exercises, ExercisesInput, ExercisesOutput
from showpiece_predictors.exercises.blazepose import Pose
from showpiece_predictors.exercises.detector import Candidate
from showpiece_predictors.exercises.pipeline import RATE, Pipeline
from showpiece_predictors.exercises.region import Region

from .bodies import efforts, seen

CLIPS = Path(__file__).with_name("exercise_clips")
TRUTH = json.loads((CLIPS / "truth.json").read_text(encoding="utf-8"))


def ask(predictor: Exercises, film: Film, exercise: str = "auto") -> ExercisesOutput:
    given = ExercisesInput.model_validate({"video": film, "exercise": exercise})
    return predictor.predict(given, lambda fraction, stage: None)


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_rendered_people_are_known_and_counted(exercises: Exercises, name: str) -> None:
    truth = TRUTH[name]
    with media_video.open_film(CLIPS / name) as film:
        output = ask(exercises, film)
    assert (output.exercise, output.repetitions) == (truth["exercise"], truth["repetitions"])
    assert output.repetition_times == [pytest.approx(pair, abs=0.5) for pair in truth["repetition_times"]]
    assert output.confidence > 0.6
    assert output.confidence == max(one.confidence for one in output.likelihoods)
    assert output.signal is not None
    assert output.signal.spans == output.repetition_times
    assert len(output.signal.x) == len(output.signal.y) > 30


def test_the_film_that_comes_out_plays_and_shows_the_body(exercises: Exercises, tmp_path: Path) -> None:
    with media_video.open_film(CLIPS / "squat.webm") as film:
        output = ask(exercises, film)
        made = media_film.encode_film(output.film, tmp_path / "out.webm")
        plain = [frame.pixels for frame in film.frames(10, 720)]
    assert (made.width, made.height) == (film.width, film.height)
    with av.open(str(made.path)) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    assert len(frames) == len(plain)
    for before, after in zip(plain[::8], frames[::8], strict=True):
        changed = np.abs(after - before).max(axis=2) > 60
        assert 0.01 < changed.mean() < 0.25
        assert changed[: changed.shape[0] // 6, : changed.shape[1] // 2].mean() > 0.1  # the panel
        assert changed[changed.shape[0] // 4 :].any()  # the body


class Play(Film):
    """Black frames; what is to be seen in them only the made eyes know."""

    def __init__(self, seconds: float, width: int = 480, height: int = 480) -> None:
        self.width, self.height, self.rate, self.duration = width, height, RATE, seconds
        self.open = 0

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        self.open += 1
        try:
            for n in range(round(self.duration * RATE)):
                pixels = np.zeros((self.height, self.width, 3), np.uint8)
                pixels[0, 0] = n // 256, n % 256, 0
                yield Frame(n / RATE, pixels)
        finally:
            self.open -= 1


class Eyes:
    """Sees a made body in the frame whose number is in its corner; before and after it nobody."""

    def __init__(self, move: str, repetitions: int, period: float = 2.4) -> None:
        times, effort = efforts(repetitions, period, RATE, 0.8)
        self.track = seen(move, times, effort)
        self.seconds = len(times) / RATE

    def detect(self, image: Image.Image, *, closer: bool = False) -> list[Candidate]:
        return [Candidate(0.9, Region(240, 240, 300))]

    def look(self, image: Image.Image, region: Region) -> Pose:
        high, low, _ = image.getpixel((0, 0))  # type: ignore[misc]
        n = int(high) * 256 + int(low)
        if n >= len(self.track):
            return Pose(self.track.points[0], self.track.world[0], 0.0, region)
        return Pose(self.track.points[n].astype(np.float32), self.track.world[n].astype(np.float32), 0.99, region)


def through(eyes: Eyes, film: Film | None = None, exercise: str = "auto") -> ExercisesOutput:
    given = ExercisesInput.model_validate({"video": film or Play(eyes.seconds), "exercise": exercise})
    return Pipeline(eyes)(given, lambda fraction, stage: None)


def test_from_poses_to_answer() -> None:
    output = through(Eyes("push_up", 5))
    assert (output.exercise, output.repetitions) == ("push_up", 5)
    assert [start for start, _ in output.repetition_times] == pytest.approx(0.8 + 2.4 * np.arange(5), abs=0.5)
    assert sum(one.confidence for one in output.likelihoods) == pytest.approx(1, abs=0.001)
    assert output.likelihoods[0].exercise == "push_up"
    assert output.signal is not None
    assert output.signal.x_title == "Time, s"
    assert output.signal.y_title == "Shoulders over hands, m"
    assert output.model_dump(exclude={"film"}) == json.loads(output.model_dump_json(exclude={"film"}))


def test_an_exercise_that_is_said_is_counted_in_its_way() -> None:
    eyes = Eyes("squat", 3)
    output = through(eyes, exercise="lunge")
    assert (output.exercise, output.repetitions) == ("lunge", 3)
    assert output.confidence < 0.5  # it does not look like one, and that is said
    assert output.likelihoods[0].exercise == "squat"
    assert through(eyes, exercise="other").repetitions == 3


def test_another_exercise_is_counted_too() -> None:
    output = through(Eyes("deadlift", 4))
    assert (output.exercise, output.repetitions) == ("other", 4)


def test_nobody_in_the_frame() -> None:
    eyes = Eyes("squat", 1)
    eyes.track = eyes.track.between(0, 0.3)
    output = through(eyes)
    assert (output.exercise, output.repetitions, output.repetition_times) == ("none", 0, [])
    assert output.confidence > 0.8
    assert output.signal is None
    assert (output.film.width, output.film.height) == (480, 480)


def test_a_film_without_a_picture() -> None:
    with pytest.raises(PredictorError, match="no picture"):
        through(Eyes("squat", 1), Play(0))


def test_a_body_that_is_lost_for_a_while_leaves_a_gap_in_the_chart() -> None:
    eyes = Eyes("squat", 4)
    held = eyes.look

    def look(image: Image.Image, region: Region) -> Pose:
        pose = held(image, region)
        n = int(image.getpixel((0, 0))[1])  # type: ignore[index]
        return Pose(pose.points, pose.world, 0.0 if 34 < n < 55 else pose.score, region)

    eyes.look = look  # type: ignore[method-assign]
    output = through(eyes)
    assert output.exercise == "squat"
    assert output.signal is not None
    assert any(value is None for value in output.signal.y)
    assert output.repetitions == 3


def test_progress_rises_through_its_stages() -> None:
    told: list[tuple[float, str]] = []
    eyes = Eyes("squat", 2)
    given = ExercisesInput(video=Play(eyes.seconds))
    Pipeline(eyes)(given, lambda fraction, stage: told.append((fraction, stage)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert list(dict.fromkeys(stage for _, stage in told)) == ["following the body", "counting"]
    assert len(told) > 40
    assert fractions[0] == 0
    assert fractions[-1] < 1


def test_cancel_goes_through_at_once_and_frees_the_film() -> None:
    eyes = Eyes("squat", 20)
    film = Play(eyes.seconds)
    calls = 0

    def progress(fraction: float, stage: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 7:
            raise Canceled

    with pytest.raises(Canceled):
        Pipeline(eyes)(ExercisesInput(video=film), progress)
    assert calls == 7
    assert film.open == 0


def test_two_threads_at_once(exercises: Exercises) -> None:
    meet = threading.Barrier(2, timeout=30)

    def one(name: str) -> tuple[str, int]:
        with media_video.open_film(CLIPS / name) as film:
            meet.wait()
            output = ask(exercises, film)
        return output.exercise, output.repetitions

    names = ["pull_up.webm", "push_up.webm"]
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(one, names))
    assert answers == [(TRUTH[name]["exercise"], TRUTH[name]["repetitions"]) for name in names]


def test_what_it_says_of_itself() -> None:
    assert get("exercises") is Exercises
    assert (Exercises.queue, Exercises.name) == ("cpu-video", "exercises")
    assert film_fields(ExercisesInput) == ("video",)
    assert film_fields(ExercisesOutput) == ("film",)
    with pytest.raises(RuntimeError, match="setup"):
        Exercises().predict(ExercisesInput(video=Play(1)), lambda fraction, stage: None)
    with pytest.raises(ValidationError):
        ExercisesInput.model_validate({"video": Play(1), "exercise": "none"})
