"""A predictor's film to a file that browsers play: VP9 in WebM, without sound.

It encodes pixels of our own making, so it needs no child. One picture at a time is drawn, encoded and forgotten.
"""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from .base import Picture, PredictorError
from .media import CleanImage, encode_image
from .media_jobs import PLAIN, POSTER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from av.video.frame import VideoFrame

    from .base import Film, Frame, Progress

SUFFIX, CONTENT_TYPE = ".webm", "video/webm"
#: Milliseconds, as WebM counts.
TIME_BASE = Fraction(1, 1000)
#: Seconds from one picture that can be jumped to, to the next.
KEYFRAME_SECONDS = 2.0


@dataclass(frozen=True)
class CleanFilm:
    """A film file that we wrote. `width`, `height` are pixels and even; `duration` is in seconds; `size` in bytes."""

    path: Path
    content_type: str
    suffix: str
    width: int
    height: int
    duration: float
    size: int
    sha256: str
    poster: CleanImage = field(repr=False)


def encode_film(
    film: Film,
    target: Path,
    *,
    progress: Progress | None = None,
    rate: float | None = None,
    longer_side: int | None = None,
    quality: int = 32,
    speed: int = 8,
) -> CleanFilm:
    """Write `film` to `target`, which appears only once it is whole.

    `rate` and `longer_side` go to `film.frames`. `quality`: 0 to 63, lower is better and larger. `speed`: 0 to 9,
    higher is faster and larger. `progress` is called for each picture; what it raises goes through and leaves no file.
    Raises `PredictorError` if the film has no picture.
    """
    # A name of its own beside the target, so that the move is one step.
    part = target.with_name(f".{target.name}.{secrets.token_hex(8)}{SUFFIX}")
    frames = film.frames(rate, longer_side)
    try:
        with _closing(frames):
            writer = _Writer(film, part, min(rate or film.rate, film.rate), quality, speed)
            try:
                for frame in frames:
                    if progress is not None:
                        progress(min(1.0, frame.time / film.duration if film.duration > 0 else 0.0), "drawing the film")
                    writer.add(frame)
                writer.finish()
            except BaseException:
                with contextlib.suppress(Exception):
                    writer.container.close()
                raise
            writer.container.close()
        size = part.stat().st_size
        with part.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    return CleanFilm(
        target, CONTENT_TYPE, SUFFIX, writer.width, writer.height, writer.end, size, digest, writer.poster_image()
    )


@contextlib.contextmanager
def _closing(frames: Iterator[Frame]) -> Iterator[None]:
    """Free what the iterator holds, whatever happens: a generator has a child process behind it."""
    try:
        yield
    finally:
        if (close := getattr(frames, "close", None)) is not None:
            close()


class _Writer:
    """One film being written. A picture is held back until the next one tells how long it is shown."""

    def __init__(self, film: Film, path: Path, rate: float, quality: int, speed: int) -> None:
        import av

        self.length = film.duration
        self.gap = 1 / rate if rate > 0 else 0.04
        self.width = self.height = 0
        self.end = 0.0
        self.held: VideoFrame | None = None
        self.poster: npt.NDArray[np.uint8] | None = None
        self.poster_is_good = False
        self.scaler = av.video.reformatter.VideoReformatter()
        # The index in front: a browser can jump at once, without asking for the end of the file.
        self.container = av.open(str(path), "w", format="webm", options={"cues_to_front": "1"})
        options = {
            "deadline": "realtime",
            "cpu-used": str(speed),
            "crf": str(quality),
            "b:v": "0",
            "lag-in-frames": "0",
            "row-mt": "0",
        }
        shown = Fraction(1 / self.gap).limit_denominator(1000)
        self.stream = self.container.add_stream("libvpx-vp9", shown, options=options)
        self.stream.pix_fmt = "yuv420p"
        context = self.stream.codec_context
        context.time_base = self.stream.time_base = TIME_BASE
        context.thread_count = 1
        context.gop_size = max(1, round(KEYFRAME_SECONDS / self.gap))
        context.colorspace, context.color_primaries, context.color_trc = 1, 1, 1  # BT.709, all three
        context.color_range = 1  # limited, the only one that every browser knows

    def add(self, frame: Frame) -> None:
        pixels = frame.pixels
        height, width = pixels.shape[:2]
        if not self.width:
            # Colours are kept at half the size, so both sides must be even.
            self.width = self.stream.width = width + width % 2
            self.height = self.stream.height = height + height % 2
        if (width + width % 2, height + height % 2) != (self.width, self.height):
            raise ValueError("the pictures of a film must have one size")
        self._keep_poster(frame)
        encoded = self._converted(pixels)
        encoded.pts = round(frame.time / TIME_BASE)
        encoded.time_base = TIME_BASE
        if self.held is not None and encoded.pts <= (self.held.pts or 0):
            return
        self._encode_held(encoded.pts)
        self.held = encoded

    def _converted(self, pixels: npt.NDArray[np.uint8]) -> VideoFrame:
        import av
        import numpy as np
        from av.video.reformatter import ColorRange, Colorspace

        height, width = pixels.shape[:2]
        if (height, width) != (self.height, self.width):
            pixels = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        return self.scaler.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def _encode_held(self, until: int) -> None:
        if self.held is not None:
            self.held.duration = until - (self.held.pts or 0)
            self.container.mux(self.stream.encode(self.held))
            self.end = until * float(TIME_BASE)

    def finish(self) -> None:
        if self.held is None:
            raise PredictorError("The film holds no picture.")
        last = (self.held.pts or 0) * float(TIME_BASE)
        self._encode_held(round(min(max(self.length, last + self.gap / 2), last + 1) / TIME_BASE))
        self.held = None
        self.container.mux(self.stream.encode(None))

    def _keep_poster(self, frame: Frame) -> None:
        """From a third of the film on, by when something is going on, the first picture that shows something."""
        if self.poster is None or (not self.poster_is_good and frame.time >= self.length / 3):
            self.poster = frame.pixels.copy()  # who draws may use the array again
            small = frame.pixels[::8, ::8]
            self.poster_is_good = frame.time >= self.length / 3 and bool(small.std() > PLAIN)

    def poster_image(self) -> CleanImage:
        from PIL import Image

        pixels = self.poster
        assert pixels is not None  # noqa: S101 - finish() has seen to it
        image = Image.fromarray(pixels)
        image.thumbnail((POSTER, POSTER), reducing_gap=2)
        import numpy as np

        return encode_image(Picture(np.asarray(image)))
