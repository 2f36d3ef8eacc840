"""Films that phones make: read as they look."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from showpiece_predictors import Picture
from showpiece_predictors.media_video import check_video, open_film

from .films import BLUE, GREEN, QUARTERS, RED, YELLOW, close, corners, film, quarters


@pytest.mark.parametrize(
    ("codec", "container", "name", "content_type"),
    [
        ("H.264", "mp4", "MP4", "video/mp4"),
        ("H.264", "mov", "MOV", "video/quicktime"),
        ("H.264", "matroska", "Matroska", "video/x-matroska"),
        ("HEVC", "mp4", "MP4", "video/mp4"),
        ("HEVC", "mov", "MOV", "video/quicktime"),
        ("VP9", "webm", "WebM", "video/webm"),
        ("VP9", "mp4", "MP4", "video/mp4"),
        ("AV1", "mp4", "MP4", "video/mp4"),
        ("AV1", "webm", "WebM", "video/webm"),
    ],
)
def test_every_codec_and_container(codec: str, container: str, name: str, content_type: str) -> None:
    data = film(codec=codec, container=container)
    info = check_video(data)
    assert (info.container, info.content_type, info.codec) == (name, content_type, codec)
    assert (info.width, info.height, info.frames, info.rotation, info.hdr) == (64, 48, 32, 0, False)
    assert info.duration == pytest.approx(3.2, abs=0.05)
    assert info.rate == pytest.approx(10, abs=0.2)
    assert close(corners(info.poster.pixels), QUARTERS)
    frames = list(open_film(data).frames())
    assert [frame.time for frame in frames] == pytest.approx([n / 10 for n in range(32)], abs=0.002)
    assert all(close(corners(frame.pixels), QUARTERS) for frame in frames)


def test_a_path_and_a_descriptor_are_as_good_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "clip.txt"
    path.write_bytes(film())
    with path.open("rb") as file:
        assert (
            check_video(path).duration == check_video(file.fileno()).duration == check_video(path.read_bytes()).duration
        )
        reading = open_film(file.fileno()).frames()
        next(reading)
    path.unlink()
    assert len(list(reading)) == 31


def test_sound_changes_nothing() -> None:
    assert len(list(open_film(film(sound=True)).frames())) == 32


@pytest.mark.parametrize(
    ("counterclockwise", "clockwise", "expected"),
    [
        (-90, 90, (YELLOW, RED, GREEN, BLUE)),
        (180, 180, (BLUE, YELLOW, RED, GREEN)),
        (90, 270, (GREEN, BLUE, YELLOW, RED)),
    ],
)
def test_a_turned_film_stands_upright(
    counterclockwise: int, clockwise: int, expected: tuple[tuple[int, int, int], ...]
) -> None:
    data = film(rotation=counterclockwise)
    info = check_video(data)
    assert info.rotation == clockwise
    assert (info.width, info.height) == ((64, 48) if clockwise == 180 else (48, 64))
    assert close(corners(info.poster.pixels), expected)
    first = next(open_film(data).frames(longer_side=32)).pixels
    assert first.shape == ((24, 32, 3) if clockwise == 180 else (32, 24, 3))
    assert close(corners(first), expected)


def test_a_mirrored_film() -> None:
    assert close(corners(check_video(film(mirrored=True)).poster.pixels), (GREEN, RED, YELLOW, BLUE))


@pytest.mark.parametrize(
    ("aspect", "size"),
    [(Fraction(2), (128, 48)), (Fraction(1, 2), (64, 96)), (Fraction(1), (64, 48)), (Fraction(100), (64, 48))],
)
def test_pixels_that_are_not_square(aspect: Fraction, size: tuple[int, int]) -> None:
    data = film(aspect=aspect)
    info = check_video(data)
    assert (info.width, info.height) == size
    assert next(open_film(data).frames()).pixels.shape == (*size[::-1], 3)


def test_odd_sizes() -> None:
    data = film(size=(65, 47), codec="VP9", container="webm", pix_fmt="yuv420p")
    pixels = next(open_film(data).frames()).pixels
    assert pixels.shape == (47, 65, 3)
    assert close(corners(pixels), QUARTERS)
    assert next(open_film(data).frames(longer_side=33)).pixels.shape == (24, 33, 3)


@pytest.mark.parametrize("matrix", [1, 6, 9])
@pytest.mark.parametrize("full", [False, True])
def test_colours_of_each_matrix_and_range(matrix: int, full: bool) -> None:
    data = film(colours={"colorspace": matrix, "color_range": 2 if full else 1})
    assert close(corners(check_video(data).poster.pixels), QUARTERS)


def test_colours_at_four_pixels_a_colour_and_ten_bits() -> None:
    for codec, kind in (("H.264", "yuv444p"), ("H.264", "yuv422p"), ("HEVC", "yuv420p10le"), ("HEVC", "yuv422p10le")):
        data = film(codec=codec, container="matroska", pix_fmt=kind)
        assert close(corners(check_video(data).poster.pixels), QUARTERS), (codec, kind)


def test_times_that_are_not_even_are_kept_and_begin_at_nothing() -> None:
    times = [5 + n / 10 + 0.03 * (n % 3) for n in range(34)]
    frames = list(open_film(film(times=times)).frames())
    assert [frame.time for frame in frames] == pytest.approx([time - 5 for time in times], abs=0.002)


@pytest.mark.parametrize("b_frames", ["0", "3"])
def test_sampling_goes_by_real_times(b_frames: str) -> None:
    times = [n / 30 for n in range(60)] + [2 + n / 5 for n in range(10)]
    data = film(times=times, options={"preset": "fast", "x264-params": f"threads=1:log=-1:bframes={b_frames}"})
    sampled = [frame.time for frame in open_film(data).frames(rate=10)]
    assert sampled == pytest.approx([n / 10 for n in range(20)] + [2 + n / 5 for n in range(10)], abs=0.002)


def test_pictures_come_in_the_order_they_are_shown() -> None:
    shades = [np.full((48, 64, 3), 20 + 6 * n, np.uint8) for n in range(36)]
    data = film(
        pictures=shades, times=[n / 10 for n in range(36)], options={"x264-params": "threads=1:bframes=3:log=-1"}
    )
    seen = [int(frame.pixels.mean()) for frame in open_film(data).frames()]
    assert seen == pytest.approx([20 + 6 * n for n in range(36)], abs=3)
    again = [int(frame.pixels.mean()) for frame in open_film(data).frames(rate=5)]
    assert again == pytest.approx([20 + 6 * n for n in range(0, 36, 2)], abs=3)


def test_a_film_can_be_read_twice_and_two_ways_at_once() -> None:
    opened = open_film(film())
    whole, half = opened.frames(), opened.frames(rate=5)
    assert [next(whole).time, next(half).time, next(whole).time, next(half).time] == pytest.approx([0, 0, 0.1, 0.2])
    assert len(list(whole)) == 30
    assert len(list(half)) == 14


def test_never_enlarged_and_the_pictures_are_the_callers_own() -> None:
    frames = list(open_film(film()).frames(longer_side=4000))
    assert frames[0].pixels.shape == (48, 64, 3)
    frames[0].pixels[:] = 0
    assert close(corners(frames[4].pixels), QUARTERS)


def test_the_poster_is_not_a_black_beginning() -> None:
    black = np.zeros((48, 64, 3), np.uint8)
    poster = check_video(film(pictures=[black] * 12 + [quarters()] * 20)).poster
    assert isinstance(poster, Picture)
    assert close(corners(poster.pixels), QUARTERS)


def test_a_poster_is_reduced() -> None:
    assert check_video(film(size=(1280, 720))).poster.pixels.shape == (360, 640, 3)


def test_wrong_wishes_are_refused_at_once() -> None:
    opened = open_film(film())
    for wrong in ({"rate": 0}, {"rate": -1}, {"longer_side": 0}):
        with pytest.raises(ValueError, match="positive"):
            opened.frames(**wrong)
