"""The exercises predictor: which exercise, how many repetitions, and what a second of film costs.

`./run bench exercises [--no-accuracy] [--all] [--film FILE]… [--clips FOLDER]…`.

The labelled clips are no part of the project: SHOWPIECE_DATA names the folder that holds them (in `exercises`; default:
`shared/data` beside the clone). Rendered clips are measured where they are: those of the tests, those that
`python tools/render_exercise_clips.py bench` has made, and any FOLDER with a `truth.json`. CPU times are those of this
process and of the one that decodes, in seconds; two cores that are busy with something else add up to a third.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from showpiece_predictors import Film, Frame, media_film, media_video, weights
from showpiece_predictors.exercises import Exercises, ExercisesInput, ExercisesOutput

ROOT = Path(__file__).resolve().parents[1]
SEVEN = ("pull_up", "dip", "squat", "push_up", "sit_up", "jumping_jack", "curl")
THREE = ("pull_up", "dip", "squat")
RENDERED = (ROOT / "tests/predictors/exercise_clips", ROOT / "var/exercise_clips")
#: Some labelled clips are shorter than what users may send.
SHORT = media_video.VideoLimits(min_seconds=1.0)
GOALS = {"seven": 0.90, "three": 0.93, "other": 0.85, "exact": 0.92, "within": 0.97, "cpu": 3.5}


def row(name: str, value: str, note: str = "") -> None:
    print(f"  {name:<44}{value:>12}  {note}".rstrip(), flush=True)


@dataclass(frozen=True)
class Labelled:
    """A clip or a part of one, with what is done in it; `repetitions` None where they were not counted."""

    path: Path
    exercise: str
    repetitions: int | None
    window: tuple[float, float] | None = None
    note: str = ""


class Part(Film):
    """The pictures of a film from one moment to another, as a film of its own."""

    def __init__(self, film: Film, start: float, end: float) -> None:
        self.width, self.height, self.rate = film.width, film.height, film.rate
        self.duration, self._film, self._start, self._end = end - start, film, start, end

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        for seconds, pixels in self._film.frames(rate, longer_side):
            if self._start <= seconds <= self._end:
                yield Frame(seconds - self._start, pixels)


def labelled(folder: Path) -> list[Labelled]:
    """The rows of `labels.csv`. Lunges, which it calls another exercise, are lunges here."""
    found = []
    with (folder / "labels.csv").open() as file:
        for line in csv.DictReader(file):
            window = line["window_s"]
            start, _, end = window.partition("-")
            lunge = line["exercise"] == "other" and line["note"].startswith("lunge")
            found.append(
                Labelled(
                    folder / line["file"],
                    "lunge" if lunge else line["exercise"],
                    int(line["repetitions"]) if line["repetitions"] else None,
                    (float(start), float(end)) if window else None,
                    line["note"],
                )
            )
    return found


def rendered(folder: Path) -> list[Labelled]:
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return [
        Labelled(folder / name, one["exercise"], one["repetitions"])
        for name, one in truth.items()
        if (folder / name).exists()
    ]


def decoding_seconds() -> float:
    """CPU that the process of the films and its children that ended have used."""
    stat = Path(f"/proc/{media_video.pid()}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def used() -> float:
    time.sleep(0.05)  # a child that has just ended is still being reaped
    return time.process_time() + decoding_seconds()


def ask(predictor: Exercises, film: Film) -> ExercisesOutput:
    return predictor.predict(ExercisesInput(video=film), lambda fraction, stage: None)


def accuracy(predictor: Exercises, clips: Sequence[Labelled], every: bool) -> None:
    answers = []
    seconds = cpu = 0.0
    for clip in clips:
        with media_video.open_film(clip.path, limits=SHORT) as whole:
            film: Film = Part(whole, *clip.window) if clip.window else whole
            before = used()
            output = ask(predictor, film)
            cpu += used() - before
            seconds += whole.duration if clip.window else film.duration
        answers.append((clip, output))
        wrong = output.exercise != clip.exercise or clip.repetitions not in (None, output.repetitions)
        if every or wrong:
            where = f"{clip.window[0]:g}-{clip.window[1]:g} s" if clip.window else ""
            print(
                f"    {clip.path.name:<22}{where:<13}{clip.exercise} {_shown(clip.repetitions)} -> "
                f"{output.exercise} {output.repetitions} ({output.confidence:.2f})  {clip.note}".rstrip(),
                flush=True,
            )
    for name, kinds, goal in (
        ("exercise, of 7", SEVEN, "seven"),
        ("exercise, pull-up, dip and squat", THREE, "three"),
        ("exercise, lunge", ("lunge",), ""),
        ("another exercise kept as such", ("other",), "other"),
        ("nobody in the frame", ("none",), ""),
    ):
        chosen = [output.exercise == clip.exercise for clip, output in answers if clip.exercise in kinds]
        if chosen:
            _share(name, chosen, goal)
    errors = np.array([abs(o.repetitions - c.repetitions) for c, o in answers if c.repetitions is not None])
    if len(errors):
        _share("repetitions, exact", (errors == 0).tolist(), "exact")
        _share("repetitions, within one", (errors <= 1).tolist(), "within")
        row("repetitions, mean absolute error", f"{errors.mean():.2f}")
    row("CPU a second of film, without the drawn film", f"{cpu / seconds:.3f} s", f"{seconds:.0f} s of film")


def _shown(repetitions: int | None) -> str:
    return "?" if repetitions is None else str(repetitions)


def _share(name: str, right: list[bool], goal: str) -> None:
    aim = f", to be {GOALS[goal]:.2f}" if goal else ""
    row(name, f"{np.mean(right):.3f}", f"{sum(right)} of {len(right)}{aim}")


def cost(predictor: Exercises, path: Path, goal: bool = False) -> None:
    """The second time, with everything loaded: open, predict, and write the film."""
    with tempfile.TemporaryDirectory() as folder:
        for last in (False, True):
            start = used()
            with media_video.open_film(path) as film:
                opened = used()
                output = ask(predictor, film)
                answered = used()
                media_film.encode_film(output.film, Path(folder) / "out.webm")
                written = used()
            if last:
                name = f"{path.name}, {film.width} x {film.height}, {film.duration:.0f} s"
                aim = f", to be {GOALS['cpu']:g} for 10 s" if goal else ""
                row(name, f"{written - start:.2f} s", f"CPU, warm{aim}; {output.exercise}, {output.repetitions}")
                row("  checking the file", f"{opened - start:.2f} s")
                row("  following the body and counting", f"{answered - opened:.2f} s")
                row("  drawing and writing the film", f"{written - answered:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row("  peak memory of this process so far", f"{peak:.0f} MB", "RSS, without the child that decodes")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("run bench exercises")
    parser.add_argument("--no-accuracy", action="store_true", help="only time and memory")
    parser.add_argument("--all", action="store_true", help="list every clip, not only what is wrong")
    parser.add_argument("--film", action="append", type=Path, default=[], help="measure time and memory on this, too")
    parser.add_argument("--clips", action="append", type=Path, default=[], help="a folder with a truth.json")
    arguments, _ = parser.parse_known_args(list(argv))
    models = weights.models_directory()
    weights.ensure(Exercises.weights, models, print)
    predictor = Exercises()
    predictor.setup(models)
    for path in arguments.film:
        cost(predictor, path, goal=True)
    if arguments.no_accuracy:
        return 0
    data = Path(os.environ.get("SHOWPIECE_DATA") or ROOT.parent / "shared" / "data") / "exercises"
    if (data / "labels.csv").exists():
        print(f"  {data}")
        accuracy(predictor, labelled(data), arguments.all)
    else:
        print(f"  no labelled clips in {data}: accuracy on them was not measured")
    for folder in (*RENDERED, *arguments.clips):
        if (folder / "truth.json").exists():
            print(f"  {folder}")
            accuracy(predictor, rendered(folder), arguments.all)
        else:
            print(f"  no rendered clips in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
