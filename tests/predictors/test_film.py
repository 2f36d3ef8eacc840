"""Films that we write: played by a browser, with the right colours, and whole or not there."""

from __future__ import annotations

import hashlib
import io
import resource
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from showpiece_predictors import Canceled, Film, Frame, PredictorError
from showpiece_predictors.media_film import encode_film
from showpiece_predictors.media_video import check_video, open_film

from . import images
from .films import QUARTERS, Drawn, close, corners, film, quarters


def frames(count: int = 40, size: tuple[int, int] = (64, 48), gap: float = 0.1) -> list[Frame]:
    return [Frame(n * gap, quarters(*size)) for n in range(count)]


def test_what_is_written_is_what_was_drawn(tmp_path: Path) -> None:
    target = tmp_path / "film.webm"
    clean = encode_film(Drawn(frames()), target)
    assert (clean.path, clean.content_type, clean.suffix) == (target, "video/webm", ".webm")
    assert (clean.width, clean.height, clean.size) == (64, 48, target.stat().st_size)
    assert clean.duration == pytest.approx(4.0)
    assert clean.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    assert close(corners(np.asarray(Image.open(io.BytesIO(clean.poster.data)))), QUARTERS)
    info = check_video(target)
    assert (info.container, info.codec, info.frames) == ("WebM", "VP9", 40)
    assert info.duration == pytest.approx(4.0, abs=0.01)
    assert all(close(corners(frame.pixels), QUARTERS) for frame in open_film(target).frames())


def test_browsers_are_told_which_colours(tmp_path: Path) -> None:
    encode_film(Drawn(frames()), tmp_path / "film.webm")
    with av.open(str(tmp_path / "film.webm")) as container:
        context = container.streams.video[0].codec_context
        tags = [context.colorspace, context.color_primaries, context.color_trc, context.color_range]
    assert context.pix_fmt == "yuv420p"
    assert tags == [1, 1, 1, 1]


def test_a_browser_can_jump_from_the_start_of_the_file(tmp_path: Path) -> None:
    target = tmp_path / "film.webm"
    encode_film(Drawn(frames(100)), target)
    data = target.read_bytes()
    cues, cluster = data.index(b"\x1c\x53\xbb\x6b", 200), data.index(b"\x1f\x43\xb6\x75", 200)
    assert cues < cluster
    with av.open(str(target)) as container:
        keys = [float(packet.pts * packet.time_base) for packet in container.demux(video=0) if packet.is_keyframe]
        container.seek(6_500_000)
        landed = next(container.decode(video=0)).time
    assert keys == pytest.approx([0, 2, 4, 6, 8], abs=0.01)
    assert landed == pytest.approx(6, abs=0.01)


def test_times_are_kept(tmp_path: Path) -> None:
    times = [n / 10 + 0.03 * (n % 3) for n in range(40)]
    encode_film(Drawn([Frame(time, quarters()) for time in times]), tmp_path / "film.webm")
    assert [f.time for f in open_film(tmp_path / "film.webm").frames()] == pytest.approx(times, abs=0.001)


def test_odd_sizes_become_even(tmp_path: Path) -> None:
    clean = encode_film(Drawn(frames(size=(65, 47))), tmp_path / "film.webm")
    assert (clean.width, clean.height) == (66, 48)
    pixels = next(open_film(tmp_path / "film.webm").frames()).pixels
    assert np.abs(pixels[:, -1].astype(int) - pixels[:, -2]).max() < 12  # no black edge


def test_a_film_from_a_phone_goes_through(tmp_path: Path) -> None:
    clean = encode_film(open_film(film(rotation=-90)), tmp_path / "film.webm", rate=5, longer_side=32)
    assert (clean.width, clean.height) == (24, 32)
    assert check_video(tmp_path / "film.webm", limits=_few()).frames == 16


def _few():  # type: ignore[no-untyped-def]
    from showpiece_predictors.media_video import VideoLimits

    return VideoLimits(min_frames=10)


def test_progress_is_told_and_what_it_raises_leaves_no_file(tmp_path: Path) -> None:
    told: list[float] = []

    def stop(fraction: float, stage: str) -> None:
        told.append(fraction)
        if fraction > 0.5:
            raise Canceled

    source = _Closing(frames())
    with pytest.raises(Canceled):
        encode_film(source, tmp_path / "film.webm", progress=stop)
    assert told == pytest.approx([n / 40 for n in range(22)])
    assert list(tmp_path.iterdir()) == []
    assert source.closed


class _Closing(Drawn):
    closed = False

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        try:
            yield from self._frames
        finally:
            self.closed = True


class _Breaks(Drawn):
    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        yield from self._frames
        raise RuntimeError("no more ink")


@pytest.mark.parametrize("source", [_Breaks(frames(5)), _Breaks([])])
def test_a_drawing_that_fails_leaves_what_was_there(tmp_path: Path, source: Film) -> None:
    target = tmp_path / "film.webm"
    target.write_bytes(b"before")
    with pytest.raises(RuntimeError, match="ink"):
        encode_film(source, target)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"before"]


def test_no_picture_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(PredictorError, match="no picture"):
        encode_film(Drawn([]), tmp_path / "film.webm")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        encode_film(Drawn(frames(3)), tmp_path / "none" / "film.webm")


def test_pictures_of_two_sizes_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one size"):
        encode_film(Drawn([*frames(3), Frame(1, quarters(32, 32))]), tmp_path / "film.webm")
    assert list(tmp_path.iterdir()) == []


def test_one_array_drawn_on_again_and_again(tmp_path: Path) -> None:
    class Reuses(Drawn):
        def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
            canvas = np.empty((48, 64, 3), np.uint8)
            for n in range(30):
                canvas[:] = n * 8
                yield Frame(n / 10, canvas)

    encode_film(Reuses(frames(30)), tmp_path / "film.webm")
    seen = [int(frame.pixels.mean()) for frame in open_film(tmp_path / "film.webm").frames()]
    assert seen == pytest.approx([n * 8 for n in range(30)], abs=4)


def test_a_full_disk_is_told_and_leaves_no_file(tmp_path: Path) -> None:
    noisy = [Frame(n / 10, np.asarray(images.noise(320, 240, n))) for n in range(20)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            encode_film(Drawn(noisy), tmp_path / "film.webm")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []
