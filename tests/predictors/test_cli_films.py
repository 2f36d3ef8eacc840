"""`showpiece predict` on films."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from pydantic import BaseModel

from showpiece_predictors import Film, Frame, Predictor, cli, media, media_client, media_video

from .films import Drawn, film
from .images import encoded, quarters
from .test_cli import lines


class NegativeInput(BaseModel):
    video: Film
    deep: bool = False


class NegativeOutput(BaseModel):
    pictures: int
    film: Film | None


class _Negative(Drawn):
    drawn: ClassVar[list[float]] = []

    def __init__(self, source: Film) -> None:
        self.source = source
        self.width, self.height, self.duration, self.rate = source.width, source.height, source.duration, source.rate

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        for frame in self.source.frames(rate, longer_side):
            self.drawn.append(frame.time)
            yield Frame(frame.time, 255 - frame.pixels)


class Negative(Predictor[NegativeInput, NegativeOutput]):
    """Dark becomes bright. A film that is higher than wide gives none."""

    name: ClassVar[str] = "negative"
    title: ClassVar[str] = "A negative of a film"
    version: ClassVar[str] = "1"
    Input: ClassVar[type[BaseModel]] = NegativeInput
    Output: ClassVar[type[BaseModel]] = NegativeOutput

    def predict(self, input: NegativeInput, progress: Any) -> NegativeOutput:
        pictures = sum(1 for _ in input.video.frames(rate=5))
        tall = input.video.height > input.video.width
        return NegativeOutput(pictures=pictures, film=None if tall else _Negative(input.video))


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "get", {"negative": Negative}.__getitem__)
    monkeypatch.chdir(tmp_path)
    _Negative.drawn.clear()


@pytest.fixture
def clip(tmp_path: Path) -> str:
    (tmp_path / "clip.mp4").write_bytes(film(size=(64, 48)))
    return "clip.mp4"


def test_a_film_in_and_its_numbers_out_without_drawing_one(capsys: pytest.CaptureFixture[str], clip: str) -> None:
    assert cli.main(["negative", clip, "--json"]) == 0
    assert lines(capsys) == [{"file": clip, "output": {"pictures": 16}}]
    assert cli.main(["negative", clip]) == 0
    assert capsys.readouterr().out == "clip.mp4\n  pictures: 16\n"
    assert _Negative.drawn == []


def test_out_writes_the_film(capsys: pytest.CaptureFixture[str], clip: str) -> None:
    assert cli.main(["negative", clip, "--json", "--out", "dark.webm"]) == 0
    assert lines(capsys) == [{"file": clip, "output": {"pictures": 16}}]
    info = media_video.check_video(Path("dark.webm"))
    assert (info.codec, info.width, info.height, info.frames) == ("VP9", 64, 48, 32)
    assert info.poster.pixels[12, 16] == pytest.approx([55, 225, 225], abs=12)


def test_films_go_to_a_folder(clip: str) -> None:
    Path("again.mp4").write_bytes(Path(clip).read_bytes())
    assert cli.main(["negative", clip, "again.mp4", "--out", "made"]) == 0
    assert sorted(path.name for path in Path("made").iterdir()) == ["again-negative.webm", "clip-negative.webm"]


def test_what_is_no_film_for_a_predictor_of_films(capsys: pytest.CaptureFixture[str], clip: str) -> None:
    Path("photo.jpg").write_bytes(encoded(quarters()))
    Path("list.mp4").write_text("#EXTM3U\n")
    Path("tall.mp4").write_bytes(film(size=(48, 64)))
    files = ["photo.jpg", "list.mp4", "none.mp4", "tall.mp4", clip]
    assert cli.main(["negative", *files, "--json", "--out", "made"]) == 1
    found = lines(capsys)
    assert [line.get("error") for line in found[:4]] == [
        "JPEG files are not supported. Use MP4, MOV, WebM or MKV.",
        "Playlist files are not supported. Use MP4, MOV, WebM or MKV.",
        "Cannot read it: No such file or directory.",
        "There is no film (WebM) to write.",
    ]
    assert found[4]["output"] == {"pictures": 16}
    assert [path.name for path in Path("made").iterdir()] == ["clip-negative.webm"]


def test_a_film_is_written_as_webm_only(capsys: pytest.CaptureFixture[str], clip: str) -> None:
    assert cli.main(["negative", clip, "--out", "dark.mp4"]) == 2
    assert "--out: dark.mp4 should end in .webm" in capsys.readouterr().err
    assert cli.main(["negative", clip, "--json", "--out", "nowhere/dark.webm"]) == 1
    assert lines(capsys)[0]["error"] == "Cannot write nowhere/dark.webm: No such file or directory."


def test_help_says_which_films(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["negative", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "MP4, MOV, WebM or MKV" in out
    assert "write the film (WebM) here" in out


@pytest.mark.parametrize("out", [[], ["--out", "dark.webm"]])
def test_a_film_that_stops_halfway_is_an_error_of_that_file(
    capsys: pytest.CaptureFixture[str], clip: str, monkeypatch: pytest.MonkeyPatch, out: list[str]
) -> None:
    def stop(self: Any, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        yield Frame(0, np.zeros((48, 64, 3), np.uint8))
        raise media.MediaError("too_complex")

    monkeypatch.setattr(_Negative if out else media_video.StreamedFilm, "frames", stop)
    assert cli.main(["negative", clip, "--json", *out]) == 1
    assert lines(capsys)[0]["error"] == "Opening this file takes too much memory or time."
    assert [path.name for path in Path().iterdir()] == ["clip.mp4"]


def test_ctrl_c_in_a_film_leaves_no_child_and_no_file(clip: str, tmp_path: Path) -> None:
    code = """
import sys, time
from showpiece_predictors import cli, media_video
from tests.predictors import test_cli_films as films
class Slow(films._Negative):
    def frames(self, *a, **k):
        for frame in super().frames(*a, **k):
            print(media_video.pid(), flush=True)
            time.sleep(0.2)
            yield frame
films._Negative = Slow
cli.get = lambda name: films.Negative
sys.exit(cli.main(["negative", "clip.mp4", "--out", "dark.webm"]))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert running.stdout
    pid = int(running.stdout.readline())
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert (running.returncode, said) == (130, "")
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]
    assert (
        not Path(f"/proc/{pid}").exists() or Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    )


def test_a_machine_that_cannot_open_films_says_so(
    capsys: pytest.CaptureFixture[str], clip: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any, **options: Any) -> Film:
        raise media_client.ServiceUnavailable("The Python package av is not installed.")

    monkeypatch.setattr(media_video, "open_film", fail)
    assert cli.main(["negative", clip, "--json"]) == 1
    assert lines(capsys)[0]["error"] == "The Python package av is not installed."
