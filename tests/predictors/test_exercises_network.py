from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from showpiece_predictors.exercises import Exercises, tflite
from showpiece_predictors.exercises.blazepose import OUTPUTS, SIZE, BlazePose
from showpiece_predictors.exercises.body import Point
from showpiece_predictors.exercises.detector import anchors, closer, letterboxed
from showpiece_predictors.exercises.network import Network
from showpiece_predictors.exercises.region import Region, around, cut_out

from .conftest import with_weights

WHOLE = ("Identity", "Identity_1", "Identity_2", "Identity_3", "Identity_4")


@pytest.fixture(scope="module")
def folder() -> Path:
    return with_weights(Exercises.weights)


def test_what_is_left_of_the_network_answers_to_the_bit_as_before(folder: Path) -> None:
    model = (folder / "pose_landmark_full.tflite").read_bytes()
    image = np.random.default_rng(5).random((1, SIZE, SIZE, 3), np.float32)
    whole, shorter = Network(model)(image), Network(tflite.cut(model, *OUTPUTS))(image)
    assert set(whole) == set(WHOLE)
    assert set(shorter) == set(OUTPUTS)
    for name in OUTPUTS:
        assert (whole[name] == shorter[name]).all()


def test_a_network_without_such_an_output_and_what_is_no_network(folder: Path) -> None:
    model = (folder / "pose_landmark_full.tflite").read_bytes()
    with pytest.raises(ValueError, match="no output 'Nothing'"):
        tflite.cut(model, "Identity", "Nothing")
    for wrong in (b"", b"PK\x03\x04 and so on", model[:4] + b"XXXX" + model[8:], b"\xff" * 4 + b"TFL3" + b"\xff" * 64):
        with pytest.raises(ValueError, match="not a TFLite model"):
            tflite.cut(wrong, "Identity")


def test_a_body_is_found_and_its_joints_lie_on_it(folder: Path) -> None:
    from showpiece_predictors import media_video

    clip = Path(__file__).with_name("exercise_clips") / "squat.webm"
    with media_video.open_film(clip) as film:
        image = Image.fromarray(next(iter(film.frames(10, 480))).pixels)
    eyes = BlazePose(folder / "pose_detection.tflite", folder / "pose_landmark_full.tflite")
    (person, *_) = eyes.detect(image)
    pose = eyes.look(image, person.region)
    assert person.score > 0.5
    assert pose.score > 0.8
    head, hips, feet = (
        pose.points[rows, 1].mean()
        for rows in ([Point.NOSE], [Point.LEFT_HIP, Point.RIGHT_HIP], [Point.LEFT_ANKLE, Point.RIGHT_ANKLE])
    )
    assert head < hips < feet
    assert 0.35 * image.height < feet - head < image.height
    legs = np.linalg.norm(pose.world[Point.LEFT_HIP] - pose.world[Point.LEFT_ANKLE])
    assert 0.5 < legs < 1.0  # metres
    turned = eyes.detect(image.rotate(90, expand=True))
    assert any(abs(abs(one.region.turn) - math.pi / 2) < 0.6 for one in turned)
    grey = Image.new("RGB", (480, 270), (120, 120, 120))
    assert eyes.detect(grey) == []
    assert eyes.look(grey, Region(240, 135, 200)).score < 0.4
    small = Image.new("RGB", (640, 360), (150, 150, 150))
    small.paste(image.resize((image.width // 2, image.height // 2)), (480, 180))
    assert eyes.detect(small) == []
    (far, *_) = eyes.detect(small, closer=True)
    assert (far.region.x, far.region.y) == pytest.approx((480 + person.region.x / 2, 180 + person.region.y / 2), abs=10)


def test_the_squares_of_a_closer_look_cover_the_frame() -> None:
    for size in ((480, 270), (270, 480), (300, 300)):
        covered = np.zeros((size[1], size[0]), bool)
        for left, top, right, bottom in closer(Image.new("RGB", size)):
            assert right - left == bottom - top
            assert min(left, top) >= 0
            covered[top:bottom, left:right] = True
        assert covered.all()


def test_anchors_are_as_many_as_the_network_has_and_within_the_square() -> None:
    assert anchors().shape == (2254, 2)
    assert 0 < anchors().min() < anchors().max() < 1
    assert anchors()[0] == pytest.approx([0.5 / 28, 0.5 / 28])
    assert anchors()[-1] == pytest.approx([6.5 / 7, 6.5 / 7])


@pytest.mark.parametrize("size", [(480, 270), (100, 400), (224, 224)])
def test_the_letterbox_leads_back(size: tuple[int, int]) -> None:
    image = Image.new("RGB", size)
    at = (size[0] * 3 // 4, size[1] // 3)
    ImageDraw.Draw(image).ellipse((at[0] - 4, at[1] - 4, at[0] + 4, at[1] + 4), fill="white")
    square, scale, offset = letterboxed(image)
    y, x = np.argwhere(square[0, :, :, 0] > 0).mean(axis=0)
    assert ((np.array([x, y]) - offset) / scale) == pytest.approx(at, abs=2.5)


def test_a_region_is_cut_out_as_it_is_turned() -> None:
    image = Image.new("RGB", (400, 300), (10, 10, 10))
    ImageDraw.Draw(image).ellipse((296, 96, 304, 104), fill="white")
    region = around((200, 100), (280, 100))  # lies on its side, the head to the right
    assert region.turn == pytest.approx(math.pi / 2)
    assert region.side == pytest.approx(200)
    square = cut_out(image, region, 100)[0, :, :, 0]
    y, x = np.argwhere(square > 0.6).mean(axis=0)
    assert region.outward(np.array([[x / 100, y / 100]], np.float32))[0] == pytest.approx([300, 100], abs=2)
    assert y < 10  # to the right in the frame is up in the square
    assert x == pytest.approx(50, abs=2)


def test_a_large_region_is_averaged_and_what_lies_outside_is_black() -> None:
    checks = np.indices((800, 800)).sum(axis=0) % 2 * 255
    image = Image.fromarray(np.repeat(checks[..., None], 3, axis=2).astype(np.uint8))
    square = cut_out(image, Region(400, 400, 760), 64)
    assert square.std() < 0.05
    assert square.mean() == pytest.approx(0.5, abs=0.05)
    assert cut_out(image, Region(-900, 400, 300), 64).max() == 0
