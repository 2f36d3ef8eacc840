"""The only place that opens an untrusted film: MP4, MOV, WebM or Matroska with H.264, HEVC, VP9 or AV1.

As with images (see `media`), a film is judged by its bytes and never by its name, and it is opened only in a limited
child process: one of a service of its own, since libav takes memory that the images' children must not pay for.
`check_video` decides whether a film is accepted; `open_film` streams the pictures of one that was.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import stat
import weakref
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import media_client
from .base import Film, Frame, Picture
from .media import MediaError
from .media_jobs import POSTER, fit
from .media_sniff import CONTAINERS, sniff_film

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

CONTENT_TYPES = {"MP4": "video/mp4", "MOV": "video/quicktime", "WebM": "video/webm", "Matroska": "video/x-matroska"}
HEAD_BYTES = 1024
#: Pictures that the child may be ahead: enough that neither side waits for the other's turn. Fewer of large ones.
AHEAD, AHEAD_BYTES = 4, 32 << 20
_DAY = 86_400.0


@dataclass(frozen=True)
class VideoLimits:
    """What a film may cost, checked in this order: kind, bytes, pixels, length, pictures, then time and memory."""

    max_bytes: int = 100 * 2**20
    #: Pixels of the longer and of the shorter side, whichever way the film stands.
    max_longer: int = 4096
    max_shorter: int = 2304
    #: Seconds between the first picture and the end of the last, by their time stamps. One repetition fits in two.
    min_seconds: float = 2.0
    max_seconds: float = 60.0
    #: Pictures that must decode, and that may be there: 60 seconds of slow motion have 14,400.
    min_frames: int = 30
    max_frames: int = 16_000
    #: CPU and wall seconds of the child that checks a film, 30 pictures of it. 4K HEVC takes about 2.
    check_seconds: float = 15.0
    #: CPU seconds of the child that streams a film, all of it.
    stream_seconds: float = 300.0
    #: Wall seconds in which the next picture must come.
    silence_seconds: float = 30.0
    #: Address space of the child, interpreter and libraries included.
    memory_bytes: int = 1536 << 20


DEFAULT_LIMITS = VideoLimits()
_CHECKED = ("max_longer", "max_shorter", "min_seconds", "max_seconds", "min_frames", "max_frames", "memory_bytes")
#: The limit that each of these sentences names.
_LIMITED = {
    "too_long": "max_seconds",
    "too_short": "min_seconds",
    "film_too_many_frames": "max_frames",
    "too_few_frames": "min_frames",
}
#: What the child may answer with.
_ANSWERS = {*_LIMITED, "not_a_video", "unsupported_codec", "no_picture", "zero_duration", "film_too_many_pixels"}
_ANSWERS |= {"too_complex", "damaged"}
_films = media_client.Client("media_video_codec", ("av", "numpy"))
start, stop, pid = _films.start, _films.stop, _films.pid


@dataclass(frozen=True)
class VideoInfo:
    """What was found in an accepted film. `width` and `height` are those of the upright picture with square pixels."""

    container: str
    content_type: str
    codec: str
    width: int
    height: int
    #: Seconds, by the time stamps of the pictures.
    duration: float
    #: Mean of pictures a second.
    rate: float
    frames: int
    #: Degrees clockwise (0, 90, 180, 270) that the stored picture is turned to stand upright.
    rotation: int
    hdr: bool
    #: The first picture that shows something, at most `POSTER` pixels on its longer side.
    poster: Picture = field(repr=False)


def _error(code: str, limits: VideoLimits, **found: Any) -> MediaError:
    params: dict[str, Any] = {}
    if code == "too_large":
        params["max_megabytes"] = limits.max_bytes / 2**20
    elif code in {"unsupported_container", "unsupported_codec"}:
        name = code.removeprefix("unsupported_").replace("container", "format")
        params[name] = str(found.get(name, "?"))[:32]
    elif code == "film_too_many_pixels":
        params = {"max_longer": limits.max_longer, "max_shorter": limits.max_shorter}
        params |= {side: int(found.get(side, 0)) for side in ("width", "height")}
    elif code in _LIMITED:
        params[_LIMITED[code]] = getattr(limits, _LIMITED[code])
    return MediaError(code, **params)


def _refusal(answer: dict[str, Any], limits: VideoLimits) -> MediaError:
    """The error that the child answers with, as far as it makes sense."""
    code = str(answer["code"])
    found = {name: value for name, value in answer.items() if name != "code"}
    return _error(code if code in _ANSWERS else "damaged", limits, **found)


def _open(source: bytes | Path | int, limits: VideoLimits) -> tuple[int, str]:
    """A descriptor of its own for `source`, and its container, once length and first bytes are acceptable."""
    if isinstance(source, Path):
        # O_NONBLOCK: a FIFO named clip.mp4 must not hang us.
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    elif isinstance(source, int):
        descriptor = os.dup(source)
    else:
        _check_head(len(source), source[:HEAD_BYTES], limits)
        descriptor = media_client.anonymous_file()
        rest = memoryview(source)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    try:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode):
            raise _error("not_a_video", limits)
        return descriptor, _check_head(state.st_size, os.pread(descriptor, HEAD_BYTES, 0), limits)
    except BaseException:
        os.close(descriptor)
        raise


def _check_head(size: int, head: bytes, limits: VideoLimits) -> str:
    if size == 0:
        raise _error("empty", limits)
    kind = sniff_film(head)
    if not kind:
        raise _error("not_a_video", limits)
    if kind not in CONTAINERS:
        raise _error("unsupported_container", limits, format=kind)
    if size > limits.max_bytes:
        raise _error("too_large", limits)
    return kind


def _check(descriptor: int, container: str, pictures: int, limits: VideoLimits) -> VideoInfo:
    values = asdict(limits)
    request = {name: values[name] for name in _CHECKED}
    request |= {"job": "check", "seconds": limits.check_seconds, "pictures": pictures, "poster": POSTER}
    target = media_client.anonymous_file(POSTER * POSTER * 3)
    try:
        answer = _films.run(request, descriptor, target)
        if "code" in answer:
            raise _refusal(answer, limits)
        return _info(answer, container, target, limits)
    except media_client.ChildFailed:
        raise _error("too_complex", limits) from None
    except MediaError:
        raise
    except (KeyError, TypeError, ValueError, OverflowError):  # no answer of ours
        raise _error("damaged", limits) from None
    finally:
        os.close(target)


def _info(answer: dict[str, Any], container: str, target: int, limits: VideoLimits) -> VideoInfo:
    import numpy as np

    # The child held untrusted bytes: believe only what makes sense.
    width, height, frames = int(answer["width"]), int(answer["height"]), int(answer["frames"])
    across, down = (int(side) for side in answer["poster"])
    duration = float(answer["duration"])
    sensible = (
        1 <= min(width, height) <= limits.max_shorter
        and max(width, height) <= limits.max_longer
        and 1 <= min(across, down) <= max(across, down) <= POSTER
        and 0 < duration < limits.max_seconds + 1
        and 0 < frames <= limits.max_frames
    )
    if not sensible:
        raise _error("damaged", limits)
    poster = np.frombuffer(os.pread(target, across * down * 3, 0), np.uint8).reshape(down, across, 3)
    return VideoInfo(
        container=container,
        content_type=CONTENT_TYPES[container],
        codec=str(answer["codec"])[:8],
        width=width,
        height=height,
        duration=duration,
        rate=frames / duration,
        frames=frames,
        rotation=int(answer["rotation"]) % 360,
        hdr=bool(answer["hdr"]),
        poster=Picture(poster),
    )


def check_video(source: bytes | Path | int, *, limits: VideoLimits = DEFAULT_LIMITS) -> VideoInfo:
    """Look whether an untrusted film (its bytes, its path, or a descriptor of its file) is acceptable.

    Reads every time stamp but decodes only `limits.min_frames` pictures. Raises `MediaError`; a path that cannot be
    opened raises `OSError`.
    """
    descriptor, container = _open(source, limits)
    try:
        return _check(descriptor, container, limits.min_frames, limits)
    finally:
        os.close(descriptor)


def open_film(
    source: bytes | Path | int, *, limits: VideoLimits = DEFAULT_LIMITS, checked: bool = False
) -> StreamedFilm:
    """The film in an untrusted file, to be read picture by picture. Raises as `check_video` does.

    `checked`: the same file has passed `check_video` before, so that one picture is enough to see how it stands.
    """
    descriptor, container = _open(source, limits)
    try:
        info = _check(descriptor, container, 1 if checked else limits.min_frames, limits)
    except BaseException:
        os.close(descriptor)
        raise
    return StreamedFilm(descriptor, info, limits)


class StreamedFilm(Film):
    """A film whose pictures a child process decodes, a few ahead of who reads them."""

    def __init__(self, descriptor: int, info: VideoInfo, limits: VideoLimits) -> None:
        self.info = info
        self.width, self.height = info.width, info.height
        self.duration, self.rate = info.duration, info.rate
        self._limits = limits
        self._descriptor = descriptor
        self._close = weakref.finalize(self, os.close, descriptor)

    def close(self) -> None:
        """Let go of the file. Pictures that are being read go on to come."""
        self._close()

    def __enter__(self) -> StreamedFilm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        """See `Film`. Damaged pictures are left out. Raises `MediaError` ("too_complex") if a limit ends the child."""
        if (rate is not None and not rate > 0) or (longer_side is not None and longer_side < 1):
            raise ValueError("rate and longer_side must be positive")
        return self._frames(rate, *fit(self.width, self.height, longer_side))

    def _frames(self, rate: float | None, width: int, height: int) -> Generator[Frame, None, None]:
        import numpy as np

        size = width * height * 3
        slots = max(2, min(AHEAD, AHEAD_BYTES // size))
        values = asdict(self._limits)
        request = {name: values[name] for name in (*_CHECKED, "silence_seconds")}
        request |= {"job": "frames", "rate": rate, "width": width, "height": height, "slots": slots}
        request |= {"seconds": self._limits.stream_seconds, "wall_seconds": _DAY}
        target = media_client.anonymous_file(size * slots)
        try:
            mapped = mmap.mmap(target, size * slots, access=mmap.ACCESS_READ)
            pictures = np.frombuffer(mapped, np.uint8).reshape(slots, height, width, 3)
            with contextlib.closing(_films.stream(request, self._descriptor, target)) as answers:
                last = -1.0
                for number, answer in enumerate(answers):
                    if "done" in answer:
                        return
                    if "code" in answer:
                        raise _refusal(answer, self._limits)
                    time = float(answer["time"])
                    if not last < time <= self._limits.max_seconds + 1:
                        raise _error("damaged", self._limits)
                    last = time
                    # A copy, since the child will write here again; 0.02 ms for 480 by 270.
                    yield Frame(time, pictures[number % slots].copy())
        except media_client.ChildFailed:
            raise _error("too_complex", self._limits) from None
        finally:
            os.close(target)
