from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from pydantic import ValidationError

from showpiece_predictors import Canceled, Picture
from showpiece_predictors.faces import Face, Faces, FacesInput, FacesOutput, pipeline
from showpiece_predictors.faces.attributes import MEAN_FACE, Attributes, turned
from showpiece_predictors.faces.detect import Detection, Detector, decode, suppress

from . import images

#: Where the one face of the sample lies, by eye: left, top, right, bottom.
FACE = (175, 60, 275, 180)


def portrait() -> Image.Image:
    with files("showpiece_predictors.faces").joinpath("sample.jpg").open("rb") as file:
        return Image.open(file).convert("RGB")


def run(faces: Faces, image: Image.Image, **options: object) -> FacesOutput:
    given = FacesInput.model_validate({"image": Picture(np.asarray(image)), **options})
    return faces.predict(given, lambda fraction, stage: None)


def overlap(face: Face, box: tuple[float, float, float, float]) -> float:
    """Intersection over union of a found box and left, top, right, bottom."""
    x, y, w, h = face.box
    wide = min(x + w, box[2]) - max(x, box[0])
    high = min(y + h, box[3]) - max(y, box[1])
    shared = max(wide, 0) * max(high, 0)
    return shared / (w * h + (box[2] - box[0]) * (box[3] - box[1]) - shared)


def assert_inside(output: FacesOutput, size: tuple[int, int]) -> None:
    for face in output.faces:
        x, y, w, h = face.box
        assert x >= 0
        assert y >= 0
        assert w >= 1
        assert h >= 1
        assert x + w <= size[0]
        assert y + h <= size[1]
        assert 0 <= face.age_low <= face.age <= face.age_high
    assert output.image.pixels.shape == (size[1], size[0], 3)


def test_the_sample(faces: Faces) -> None:
    photo = portrait()
    output = run(faces, photo)
    (face,) = output.faces
    assert overlap(face, FACE) > 0.6
    assert face.confidence > 0.8
    assert 25 <= face.age <= 45  # she was about 42, and looks younger to the models
    assert face.age_high - face.age_low == 16
    assert face.sex == "female"
    assert face.sex_probability is not None
    assert face.sex_probability > 0.8
    changed = np.any(output.image.pixels != np.asarray(photo), axis=2)
    assert 0.005 < changed.mean() < 0.1
    assert not changed[300:].any()
    assert_inside(output, photo.size)


def test_every_scale_gives_the_same_face(faces: Faces) -> None:
    photo = portrait()
    for side in (160, 300, 700, 1400, 3000):
        scaled = photo.resize((side, side), Image.Resampling.LANCZOS)
        output = run(faces, scaled)
        (face,) = output.faces
        ratio = side / 512
        assert overlap(face, tuple(edge * ratio for edge in FACE)) > 0.55  # type: ignore[arg-type]
        assert 22 <= face.age <= 46
        assert_inside(output, scaled.size)


def test_a_face_that_fills_the_picture_is_found_in_a_wider_frame(faces: Faces) -> None:
    close = portrait().crop((185, 70, 265, 170)).resize((800, 1000), Image.Resampling.LANCZOS)
    output = run(faces, close)
    assert len(output.faces) == 1
    assert_inside(output, close.size)


def test_a_crowd_of_small_faces(faces: Faces) -> None:
    head = portrait().crop((130, 10, 320, 230)).resize((95, 110), Image.Resampling.LANCZOS)
    crowd = Image.new("RGB", (95 * 12, 110 * 8), "gray")
    for row in range(8):
        for column in range(12):
            crowd.paste(head, (column * 95, row * 110))
    output = run(faces, crowd)
    assert len(output.faces) == 96
    assert_inside(output, crowd.size)
    assert len(run(faces, crowd, max_faces=5).faces) == 5


def no_faces() -> list[Image.Image]:
    ramp = Image.linear_gradient("L").resize((900, 700)).convert("RGB")
    shapes = Image.new("RGB", (640, 480), "navy")
    pen = ImageDraw.Draw(shapes)
    for n in range(12):
        pen.ellipse((n * 50, n * 35, n * 50 + 90, n * 35 + 60), fill=(20 * n, 255 - 20 * n, 128))
    return [
        Image.new("RGB", (500, 400), "black"),
        Image.new("RGB", (1, 1), "white"),
        Image.new("RGB", (3000, 2), "white"),
        Image.new("RGB", (2, 900), "red"),
        images.noise(400, 300),
        images.noise(80, 60).resize((1600, 1200)).filter(ImageFilter.GaussianBlur(6)),
        images.quarters(1200, 800),
        ramp,
        shapes,
    ]


@pytest.mark.parametrize("number", range(len(no_faces())))
def test_no_face_is_a_normal_result(faces: Faces, number: int) -> None:
    image = no_faces()[number]
    output = run(faces, image)
    assert output.faces == []
    assert np.array_equal(output.image.pixels, np.asarray(image))


@pytest.mark.parametrize("angle", [0, 15, 45, 90, 180, 270])
def test_turned_photos_never_crash_and_boxes_stay_inside(faces: Faces, angle: int) -> None:
    photo = portrait().rotate(angle, expand=True)
    output = run(faces, photo, min_confidence=0.2)
    assert_inside(output, photo.size)
    if angle <= 15:
        assert len(output.faces) >= 1


@pytest.mark.parametrize("box", [(210, 0, 512, 512), (0, 100, 512, 512), (0, 0, 230, 512), (180, 60, 270, 120)])
def test_faces_cut_by_the_edge(faces: Faces, box: tuple[int, int, int, int]) -> None:
    photo = portrait().crop(box)
    assert_inside(run(faces, photo, min_confidence=0.2), photo.size)


def test_options(faces: Faces) -> None:
    photo = portrait()
    labelled, bare = run(faces, photo), run(faces, photo, labels=False)
    assert labelled.faces == bare.faces
    different = np.argwhere(np.any(labelled.image.pixels != bare.image.pixels, axis=2))
    assert len(different) > 300
    assert different[:, 0].max() < 70  # the label stands above the face
    assert run(faces, photo, min_confidence=0.95).faces == []
    for wrong in ({"min_confidence": 0.1}, {"min_confidence": 2}, {"max_faces": 0}, {"colour": "red"}):
        with pytest.raises(ValidationError):
            run(faces, photo, **wrong)


def test_progress_and_cancel(faces: Faces) -> None:
    given = FacesInput(image=Picture(np.asarray(portrait())))
    told: list[tuple[float, str]] = []
    faces.predict(given, lambda fraction, stage: told.append((fraction, stage)))
    assert [stage for _, stage in told] == ["finding faces", "estimating age and sex", "drawing"]
    assert sorted(fraction for fraction, _ in told) == [fraction for fraction, _ in told]

    def stop(fraction: float, stage: str) -> None:
        if stage.startswith("estimating"):
            raise Canceled

    with pytest.raises(Canceled):
        faces.predict(given, stop)


def test_several_threads_share_one_predictor(faces: Faces) -> None:
    photo = portrait()
    turned_photo = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    expected = [run(faces, image).faces for image in (photo, turned_photo)]
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: run(faces, (photo, turned_photo)[n % 2]).faces, range(8)))
    assert results == expected * 4


def test_predict_before_setup_says_so() -> None:
    with pytest.raises(RuntimeError, match="setup"):
        run(Faces(), portrait())


def test_a_foreign_detector_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(b"not a model")
    with pytest.raises(ValueError, match=r"other\.onnx is not the CenterFace model"):
        Detector(tmp_path / "other.onnx")


def found(box: tuple[float, float, float, float] = (10, 20, 50, 70)) -> Detection:
    return Detection(box, np.zeros((5, 2), np.float32), 0.9)


@pytest.mark.parametrize(
    ("age", "male", "sex", "probability"),
    [
        (30.0, 0.9, "male", 0.9),
        (30.0, 0.1, "female", 0.9),
        (30.0, 0.69, None, 0.69),
        (30.0, 0.31, None, 0.69),
        (30.0, 0.7, "male", 0.7),
        (12.9, 0.99, None, None),
        (13.0, 0.99, "male", 0.99),
    ],
)
def test_sex_is_said_only_of_the_grown_and_when_sure(
    age: float, male: float, sex: str | None, probability: float | None
) -> None:
    face = pipeline._face(found(), Attributes(age, male), (100, 100))
    assert face is not None
    assert (face.sex, face.sex_probability) == (sex, probability)


def test_ages_and_boxes_are_kept_within_reason() -> None:
    baby = pipeline._face(found((-5, -5, 30, 200)), Attributes(0.4, 0.5), (100, 100))
    assert baby is not None
    assert (baby.age_low, baby.age_high, baby.box) == (0, 8, [0, 0, 30, 100])
    assert pipeline._face(found((101, 5, 130, 30)), Attributes(20, 0.5), (100, 100)) is None


def test_suppression_keeps_the_surest_of_those_that_overlap() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 11, 11], [20, 20, 30, 30], [0, 0, 10, 30]], np.float32)
    assert suppress(boxes, np.array([0.5, 0.9, 0.7, 0.8], np.float32), 0.3) == [1, 3, 2]
    assert suppress(boxes[:0], np.zeros(0, np.float32), 0.3) == []


def test_decode_follows_the_paper() -> None:
    heat = np.zeros((1, 1, 4, 6), np.float32)
    heat[0, 0, 2, 3] = 0.9
    size = np.full((1, 2, 4, 6), np.log(np.float32(2)), np.float32)
    size[0, 1] = np.log(np.float32(3))
    offset = np.zeros((1, 2, 4, 6), np.float32)
    offset[0, 0], offset[0, 1] = 0.25, -0.25
    marks = np.tile(np.arange(10, dtype=np.float32).reshape(1, 10, 1, 1) / 10, (1, 1, 4, 6))
    boxes, points, scores = decode([heat, size, offset, marks], 0.5)
    # Centre: ((3 - 0.25 + 0.5) * 4, (2 + 0.25 + 0.5) * 4) = (13, 11); height 8, width 12.
    assert np.allclose(boxes, [[7, 7, 19, 15]])
    assert np.allclose(points[0, 0], [7 + 0.1 * 12, 7 + 0.0 * 8])
    assert np.allclose(points[0, 4], [7 + 0.9 * 12, 7 + 0.8 * 8])
    assert scores.tolist() == pytest.approx([0.9])


def test_a_turned_face_is_turned_back() -> None:
    picture = images.quarters(200, 200)
    upright = MEAN_FACE * 100 + 50
    quarter = np.stack([199 - upright[:, 1], upright[:, 0]], axis=1)  # the same points after a clockwise quarter turn
    there = turned(picture, upright, 64, 0.2)
    back = turned(picture.transpose(Image.Transpose.ROTATE_270), quarter, 64, 0.2)
    assert np.abs(np.asarray(there).astype(int) - np.asarray(back)).mean() < 6
