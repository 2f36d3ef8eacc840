"""The process that opens films: its limits, its end, and what it costs."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from showpiece_predictors import Frame, media_client, media_video
from showpiece_predictors.media import MediaError, read_image
from showpiece_predictors.media_video import VideoLimits, check_video, open_film

from . import images
from .films import film
from .test_media_child import children, linux, until


@pytest.fixture(scope="module")
def long() -> bytes:
    """300 pictures, 30 seconds."""
    return film(times=[n / 10 for n in range(300)])


@pytest.fixture(scope="module")
def heavy() -> bytes:
    """A film that takes some tenths of a second to decode."""
    noise = [np.asarray(images.noise(640, 360, seed)) for seed in range(4)]
    return film(pictures=[noise[n % 4] for n in range(100)], times=[n / 10 for n in range(100)], size=(640, 360))


def service() -> int:
    media_video.start()
    pid = media_video.pid()
    assert pid is not None
    return pid


def reading(data: bytes, **limits: float) -> tuple[Iterator[Frame], int]:
    """The pictures of a film, and the child that decodes them."""
    opened = open_film(data, limits=VideoLimits(**limits))  # type: ignore[arg-type]
    before = set(children(service()))
    frames = opened.frames()
    next(frames)
    (child,) = set(children(service())) - before
    return frames, child


@linux
def test_a_working_child_has_its_limits_and_nothing_to_open(long: bytes) -> None:
    frames, child = reading(long)
    limits = Path(f"/proc/{child}/limits").read_text()
    for line in (
        "open files            0 ",
        "file size             0 ",
        "processes             0 ",
        "core file size        0 ",
    ):
        assert f"Max {line}" in limits
    assert f"Max address space         {VideoLimits().memory_bytes}" in limits
    threads = len(list(Path(f"/proc/{child}/task").iterdir()))
    frames.close()  # type: ignore[attr-defined]
    assert threads == 1


@linux
def test_closing_early_ends_the_child_at_once(long: bytes) -> None:
    frames, child = reading(long)
    frames.close()  # type: ignore[attr-defined]
    assert child not in children(service())


@linux
def test_forgetting_the_film_ends_the_child_and_closes_its_file(long: bytes) -> None:
    service()
    before = len(list(Path("/proc/self/fd").iterdir()))
    frames, child = reading(long)
    del frames
    gc.collect()
    assert child not in children(service())
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@linux
def test_nothing_is_left_after_the_last_picture(long: bytes) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert len(list(open_film(long).frames())) == 300
    assert not children(service())
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@linux
def test_the_child_waits_for_who_reads(heavy: bytes) -> None:
    frames, child = reading(heavy)

    def used() -> int:
        return int(Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[11])

    def waits() -> bool:  # one that did not wait would be gone after a second of work
        before = used()
        time.sleep(0.3)
        return used() == before

    assert until(waits)
    assert len(list(frames)) == 99


@linux
def test_a_killed_child_is_a_refusal(long: bytes) -> None:
    frames, child = reading(long)
    os.kill(child, signal.SIGKILL)
    with pytest.raises(MediaError) as caught:
        list(frames)
    assert caught.value.code == "too_complex"
    assert not children(service())


@linux
def test_a_silent_child_is_not_waited_for(long: bytes) -> None:
    frames, child = reading(long, silence_seconds=0.5)
    os.kill(child, signal.SIGSTOP)
    started = time.monotonic()
    with pytest.raises(MediaError) as caught:
        list(frames)
    assert caught.value.code == "too_complex"
    assert time.monotonic() - started < 3
    assert not children(service())


@linux
def test_a_service_that_is_killed_between_films_is_not_noticed(long: bytes) -> None:
    opened = open_film(long)
    old = service()
    os.kill(old, signal.SIGKILL)
    assert len(list(opened.frames(rate=1))) == 30
    assert media_video.pid() != old


@linux
def test_a_service_that_is_killed_in_the_middle_is_a_refusal_and_no_hang(long: bytes) -> None:
    frames, child = reading(long)
    os.kill(service(), signal.SIGKILL)
    with pytest.raises(MediaError) as caught:
        list(frames)
    assert caught.value.code == "too_complex"
    assert until(lambda: not Path(f"/proc/{child}").exists())
    assert check_video(long).frames == 300


def test_too_little_memory_is_a_refusal(heavy: bytes) -> None:
    for call in (check_video, open_film):
        with pytest.raises(MediaError) as caught:
            call(heavy, limits=VideoLimits(memory_bytes=100 << 20))
        assert caught.value.code in {"too_complex", "damaged"}
    assert check_video(heavy).frames == 100


def test_too_little_time_to_check_is_a_refusal(heavy: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        check_video(heavy, limits=VideoLimits(check_seconds=0.02))
    assert caught.value.code == "too_complex"


def test_too_much_work_in_a_stream_is_a_refusal() -> None:
    # Small in the file, and 32 times 3 megapixels of HDR to convert.
    grey = np.full((720, 1280, 3), 90, np.uint8)
    data = film(pictures=[grey] * 32, size=(1280, 720), aspect=Fraction(3), colours={"color_trc": 16, "colorspace": 9})
    with pytest.raises(MediaError) as caught:
        list(open_film(data, limits=VideoLimits(stream_seconds=0.02)).frames())
    assert caught.value.code == "too_complex"


@linux
def test_memory_does_not_grow_with_the_length_of_the_film() -> None:
    picture = np.asarray(images.noise(640, 480))
    data = film(
        pictures=[picture] * 200,
        times=[n / 10 for n in range(200)],
        size=(640, 480),
        options={"x264-params": "threads=1:log=-1:keyint=250"},
    )
    frames, child = reading(data)

    def held() -> int:
        return int(Path(f"/proc/{child}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    for _ in range(20):
        next(frames)
    early = held()
    for _ in range(150):
        next(frames)
    assert held() - early < 8 << 20
    frames.close()  # type: ignore[attr-defined]


@linux
def test_the_images_service_stays_free_of_libav() -> None:
    read_image(images.encoded(images.quarters()))
    check_video(film())
    pid = media_client.pid()
    assert pid is not None
    assert "libavcodec" not in Path(f"/proc/{pid}/maps").read_text()
    assert "libavcodec" in Path(f"/proc/{service()}/maps").read_text()


@linux
def test_a_caller_that_dies_takes_its_children_along(tmp_path: Path, long: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(long)
    code = (
        "import os, pathlib\n"
        "from showpiece_predictors import media_video\n"
        f"frames = media_video.open_film(pathlib.Path({str(tmp_path / 'clip.mp4')!r})).frames()\n"
        "next(frames); print(media_video.pid(), flush=True); os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    pid = int(done.stdout)
    assert until(lambda: not Path(f"/proc/{pid}").exists() or not children(pid))


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([{"code": "too_many_pixels"}], "damaged"),
        ([{"code": "film_too_many_pixels"}], "film_too_many_pixels"),
        ([{"code": "\n"}], "damaged"),
        ([{"time": 0}, {"time": 0}], "damaged"),
        ([{"time": float("nan")}], "damaged"),
        ([{"time": 1e9}], "damaged"),
    ],
)
def test_a_child_that_a_file_has_taken_over_is_not_believed(
    long: bytes, monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, object]], code: str
) -> None:
    opened = open_film(long)

    def say(*_: object) -> Iterator[dict[str, object]]:
        yield from answers

    monkeypatch.setattr(media_video._films, "stream", say)
    with pytest.raises(MediaError) as caught:
        list(opened.frames())
    assert caught.value.code == code
    assert str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [{}, {"width": None}, {"width": 64, "height": 48, "frames": 40, "poster": [64], "duration": 4}, {"width": "x"}],
)
def test_neither_is_one_that_checks_a_film(
    long: bytes, monkeypatch: pytest.MonkeyPatch, answer: dict[str, object]
) -> None:
    monkeypatch.setattr(media_video._films, "run", lambda *_: dict(answer))
    with pytest.raises(MediaError) as caught:
        media_video.check_video(long)
    assert caught.value.code == "damaged"


@pytest.mark.parametrize("said", [b"x" * 200_000, b"no answer\n", b"[1]\n"], ids=["too much", "no JSON", "no object"])
def test_nor_what_is_no_answer_at_all(said: bytes) -> None:
    read, write = os.pipe()
    speaker = threading.Thread(target=lambda: (os.write(write, said), os.close(write)))
    speaker.start()
    try:
        with pytest.raises(media_client.ChildFailed):
            media_client._lines(read, time.monotonic() + 5)
    finally:
        os.close(read)
        speaker.join()
