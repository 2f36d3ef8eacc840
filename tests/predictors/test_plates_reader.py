from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from showpiece_predictors import weights
from showpiece_predictors.onnx import session
from showpiece_predictors.plates import ctc, decode, grammar
from showpiece_predictors.plates.cut import cut
from showpiece_predictors.plates.reader import HEAD, HEIGHT, STEPS, WIDTH, PlateReader

from .conftest import with_weights

BODY = "ppocr-reader"
#: Crops of plates that `tools/plates` rendered, one below the other: not among those that the head was trained on.
CROPS = Path(__file__).with_name("plates.jpg")
TEXTS = [
    "H312BE35",
    "A699BE198",
    "HX5656BE",
    "STBK997",
    "WGR6979Y",
    "MT487HR",
    "TV229DT",
    "6235KNW",
    "BRG7555",
    "CZY2D02",
    "MMY7465",
    "D67WTZ",
    "1TSD465",
]
REGIONS = ["ru", "ru", "ua", "eu", "eu", "eu", "eu", "eu", "br", "br", "us", "us", "us"]


@pytest.fixture(scope="module")
def reader() -> PlateReader:
    return PlateReader(with_weights((BODY,)) / weights.registry()[BODY].file)


@pytest.fixture(scope="module")
def crops() -> npt.NDArray[np.uint8]:
    pixels = np.asarray(Image.open(CROPS).convert("RGB"))
    return pixels.reshape(-1, HEIGHT, WIDTH, 3)


def test_rendered_plates_are_read(reader: PlateReader, crops: npt.NDArray[np.uint8]) -> None:
    seen = reader(crops)
    best = [decode.decode([one.characters], one.regions)[0] for one in seen]
    assert [reading.text for reading in best] == TEXTS
    # "BRG7555" is a number that Brazil and several states of the US may have issued.
    right = [reading.region == region for reading, region in zip(best, REGIONS, strict=True)]
    assert sum(right) >= len(right) - 1
    assert all(min(reading.characters) > 0.3 for reading in best)


def test_the_output_is_log_probabilities(reader: PlateReader, crops: npt.NDArray[np.uint8]) -> None:
    for one in reader(crops[:3]):
        assert one.characters.shape == (STEPS, ctc.CLASSES)
        assert one.regions.shape == (len(grammar.REGIONS),)
        assert np.allclose(np.exp(one.characters).sum(axis=1), 1, atol=1e-4)
        assert np.exp(one.regions).sum() == pytest.approx(1, abs=1e-4)


def test_a_crop_reads_the_same_alone_and_among_others(reader: PlateReader, crops: npt.NDArray[np.uint8]) -> None:
    alone, among = reader(crops[4:5])[0], reader(crops)[4]
    assert np.allclose(alone.characters, among.characters, atol=1e-3)


def test_plain_pictures_hold_no_number(reader: PlateReader) -> None:
    plain = np.stack([np.full((HEIGHT, WIDTH, 3), grey, np.uint8) for grey in (0, 128, 255)])
    assert max(len(ctc.greedy(one.characters)) for one in reader(plain)) < 3


def test_no_crops_give_nothing(reader: PlateReader) -> None:
    assert reader(np.zeros((0, HEIGHT, WIDTH, 3), np.uint8)) == []


@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH, 3), (1, WIDTH, HEIGHT, 3), (1, HEIGHT, WIDTH, 4)])
def test_another_shape_is_refused(reader: PlateReader, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="crops must be"):
        reader(np.zeros(shape, np.uint8))


def test_a_network_cut_at_an_inner_value_gives_that_value() -> None:
    whole, given = HEAD.read_bytes(), _features()
    votes = session(cut(whole, "votes")).run(None, given)[0]
    expected = session(whole).run(["regions"], given)[0]
    assert np.allclose(votes - np.logaddexp.reduce(votes, axis=1, keepdims=True), expected, atol=1e-4)
    # The layer of characters is not needed for the votes, and so is left out.
    assert len(cut(whole, "votes")) < len(whole)


def test_a_network_may_be_cut_at_several_values() -> None:
    outputs = session(cut(HEAD.read_bytes(), "votes", "logits")).run(["logits", "votes"], _features())
    assert [output.shape for output in outputs] == [(1, ctc.CLASSES, STEPS), (1, len(grammar.REGIONS))]


def test_a_value_that_the_network_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="'elsewhere'"):
        cut(HEAD.read_bytes(), "logits", "elsewhere")


@pytest.mark.parametrize("data", [b"", b"\x08\x07", b"not a model", b"\x3a\xff\xff\xff\xff\x0f"])
def test_bytes_that_are_no_network_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"not an ONNX|protobuf|ends within|has no value"):
        cut(data, "logits")


def _features() -> dict[str, npt.NDArray[np.float32]]:
    rng = np.random.default_rng(1)
    shapes = {"backbone": (1, 384, 3, STEPS), "neck": (1, 120, STEPS // 2)}
    return {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
