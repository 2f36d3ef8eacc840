"""Films made on the fly: small, in any of the codecs and containers that we read, and with what phones do to them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from showpiece_predictors import Film, Frame

Pixels = npt.NDArray[np.uint8]
#: Colours of the four quarters of every test picture, clockwise from the top left.
RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 170, 30), (30, 30, 200), (200, 200, 30)
QUARTERS = (RED, GREEN, BLUE, YELLOW)
ENCODERS = {"H.264": "libx264", "HEVC": "libx265", "VP9": "libvpx-vp9", "AV1": "libsvtav1"}
_OPTIONS = {
    "libx264": {"preset": "ultrafast", "x264-params": "threads=1:log=-1"},
    "libx265": {"preset": "ultrafast", "x265-params": "pools=none:frame-threads=1:log-level=-1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"},
}


def quarters(width: int = 64, height: int = 48) -> Pixels:
    """Red, green, blue and yellow, clockwise from the top left."""
    pixels = np.empty((height, width, 3), np.uint8)
    middle, centre = height // 2, width // 2
    pixels[:middle, :centre], pixels[:middle, centre:] = RED, GREEN
    pixels[middle:, centre:], pixels[middle:, :centre] = BLUE, YELLOW
    return pixels


def corners(pixels: Pixels) -> list[tuple[int, int, int]]:
    """The colours of the four quarters, clockwise from the top left."""
    height, width = pixels.shape[:2]
    found = []
    for down, across in ((1, 1), (1, 3), (3, 3), (3, 1)):
        spot = pixels[
            height * down // 4 - 1 : height * down // 4 + 2, width * across // 4 - 1 : width * across // 4 + 2
        ]
        red, green, blue = spot.reshape(-1, 3).mean(axis=0)
        found.append((round(red), round(green), round(blue)))
    return found


def close(found: Iterable[Sequence[int]], expected: Iterable[Sequence[int]], by: int = 12) -> bool:
    return bool(np.abs(np.array(list(found), int) - np.array(list(expected), int)).max() <= by)


def film(
    *,
    pictures: Iterable[Pixels] | None = None,
    times: Sequence[float] | None = None,
    count: int = 32,
    size: tuple[int, int] = (64, 48),
    codec: str = "H.264",
    container: str = "mp4",
    pix_fmt: str = "yuv420p",
    rotation: float = 0,
    mirrored: bool = False,
    aspect: Fraction | None = None,
    sound: bool = False,
    colours: dict[str, int] | None = None,
    options: dict[str, str] | None = None,
    mux: dict[str, str] | None = None,
) -> bytes:
    """A film of `count` pictures over 3.2 seconds unless `times` says when each is shown."""
    times = times if times is not None else [n / 10 for n in range(count)]
    pictures = pictures if pictures is not None else [quarters(*size)] * len(times)
    # On a disk, since the index can be put in front only of a file that can be opened again.
    with (
        tempfile.NamedTemporaryFile(suffix=f".{container}") as file,
        av.open(file.name, "w", format=container, options=mux or {}) as out,
    ):
        name = ENCODERS.get(codec, codec)
        stream = out.add_stream(name, 10, options={**_OPTIONS.get(name, {}), **(options or {})})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        stream.thread_count = 1
        tags = {"colorspace": 6, "color_range": 1, **(colours or {})}
        for tag, value in tags.items():
            setattr(stream.codec_context, tag, value)
        if aspect:
            stream.sample_aspect_ratio = aspect
        if rotation or mirrored:
            stream.set_display_rotation(rotation, hflip=mirrored)
        noise = out.add_stream("aac", 44100) if sound else None
        for time, pixels in zip(times, pictures, strict=False):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24").reformat(
                format=pix_fmt, dst_colorspace=tags["colorspace"], dst_color_range=tags["color_range"]
            )
            frame.pts, frame.time_base = round(time * 1000), Fraction(1, 1000)
            for tag, value in tags.items():
                if hasattr(frame, tag):
                    setattr(frame, tag, value)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if isinstance(noise, av.AudioStream):
            for n in range(30):
                tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
                tone.sample_rate, tone.pts = 44100, n * 1024
                out.mux(noise.encode(tone))
            out.mux(noise.encode(None))
        out.close()
        return Path(file.name).read_bytes()


class Drawn(Film):
    """A film of our own making, as a predictor returns it."""

    def __init__(self, frames: Sequence[Frame], rate: float = 10) -> None:
        self._frames = frames
        self.height, self.width = frames[0].pixels.shape[:2] if frames else (1, 1)
        self.duration = frames[-1].time + 1 / rate if frames else 0.0
        self.rate = rate

    def frames(self, rate: float | None = None, longer_side: int | None = None):  # type: ignore[no-untyped-def]
        yield from self._frames
