from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from PIL import Image
from pydantic import BaseModel, Field

from showpiece_predictors import Picture, Predictor, PredictorError, base, cli, media, weights

from .images import encoded, quarters


class StampInput(BaseModel):
    image: Picture
    frame: Picture | None = None
    word: str = Field("hello", max_length=8)
    style: Literal["plain", "bold"] = "plain"
    turns: int = Field(1, ge=0, le=3, description="100% clear.")
    grey: bool = False


class StampOutput(BaseModel):
    size: list[int]
    options: dict[str, Any]
    image: Picture


class Stamp(Predictor[StampInput, StampOutput]):
    name: ClassVar[str] = "stamp"
    title: ClassVar[str] = "A stamp on a picture"
    version: ClassVar[str] = "1"
    Input: ClassVar[type[BaseModel]] = StampInput
    Output: ClassVar[type[BaseModel]] = StampOutput

    def predict(self, input: StampInput, progress: Any) -> StampOutput:
        if input.image.width > 500:
            raise PredictorError("The picture is too wide for a stamp.")
        options = input.model_dump(exclude={"image", "frame"})
        return StampOutput(size=[input.image.width, input.image.height], options=options, image=input.image)


class WordInput(BaseModel):
    word: str


class WordOutput(BaseModel):
    length: int
    letters: list[str]


class Word(Predictor[WordInput, WordOutput]):
    name: ClassVar[str] = "word"
    title: ClassVar[str] = "Words"
    version: ClassVar[str] = "1"
    Input: ClassVar[type[BaseModel]] = WordInput
    Output: ClassVar[type[BaseModel]] = WordOutput

    def predict(self, input: WordInput, progress: Any) -> WordOutput:
        return WordOutput(length=len(input.word), letters=[])


@pytest.fixture(autouse=True)
def registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    known: dict[str, type[Predictor[Any, Any]]] = {"stamp": Stamp, "word": Word}

    def get(name: str) -> type[Predictor[Any, Any]]:
        return known[name] if name in known else base.get(name)

    monkeypatch.setattr(cli, "get", get)
    monkeypatch.setattr(cli, "names", lambda: sorted(known))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def photo(tmp_path: Path) -> str:
    (tmp_path / "photo.jpg").write_bytes(encoded(quarters()))
    return "photo.jpg"


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_json_line_a_file_and_exit_1_if_any_failed(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    Path("letter.jpg").write_text("not a photo")
    Path("folder").mkdir()
    Path("empty.png").touch()
    Path("wide.png").write_bytes(encoded(quarters(600, 10), "PNG"))
    odd = "фото «2».jpg"
    Path(odd).write_bytes(encoded(quarters()))
    files = [photo, "letter.jpg", "folder", "empty.png", "nowhere.jpg", "wide.png", odd]
    assert cli.main(["stamp", *files, "--json"]) == 1
    found = lines(capsys)
    assert [line["file"] for line in found] == files
    assert found[0]["output"]["size"] == [64, 48]
    assert "image" not in found[0]["output"]
    assert [line.get("error") for line in found[1:6]] == [
        "This file is not an image.",
        "This is a folder, not a file.",
        "The file is empty.",
        "Cannot read it: No such file or directory.",
        "The picture is too wide for a stamp.",
    ]
    assert "output" in found[6]


def test_all_well_is_exit_0(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    assert cli.main(["stamp", photo, "--json"]) == 0
    assert len(lines(capsys)) == 1


def test_a_file_that_may_not_be_read(
    capsys: pytest.CaptureFixture[str], photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deny(*arguments: Any) -> int:  # root, who may run this, is denied nothing by a file's mode
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(media.os, "open", deny)
    assert cli.main(["stamp", photo, "--json"]) == 1
    assert lines(capsys)[0]["error"] == "Cannot read it: Permission denied."


def test_options_follow_from_the_schema(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    options = ["--word", "bye", "--style", "bold", "--turns", "3", "--grey", "--frame", photo]
    assert cli.main(["stamp", photo, "--json", *options]) == 0
    assert lines(capsys)[0]["output"]["options"] == {"word": "bye", "style": "bold", "turns": 3, "grey": True}
    assert cli.main(["stamp", photo, "--json", "--no-grey"]) == 0
    assert lines(capsys)[0]["output"]["options"]["grey"] is False


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--turns", "4"], "--turns: Input should be less than or equal to 3"),
        (["--turns", "many"], "invalid int value"),
        (["--style", "loud"], "invalid choice: 'loud'"),
        (["--word", "far too long"], "--word: String should have at most 8 characters"),
        (["--colour", "red"], "unrecognized arguments"),
        (["--out", "picture.tiff"], "--out: picture.tiff should end in one of .jpg, .jpeg, .png, .webp"),
    ],
)
def test_a_wrong_option_is_told_before_any_work(
    capsys: pytest.CaptureFixture[str], photo: str, options: list[str], said: str
) -> None:
    assert cli.main(["stamp", photo, *options]) == 2
    caught = capsys.readouterr()
    assert caught.out == ""
    assert said in caught.err


@pytest.mark.parametrize("arguments", [[], ["--json"], ["stamp"], ["palms", "a.jpg"]])
def test_a_wrong_command_line_is_exit_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert cli.main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_unknown_predictor_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["palms", "a.jpg"]) == 2
    assert 'There is no predictor named "palms". Known: ' in capsys.readouterr().err


def test_help_lists_the_predictors_and_their_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    assert "stamp        A stamp on a picture" in capsys.readouterr().out
    assert cli.main(["stamp", "--help"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "100% clear. 0 to 3. Default: 1." in out
    assert "--style {plain,bold}" in out


def test_text_for_people(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    assert cli.main(["stamp", photo, "none.jpg"]) == 1
    caught = capsys.readouterr()
    assert caught.out.startswith("photo.jpg\n  size: [64, 48]\n")
    assert caught.err == "none.jpg: Cannot read it: No such file or directory.\n"


def test_a_table_for_rows() -> None:
    rows = [{"age": 31.5, "sex": None, "box": [1, 2, 3, 4]}, {"age": 8, "sex": "male", "box": [10, 20, 30, 40]}]
    assert cli._table(rows) == [
        "age   sex   box",
        "31.5  -     1 2 3 4",
        "8     male  10 20 30 40",
    ]


def test_a_predictor_without_pictures_takes_options_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["word", "--word", "seven"]) == 0
    assert capsys.readouterr().out == "Words\n  length: 5\n  no letters found\n"
    assert cli.main(["word"]) == 2
    assert "--word" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("b.png", "PNG"), ("c.WEBP", "WEBP")])
def test_out_writes_one_picture(photo: str, name: str, kind: str) -> None:
    assert cli.main(["stamp", photo, "--out", name]) == 0
    with Image.open(name) as image:
        assert (image.format, image.size) == (kind, (64, 48))


def test_out_is_a_folder_for_several(photo: str) -> None:
    Path("other").mkdir()
    Path("other/photo.jpg").write_bytes(encoded(Image.new("RGB", (9, 9))))
    assert cli.main(["stamp", photo, "other/photo.jpg", "--out", "made/here"]) == 0
    assert sorted(path.name for path in Path("made/here").iterdir()) == ["photo-stamp-2.jpg", "photo-stamp.jpg"]
    assert cli.main(["stamp", photo, "--out", "made"]) == 0
    assert Path("made/photo-stamp.jpg").exists()


def test_out_that_cannot_be_written(capsys: pytest.CaptureFixture[str], photo: str) -> None:
    assert cli.main(["stamp", photo, "--json", "--out", "nowhere/a.jpg"]) == 1
    assert lines(capsys)[0]["error"] == "Cannot write nowhere/a.jpg: No such file or directory."
    assert cli.main(["stamp", photo, photo, "--out", f"{photo}/x"]) == 2


def test_weights_that_cannot_be_had_are_an_error_of_each_file(
    capsys: pytest.CaptureFixture[str], photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ensure(keys: Any, models: Path, report: Any) -> None:
        report("Getting them")
        raise weights.WeightsError("The registry is asleep.")

    monkeypatch.setattr(weights, "ensure", ensure)
    assert cli.main(["stamp", photo, photo, "--json"]) == 1
    caught = capsys.readouterr()
    assert [json.loads(line)["error"] for line in caught.out.splitlines()] == ["The registry is asleep."] * 2
    assert caught.err.splitlines() == ["Getting them"] * 2


def test_ctrl_c_is_130(photo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Stamp, input: StampInput, progress: Any) -> StampOutput:
        raise KeyboardInterrupt

    monkeypatch.setattr(Stamp, "predict", interrupt)
    assert cli.main(["stamp", photo]) == 130


def test_the_real_thing_from_a_shell(models: Path, tmp_path: Path) -> None:
    import showpiece_predictors

    sample = Path(showpiece_predictors.__file__).parent / "faces" / "sample.jpg"
    code = "import sys; from showpiece_predictors.cli import main; sys.exit(main(sys.argv[1:]))"
    environment = {
        **os.environ,
        "SHOWPIECE_MODELS": str(models),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "LC_ALL": "C",
    }
    done = subprocess.run(
        [sys.executable, "-c", code, "faces", str(sample), str(tmp_path / "пусто.jpg"), "--json", "--out", "out"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 1
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert set(first) == {"file", "output"}
    assert set(first["output"]) == {"faces"}
    assert set(first["output"]["faces"][0]) == {
        "box",
        "confidence",
        "age",
        "age_low",
        "age_high",
        "sex",
        "sex_probability",
    }
    assert second == {"file": str(tmp_path / "пусто.jpg"), "error": "Cannot read it: No such file or directory."}
    assert done.stderr == ""
    assert np.asarray(Image.open(tmp_path / "out" / "sample-faces.jpg")).shape == (512, 512, 3)
