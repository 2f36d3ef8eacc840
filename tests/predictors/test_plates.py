from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from pydantic import ValidationError

from showpiece_predictors import Canceled, Picture, cli, media
from showpiece_predictors.plates import Plate, Plates, PlatesInput, PlatesOutput
from showpiece_predictors.plates.cyrillic import TO_CYRILLIC

from . import images
from .plate_photos import SPOT, Flat, Photo, car, flats, photo, sample


def run(plates: Plates, image: Image.Image, **options: object) -> PlatesOutput:
    given = PlatesInput.model_validate({"image": Picture(np.asarray(image)), **options})
    return plates.predict(given, lambda fraction, stage: None)


def assert_sound(output: PlatesOutput, size: tuple[int, int]) -> None:
    for plate in output.plates:
        x, y, w, h = plate.box
        assert x >= 0
        assert y >= 0
        assert w >= 1
        assert h >= 1
        assert x + w <= size[0]
        assert y + h <= size[1]
        assert all(0 <= a <= size[0] and 0 <= b <= size[1] for a, b in plate.quad)
        assert [min(a for a, _ in plate.quad), min(b for _, b in plate.quad)] == [x, y]
        assert len(plate.characters) == len(plate.text or "")
        assert all(0 <= value <= 1 for value in plate.characters)
        assert plate.text not in plate.alternatives
        assert (plate.region is None) == (plate.region_probability is None)
        assert plate.text is None or (
            plate.text.isalnum() and plate.text.isascii() and plate.text == plate.text.upper()
        )
    confidences = [plate.confidence for plate in output.plates]
    assert confidences == sorted(confidences, reverse=True)
    assert output.image.pixels.shape == (size[1], size[0], 3)
    assert (output.crops is None) == (not output.plates)


def overlap(plate: Plate, quad: np.ndarray) -> float:
    """Intersection over union of the upright boxes."""
    x, y, w, h = plate.box
    (left, top), (right, bottom) = quad.min(axis=0), quad.max(axis=0)
    shared = max(0, min(x + w, right) - max(x, left)) * max(0, min(y + h, bottom) - max(y, top))
    return shared / (w * h + (right - left) * (bottom - top) - shared)


def test_the_sample(plates: Plates) -> None:
    output = run(plates, sample())
    assert [(plate.text, plate.region) for plate in output.plates] == [("T000MP777", "ru"), ("AB000CD", "eu")]
    assert all(plate.confidence > 0.5 for plate in output.plates)
    assert output.plates[0].region_probability is not None
    assert output.plates[0].region_probability > 0.9
    assert overlap(output.plates[0], SPOT) > 0.7
    changed = np.any(output.image.pixels != np.asarray(sample()), axis=2)
    assert 0.001 < changed.mean() < 0.05
    assert output.crops is not None
    assert output.crops.height < output.crops.width
    assert_sound(output, sample().size)


@pytest.mark.parametrize("flat", [flat for flat in flats() if flat.lines == 1], ids=lambda flat: flat.text)
def test_a_drawn_plate_of_each_kind_is_read(plates: Plates, flat: Flat) -> None:
    shot = photo(flat)
    output = run(plates, shot.image)
    here = [plate for plate in output.plates if overlap(plate, shot.quad) > 0.4]
    assert [plate.text for plate in here] == [flat.text]
    assert here[0].region in (flat.group, None)
    assert_sound(output, shot.image.size)


#: How many of the drawn plates are read whole under each fault, at least; see the bench for a larger set.
FAULTS: dict[str, Callable[[Flat], Photo]] = {
    "tilted to the left": lambda flat: photo(flat, tilt=14),
    "tilted to the right": lambda flat: photo(flat, tilt=-14),
    "seen from the side": lambda flat: photo(flat, turn=0.25),
    "at night": lambda flat: photo(flat, night=True),
    "small": lambda flat: photo(flat, width=500),
    "out of focus": lambda flat: photo(flat, blur=0.8),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_drawn_plates_under_faults_of_a_camera(plates: Plates, fault: str) -> None:
    chosen = [flat for flat in flats() if flat.lines == 1][::3]
    wrong = []
    for flat in chosen:
        shot = FAULTS[fault](flat)
        output = run(plates, shot.image)
        assert_sound(output, shot.image.size)
        if flat.text not in [plate.text for plate in output.plates]:
            wrong.append((flat.text, [plate.text for plate in output.plates]))
    assert len(wrong) <= 1, wrong


def test_a_plate_in_two_lines(plates: Plates) -> None:
    two = [flat for flat in flats() if flat.lines == 2]
    assert len(two) == 2
    read = [[plate.text for plate in run(plates, photo(flat).image).plates] for flat in two]
    assert all(flat.text in texts for flat, texts in zip(two, read, strict=True)), read


@pytest.mark.parametrize("margin", [0, 3])
def test_nothing_but_a_plate(plates: Plates, margin: int) -> None:
    """A photo that somebody has cut out tightly."""
    chosen = [flat for flat in flats() if flat.lines == 1 and flat.image.width > 3 * flat.image.height]
    wrong = []
    for flat in chosen[:6]:
        image = flat.image.resize((520, round(520 * flat.image.height / flat.image.width)))
        framed = Image.new("RGB", (image.width + 2 * margin, image.height + 2 * margin), "dimgray")
        framed.paste(image, (margin, margin))
        output = run(plates, framed)
        assert_sound(output, framed.size)
        if [plate.text for plate in output.plates] != [flat.text]:
            wrong.append((flat.text, [plate.text for plate in output.plates]))
    assert len(wrong) <= 1, wrong


def test_more_cars_than_are_read_of_doubtful_ones(plates: Plates) -> None:
    """Eight cars in one photo: what the detector is sure of is read, up to the number that was asked for."""
    lot = Image.new("RGB", (1600, 534))
    small = car().resize((400, 267), Image.Resampling.LANCZOS)
    for place in range(8):
        lot.paste(small, (place % 4 * 400, place // 4 * 267))
    found = run(plates, lot).plates
    assert len(found) == 8
    assert len(run(plates, lot, max_plates=7).plates) == 7
    assert_sound(run(plates, lot, max_plates=1), lot.size)


def test_orientation_comes_from_the_file(plates: Plates) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # shown by a clockwise quarter turn
    data = images.encoded(sample().transpose(Image.Transpose.ROTATE_90), quality=92, exif=exif)
    picture = media.read_image(data)
    assert (picture.width, picture.height) == sample().size
    assert [plate.text for plate in run(plates, Image.fromarray(picture.pixels)).plates] == ["T000MP777", "AB000CD"]


@cache
def no_plates() -> list[Image.Image]:
    street = sample().crop((0, 500, 1280, 853))  # asphalt, tyres, shadow
    return [
        Image.new("RGB", (500, 400), "black"),
        Image.new("RGB", (1, 1), "white"),
        Image.new("RGB", (3000, 2), "white"),
        Image.new("RGB", (2, 900), "red"),
        images.noise(400, 300),
        images.noise(80, 60).resize((1600, 1200)).filter(ImageFilter.GaussianBlur(6)),
        images.quarters(1200, 800),
        Image.linear_gradient("L").resize((900, 700)).convert("RGB"),
        street,
        sample().crop((0, 0, 1280, 240)),
    ]


@pytest.mark.parametrize("number", range(len(no_plates())))
def test_no_plate_is_a_normal_result(plates: Plates, number: int) -> None:
    image = no_plates()[number]
    output = run(plates, image)
    assert output.plates == []
    assert output.crops is None
    assert np.array_equal(output.image.pixels, np.asarray(image))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([0, 1, 2, 3]),
    st.booleans(),
    st.floats(0.05, 1.6),
    st.tuples(st.integers(0, 700), st.integers(0, 400), st.integers(30, 580), st.integers(30, 450)),
)
def test_turned_flipped_scaled_and_cut_photos_give_sound_answers(
    plates: Plates, quarters: int, flip: bool, scale: float, cut: tuple[int, int, int, int]
) -> None:
    left, top, width, height = cut
    image = sample().crop((left, top, left + width, top + height))
    image = image.resize((max(1, round(width * scale)), max(1, round(height * scale))))
    image = image.rotate(90 * quarters, expand=True)
    if flip:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert_sound(run(plates, image), image.size)


def test_every_scale_reads_the_same(plates: Plates) -> None:
    for width in (900, 1280, 2600):
        scaled = sample().resize((width, width * 2 // 3), Image.Resampling.LANCZOS)
        output = run(plates, scaled)
        assert "T000MP777" in [plate.text for plate in output.plates], width
        assert_sound(output, scaled.size)


def test_options(plates: Plates) -> None:
    cyrillic = run(plates, sample(), alphabet="cyrillic", max_plates=2).plates
    assert [plate.text for plate in cyrillic] == ["T000MP777".translate(TO_CYRILLIC), "AB000CD"]
    assert not cyrillic[0].text.isascii()  # type: ignore[union-attr]
    for other in cyrillic[0].alternatives:  # no text mixes the alphabets
        letters = "".join(character for character in other if not character.isdigit())
        assert letters.isascii() or not any(character.isascii() for character in letters)
    assert run(plates, car(), region="ru").plates[0].text == "T000MP777"
    for wrong in ({"region": "atlantis"}, {"alphabet": "greek"}, {"max_plates": 0}, {"colour": "red"}):
        with pytest.raises(ValidationError):
            run(plates, car(), **wrong)


def test_progress_and_cancel(plates: Plates) -> None:
    given = PlatesInput(image=Picture(np.asarray(car())))
    told: list[tuple[float, str]] = []
    plates.predict(given, lambda fraction, stage: told.append((fraction, stage)))
    assert list(dict.fromkeys(stage for _, stage in told)) == ["finding plates", "reading plates", "drawing"]
    assert sorted(fraction for fraction, _ in told) == [fraction for fraction, _ in told]

    def stop(fraction: float, stage: str) -> None:
        if stage == "reading plates":
            raise Canceled

    with pytest.raises(Canceled):
        plates.predict(given, stop)


def test_several_threads_share_one_predictor(plates: Plates) -> None:
    photos = [car(), photo(flats()[0]).image]
    expected = [run(plates, image).plates for image in photos]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: run(plates, photos[n % 2]).plates, range(4)))
    assert results == expected * 2


def test_predict_before_setup_says_so() -> None:
    with pytest.raises(RuntimeError, match="setup"):
        run(Plates(), sample())


def test_the_command_line(
    plates: Plates, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOWPIECE_MODELS", str(models))
    monkeypatch.chdir(tmp_path)
    car().save("car.jpg", quality=92)
    Path("letter.jpg").write_text("not a photo")
    Path("empty.png").touch()
    Path("cut.jpg").write_bytes(Path("car.jpg").read_bytes()[:9000])
    code = cli.main(["plates", "car.jpg", "letter.jpg", "empty.png", "cut.jpg", "--json", "--region", "ru"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 1
    assert [line["file"] for line in lines] == ["car.jpg", "letter.jpg", "empty.png", "cut.jpg"]
    assert set(lines[0]["output"]) == {"plates"}
    first = lines[0]["output"]["plates"][0]
    assert {"text", "confidence", "region", "box", "quad", "alternatives"} <= set(first)
    assert first["text"] == "T000MP777"
    assert all(line["error"] for line in lines[1:])
    assert cli.main(["plates", "car.jpg", "--out", "drawn.png"]) == 0
    assert "T000MP777" in capsys.readouterr().out
    assert Image.open("drawn.png").size == car().size
