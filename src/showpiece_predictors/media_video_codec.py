"""The jobs of the child that opens films: check one, and stream its pictures (see `media_child`)."""

from __future__ import annotations

import io
import json
import math
import mmap
import os
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from . import media_video_hdr
from .media_jobs import PLAIN, Refused, Work, fit
from .media_video_open import (
    CODECS,
    Times,
    check_size,
    check_times,
    open_film,
    packets,
    read_times,
    stamp,
    video_stream,
)
from .media_video_picture import Converter, square_size, upright

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

av.logging.set_level(None)
av.logging.set_libav_level(-8)  # AV_LOG_QUIET

#: What is not a `Refused`, nor a lack of memory, is a file that its decoder could not read.
BROKEN = "damaged"


def _opened(work: Work) -> tuple[InputContainer, VideoStream]:
    try:
        container = open_film(work.source)
    except (av.error.FFmpegError, OSError) as error:
        if isinstance(error, MemoryError):
            raise
        raise Refused("damaged") from None
    return container, video_stream(container, work.request)


def _decoded(
    container: InputContainer, stream: VideoStream, wanted: Callable[[int], bool] | None = None
) -> Iterator[VideoFrame]:
    """Whole frames in the order they are shown. Pictures that no other needs and that are not `wanted` are left out."""
    context = stream.codec_context
    for packet in packets(container, stream):
        if wanted is not None:
            at = stamp(packet)
            context.skip_frame = "DEFAULT" if at is None or wanted(at) else "NONREF"
        try:
            frames = packet.decode()
        except MemoryError:
            raise
        except (av.error.FFmpegError, OSError):  # one damaged picture does not end the film
            continue
        yield from (frame for frame in frames if not frame.is_corrupt)


def check(work: Work) -> dict[str, Any]:
    """Header, time stamps, and as many pictures as must be there; the poster goes into `work.out`."""
    limits = work.request
    container, stream = _opened(work)
    with container:
        promised = float((stream.duration or 0) * (stream.time_base or 0)) or (container.duration or 0) / av.time_base
        codec = CODECS[stream.codec_context.codec.canonical_name]
        times = read_times(container, stream, limits)
    check_times(times, promised, limits)
    container, stream = _opened(work)
    found = 0
    poster: VideoFrame | None = None
    shown = False
    with container:
        for frame in _decoded(container, stream):
            check_size(frame.width, frame.height, limits)
            if not shown and found % 5 == 0:
                shown = _is_telling(frame)
                poster = frame if shown or poster is None else poster
            found += 1
            if found >= limits["pictures"]:
                break
        aspect = stream.sample_aspect_ratio
    if poster is None:
        raise Refused("damaged")
    if found < limits["pictures"]:
        raise Refused("too_few_frames")
    turn = upright(poster)
    size = turn.size(*square_size(poster.width, poster.height, aspect))
    check_size(*size, limits)
    width, height = fit(*size, limits["poster"])
    picture = np.frombuffer(work.out, np.uint8, width * height * 3).reshape(height, width, 3)
    Converter(width, height)(poster, picture)
    return {
        "codec": codec,
        "width": size[0],
        "height": size[1],
        "duration": times.duration,
        "frames": len(times.stamps),
        "rotation": turn.rotation,
        "hdr": bool(media_video_hdr.transfer(poster)),
        "poster": [width, height],
    }


def _is_telling(frame: VideoFrame) -> bool:
    """Not black, nor of one colour: the first pictures of a film often are."""
    small = frame.reformat(16, 16, "gray", threads=1)
    return bool(np.frombuffer(memoryview(small.planes[0]), np.uint8).std() > PLAIN)


class _Sampler:
    """Chooses at most so many pictures a second by their times."""

    def __init__(self, times: Times, rate: float | None) -> None:
        self.times = times
        self.rate = rate
        self.slot = -1
        self.last = -1.0
        # A picture counts for the time that it is nearest to, by half of the mean gap, so that a little jitter is none.
        self.early = min(0.5, rate * times.duration / len(times.stamps) / 2) if rate else 0.0
        self.most = math.ceil(times.duration * rate - 1e-6) - 1 if rate else 0
        slots: dict[int, int] = {}
        for at in times.stamps:
            slots.setdefault(self._slot(times.seconds(at)), at)
        self.likely = set(slots.values()) if rate else None

    def _slot(self, seconds: float) -> int:
        return min(int(seconds * self.rate + self.early), self.most) if self.rate else 0

    def wanted(self, at: int) -> bool:
        return self.likely is None or at in self.likely

    def take(self, frame: VideoFrame) -> float | None:
        """The time of `frame` in seconds if it is one to be shown. Frames come in order; doubles are left out."""
        at = frame.dts if frame.pts is None else frame.pts
        if at is None or at < self.times.start:
            return None
        seconds = self.times.seconds(at)
        slot = self._slot(seconds)
        if seconds <= self.last or (self.rate and slot <= self.slot):
            return None
        self.slot, self.last = slot, seconds
        return seconds


def frames(work: Work) -> dict[str, Any]:
    """Lay one picture after the other into the slots of `work.out`, and say when each is shown.

    The caller answers each with one byte once it has taken it, so that no more than `slots` are ahead.
    """
    request = work.request
    width, height, slots = request["width"], request["height"], request["slots"]
    pictures = np.frombuffer(work.out, np.uint8, slots * width * height * 3).reshape(slots, height, width, 3)
    container, stream = _opened(work)
    with container:
        sampler = _Sampler(read_times(container, stream, request), request["rate"])
    container, stream = _opened(work)
    convert = Converter(width, height)
    count = taken = 0
    with container:
        for frame in _decoded(container, stream, sampler.wanted if sampler.rate else None):
            seconds = sampler.take(frame)
            if seconds is None or max(frame.width, frame.height) > request["max_longer"]:
                continue
            while count - taken >= slots:
                heard = len(os.read(work.reply, slots))
                if not heard:
                    os._exit(0)  # the caller has left
                taken += heard
            convert(frame, pictures[count % slots])
            count += 1
            os.write(work.reply, json.dumps({"time": seconds}).encode() + b"\n")
    return {"done": count}


JOBS: dict[str, Callable[[Work], dict[str, Any]]] = {"check": check, "frames": frames}


def preload() -> None:
    """Check a film of our own, which imports and touches what is loaded on demand: the child can open no file."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", 30, options={"preset": "ultrafast"})
        stream.width = stream.height = 64
        stream.thread_count = 1
        for _ in range(4):
            container.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        container.mux(stream.encode(None))
    data = file.getvalue()
    source, target = os.memfd_create("film"), mmap.mmap(-1, 64 * 64 * 3)
    try:
        os.write(source, data)
        limits = {"max_longer": 64, "max_shorter": 64, "max_seconds": 1, "min_seconds": 0.1, "max_frames": 9}
        check(Work({**limits, "min_frames": 2, "pictures": 2, "poster": 64}, source, data, target, -1))
    finally:
        os.close(source)
    media_video_hdr.preload()
