"""What is no film, or not one that we take: each is refused in its own words, and none reaches libav unasked."""

from __future__ import annotations

import contextlib
import io
import os
import random
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from showpiece_predictors.media import MESSAGES, MediaError
from showpiece_predictors.media_video import VideoLimits, check_video, open_film

from . import images
from .films import close, corners, film, quarters


def refusal(source: bytes | Path, **limits: float) -> MediaError:
    with pytest.raises(MediaError) as caught:
        check_video(source, limits=VideoLimits(**limits))  # type: ignore[arg-type]
    assert str(caught.value)
    return caught.value


def boxes(data: bytes, start: int = 0, end: int | None = None) -> dict[bytes, tuple[int, int]]:
    """Where the content of each box of an MP4 begins and ends, by its type; the first of each, at any depth."""
    found: dict[bytes, tuple[int, int]] = {}
    at, end = start, len(data) if end is None else end
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        found.setdefault(kind, (at + 8, at + size))
        if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf"):
            for inner, place in boxes(data, at + 8, at + size).items():
                found.setdefault(inner, place)
        at += max(size, 8)
    return found


def patched(data: bytes, box: bytes, offset: int, value: bytes) -> bytes:
    at = boxes(data)[box][0] + offset
    return data[:at] + value + data[at + len(value) :]


def noise(count: int) -> bytes:
    """The same every time: workers of a parallel run compare what they have collected."""
    return random.Random(1).randbytes(count)


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "empty", "empty"),
        (b"hello", "not_a_video", "not a video"),
        (noise(4096), "not_a_video", "not a video"),
        (images.encoded(images.quarters(), "PNG"), "unsupported_container", "PNG"),
        (images.encoded(images.quarters(), "JPEG"), "unsupported_container", "JPEG"),
        (images.encoded(images.quarters(), "AVIF"), "unsupported_container", "AVIF"),
        (images.encoded(images.quarters(), "GIF"), "unsupported_container", "GIF"),
        (b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n", "unsupported_container", "Playlist"),
        (b"\xef\xbb\xbf\n#EXTM3U\n", "unsupported_container", "Playlist"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "unsupported_container", "Playlist"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_container", "SVG"),
        (b"<?xml version='1.0'?><svg/>", "unsupported_container", "SVG"),
        (b"<!DOCTYPE html><html><video src=a.mp4></html>", "unsupported_container", "HTML"),
        (b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>", "not_a_video", "not a video"),
        (b"RIFF\0\0\0\0AVI LIST", "unsupported_container", "AVI"),
        (b"FLV\x01\5\0\0\0\x09", "unsupported_container", "FLV"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2mp41\0\0\0\x08free", "damaged", "damaged"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 100, "damaged", "damaged"),
    ],
)
def test_what_is_no_film(data: bytes, code: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(data)
    for source in (data, path):
        error = refusal(source)
        assert error.code == code
        assert words in str(error)


def test_every_message_can_be_said() -> None:
    names = {"max_megabytes": 1, "format": "AVI", "codec": "MPEG-4", "min_seconds": 3, "max_seconds": 60}
    names |= {"max_longer": 1, "max_shorter": 1, "width": 1, "height": 1, "max_frames": 1, "min_frames": 1}
    names |= {"max_megapixels": 1}
    assert all(text.format(**names) for text in MESSAGES.values())


def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip.mp4")
    assert refusal(tmp_path / "clip.mp4").code == "not_a_video"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check_video(tmp_path / "none.mp4")


def _sound_only() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as out:
        stream = out.add_stream("aac", 44100)
        assert isinstance(stream, av.AudioStream)
        for n in range(200):
            tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            tone.sample_rate, tone.pts = 44100, n * 1024
            out.mux(stream.encode(tone))
        out.mux(stream.encode(None))
    return file.getvalue()


def test_sound_alone_is_no_film() -> None:
    error = refusal(_sound_only())
    assert (error.code, str(error)) == ("no_picture", "This file holds no moving picture, only sound.")


@pytest.mark.parametrize(
    ("codec", "container", "name"),
    [
        ("mpeg4", "mp4", "MPEG-4 Part 2"),
        ("mjpeg", "mov", "Motion JPEG"),
        ("libvpx", "webm", "VP8"),
        ("ffv1", "matroska", "FFV1"),
    ],
)
def test_another_codec_is_named(codec: str, container: str, name: str) -> None:
    error = refusal(film(codec=codec, container=container, pix_fmt="yuvj420p" if codec == "mjpeg" else "yuv420p"))
    assert error.code == "unsupported_codec"
    assert name in str(error)


def test_the_limits_of_length_and_size() -> None:
    data = film()
    assert refusal(data, max_bytes=len(data) - 1).code == "too_large"
    assert str(refusal(data, max_seconds=2)) == "The video is longer than 2 seconds."
    assert str(refusal(data, min_seconds=4)) == "The video is shorter than 4 seconds."
    assert str(refusal(data, min_frames=33)) == "Fewer than 33 pictures of the video can be read."
    assert refusal(data, max_frames=31).code == "film_too_many_frames"
    assert check_video(data, limits=VideoLimits(min_seconds=3.2, max_seconds=3.2, min_frames=32)).frames == 32


def test_the_limit_of_pixels_holds_either_way_up() -> None:
    for size in ((160, 90), (90, 160)):
        data = film(size=size)
        assert check_video(data, limits=VideoLimits(max_longer=160, max_shorter=90)).width == size[0]
        assert refusal(data, max_longer=158).code == "film_too_many_pixels"
        error = refusal(data, max_shorter=88)
        assert f"{size[0]} by {size[1]}" in str(error)


def test_eight_thousand_pixels_are_refused_by_the_header() -> None:
    black = [np.zeros((4320, 7680, 3), np.uint8)]
    error = refusal(film(pictures=black, times=[0], size=(7680, 4320)))
    assert error.code == "film_too_many_pixels"
    assert "7680 by 4320" in str(error)


def test_ten_minutes() -> None:
    times = [n * 20 for n in range(31)]
    assert refusal(film(times=times)).code == "too_long"
    assert refusal(film(times=times, codec="VP9", container="webm")).code == "too_long"


@pytest.mark.parametrize("said", [0, 1, 3_200, 600_000, 0xFFFFFFFF])
def test_a_header_that_lies_about_the_length_changes_nothing(said: int) -> None:
    value = struct.pack(">I", said)
    honest, long = film(), film(times=[n * 20 for n in range(31)])
    for data in (honest, long):
        lying = patched(patched(data, b"mvhd", 16, value), b"mdhd", 16, value)
        if data is honest:
            assert check_video(lying).duration == pytest.approx(3.2, abs=0.1)
        else:
            assert refusal(lying).code == "too_long"


@pytest.mark.parametrize("codec", ["H.264", "HEVC"])
def test_a_header_that_lies_about_the_size(codec: str) -> None:
    data = film(size=(320, 240), codec=codec)
    at = boxes(data)[b"stsd"][0] + 8 + 8 + 24
    lying = data[:at] + struct.pack(">HH", 64, 48) + data[at + 4 :]
    assert refusal(lying, max_longer=300).code == "film_too_many_pixels"


def test_no_duration() -> None:
    data = film()
    start, _ = boxes(data)[b"stts"]
    count = struct.unpack_from(">I", data, start + 4)[0]
    for entry in range(count):
        at = start + 8 + entry * 8 + 4
        data = data[:at] + b"\0\0\0\0" + data[at + 4 :]
    for box in (b"mvhd", b"mdhd"):
        data = patched(data, box, 16, b"\0\0\0\0")
    error = refusal(data)
    assert (error.code, str(error)) == ("zero_duration", "The video has no duration.")


def test_one_picture() -> None:
    assert refusal(film(times=[0])).code in {"zero_duration", "too_short"}


@pytest.mark.parametrize("keep", [0.1, 0.3, 0.6, 0.9])
def test_a_file_without_its_index_is_damaged(keep: float) -> None:
    data = film(pictures=[images_noise(n) for n in range(32)])
    assert refusal(data[: int(len(data) * keep)]).code == "damaged"


def images_noise(seed: int) -> np.ndarray:
    return np.asarray(images.noise(64, 48, seed))


def test_a_cut_off_file_with_its_index_in_front() -> None:
    data = film(
        pictures=[images_noise(n) for n in range(40)], times=[n / 10 for n in range(40)], mux={"movflags": "faststart"}
    )
    assert check_video(data).frames == 40
    assert refusal(data[: len(data) // 2]).code in {"damaged", "too_few_frames"}
    cut = data[: int(len(data) * 0.9)]
    assert 30 <= len(list(open_film(cut).frames())) < 40


def test_a_cut_off_webm() -> None:
    data = film(
        codec="VP9", container="webm", pictures=[images_noise(n) for n in range(60)], times=[n / 10 for n in range(60)]
    )
    assert refusal(data[: len(data) // 5]).code == "damaged"
    assert 30 <= len(list(open_film(data[: int(len(data) * 0.8)]).frames())) < 60


def test_broken_pictures_in_the_middle_are_left_out() -> None:
    data = film(options={"x264-params": "threads=1:log=-1:keyint=4"}, pictures=[images_noise(n) for n in range(32)])
    start, end = boxes(data)[b"mdat"]
    middle = (start + end) // 2
    broken = data[:middle] + noise(1500) + data[middle + 1500 :]
    frames = list(open_film(broken, limits=VideoLimits(min_frames=20)).frames())
    assert 20 <= len(frames) < 32
    assert frames[-1].time == pytest.approx(3.1, abs=0.01)


def test_nothing_but_noise_in_the_place_of_pictures() -> None:
    data = film()
    start, end = boxes(data)[b"mdat"]
    assert refusal(data[:start] + noise(end - start) + data[end:]).code in {"damaged", "too_few_frames"}


def test_thousands_of_tiny_frames_are_read_or_refused() -> None:
    grey = np.full((16, 16, 3), 90, np.uint8)
    data = film(pictures=[grey] * 3000, times=[n / 300 for n in range(3000)], size=(16, 16))
    assert check_video(data).frames == 3000
    assert len(list(open_film(data).frames(rate=10))) == 100
    assert refusal(data, max_frames=2999).code == "film_too_many_frames"


def test_a_film_that_names_another_file_opens_none(tmp_path: Path) -> None:
    """A QuickTime data reference by path: the pictures lie in a file beside it, which must not be read."""
    data = film(container="mov")
    (tmp_path / "outside.mov").write_bytes(data)
    entry = boxes(data)[b"dref"][0] + 8
    size = struct.unpack_from(">I", data, entry)[0]
    path = str(tmp_path / "outside.mov").encode()
    alias = _alias(path)
    dref = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    grown = len(dref) - size
    changed = bytearray(data[:entry] + dref + data[entry + size :])
    at = 0
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):  # each holds the next
        at = changed.index(kind, at) - 4
        struct.pack_into(">I", changed, at, struct.unpack_from(">I", changed, at)[0] + grown)
        at += 8
    chosen = tmp_path / "clip.mov"
    mdat_start, mdat_end = boxes(bytes(changed))[b"mdat"]
    changed[mdat_start:mdat_end] = bytes(mdat_end - mdat_start)  # no picture in the file itself
    chosen.write_bytes(changed)
    assert refusal(chosen).code in {"damaged", "too_few_frames"}


def _alias(path: bytes) -> bytes:
    """An alias record (version 2) as QuickTime writes it, with the path as its tags 2 and 18."""
    name = path.rpartition(b"/")[2][:63]
    record = bytearray(150)
    struct.pack_into(">H", record, 6, 2)
    record[10] = 2
    record[11:13] = b"hd"
    record[50] = len(name)
    record[51 : 51 + len(name)] = name
    struct.pack_into(">HH", record, 130, 1, 1)
    for kind in (2, 18):
        record += struct.pack(">HH", kind, len(path)) + path + b"\0" * (len(path) % 2)
    return bytes(record + struct.pack(">HH", 0xFFFF, 0))


def test_half_of_the_bytes_turned_never_hangs_nor_crashes() -> None:
    random = np.random.default_rng(5)
    for codec, container in (("H.264", "mp4"), ("VP9", "webm"), ("HEVC", "matroska")):
        data = np.frombuffer(film(codec=codec, container=container), np.uint8)
        for _ in range(8):
            bad = data.copy()
            spots = random.integers(16, len(bad), random.integers(1, 60))
            bad[spots] ^= random.integers(1, 256, len(spots), dtype=np.uint8)
            with contextlib.suppress(MediaError):
                list(open_film(bad.tobytes()).frames(rate=10))
    assert close(corners(check_video(film()).poster.pixels), corners(quarters()))
