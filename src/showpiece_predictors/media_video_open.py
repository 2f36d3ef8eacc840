"""An untrusted film's container: opened with one demuxer only, its header and time stamps checked. Child only.

libavformat is told which format it reads, so that it never guesses a playlist; it reads through a Python object, so
that it never opens an address; and no file that a film names beside itself is followed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import av

from .media_jobs import Refused
from .media_sniff import CONTAINERS, sniff_film

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from av.container import InputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

#: By libav's name of the codec, what people call it.
CODECS = {"h264": "H.264", "hevc": "HEVC", "vp9": "VP9", "av1": "AV1"}
#: Others that cameras and phones write, so that a refusal can name them.
_OTHER_CODECS = {
    "mpeg4": "MPEG-4 Part 2",
    "mjpeg": "Motion JPEG",
    "mpeg2video": "MPEG-2",
    "prores": "ProRes",
    "h263": "H.263",
    "vvc": "H.266",
    "dvvideo": "DV",
}
_DECODERS = "h264,hevc,vp9,libdav1d"
#: A clip of one minute often lasts a few frames more, and one of three seconds a frame less.
LONGER, SHORTER = 0.5, 0.05
#: Reads in a row that fail before the rest of the file is given up.
MAX_FAILURES = 100
_PICTURES_ONLY = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails


class Source:
    """A descriptor as a file object. It reads by position and maps nothing, so that a film costs no memory."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.size = os.fstat(descriptor).st_size
        self.at = 0

    def read(self, count: int) -> bytes:
        data = os.pread(self.descriptor, count, self.at)
        self.at += len(data)
        return data

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.size}[whence]
        self.at = max(0, base + offset)
        return self.at

    def tell(self) -> int:
        return self.at


def _refuse_others(*_: object) -> NoReturn:
    raise PermissionError("a film may not open another file")


def open_film(descriptor: int) -> InputContainer:
    """The container, its streams known. Raises `Refused`, or an error of PyAV for a broken header."""
    kind = sniff_film(os.pread(descriptor, 1024, 0))
    if kind not in CONTAINERS:
        raise Refused("not_a_video")
    options = {
        "codec_whitelist": _DECODERS,
        "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm",
        "protocol_whitelist": "none",
        "threads": "1",
    }
    if CONTAINERS[kind] == "mov":
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    return av.open(
        Source(descriptor), "r", format=CONTAINERS[kind], options=options, io_open=_refuse_others, buffer_size=1 << 18
    )


def video_stream(container: InputContainer, limits: dict[str, Any]) -> VideoStream:
    """The stream of moving pictures, checked by its header, ready to decode on this thread alone."""
    streams = [stream for stream in container.streams.video if not stream.disposition & _PICTURES_ONLY]
    if not streams:
        raise Refused("no_picture")
    stream = next((stream for stream in streams if stream.disposition & av.stream.Disposition.default), streams[0])
    for other in container.streams:
        if other is not stream:
            other.discard = av.stream.Discard.all
    context = stream.codec_context
    # PyAV has no context for a codec that the wheel cannot decode.
    name = context.codec.canonical_name if context is not None else ""
    if name not in CODECS:
        raise Refused("unsupported_codec", codec=_OTHER_CODECS.get(name, name.upper()) or "an unknown codec")
    check_size(context.width, context.height, limits)
    context.thread_count = 1
    context.thread_type = "NONE"
    return stream


def check_size(width: int, height: int, limits: dict[str, Any]) -> None:
    """0 by 0 is let through: the header does not say."""
    if max(width, height) > limits["max_longer"] or min(width, height) > limits["max_shorter"]:
        raise Refused("film_too_many_pixels", width=width, height=height)


def packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """All packets of `stream` in file order, over damaged places, and the empty one at the end."""
    failures = 0
    while failures < MAX_FAILURES:
        try:
            for packet in container.demux(stream):
                failures = 0 if packet.size else failures
                yield packet
            return
        except (av.error.FFmpegError, OSError) as error:
            if isinstance(error, MemoryError):
                raise
            failures += 1


def stamp(packet: Packet[VideoStream]) -> int | None:
    """When the picture in `packet` is shown, in the stream's time base; None if it is never shown."""
    if packet.is_discard or not packet.size:
        return None
    return packet.dts if packet.pts is None else packet.pts


@dataclass(frozen=True)
class Times:
    """When the pictures of a film are shown, by its packets. `start` and `base` turn a stamp into seconds."""

    stamps: list[int]
    base: Fraction
    duration: float
    packets: int

    @property
    def start(self) -> int:
        return self.stamps[0]

    def seconds(self, stamp: int) -> float:
        return float((stamp - self.start) * self.base)


def read_times(container: InputContainer, stream: VideoStream, limits: dict[str, Any]) -> Times:
    """Read every packet and decode none. Raises `Refused`: what the header says of the length counts for nothing."""
    base = stream.time_base
    if not base:
        raise Refused("damaged")
    longest = (limits["max_seconds"] + LONGER) / base
    stamps: set[int] = set()
    read = 0
    low = high = None
    last = 0
    for packet in packets(container, stream):
        at = stamp(packet)
        if at is None:
            continue
        read += 1
        low = at if low is None else min(low, at)
        if high is None or at >= high:
            high, last = at, packet.duration or 0
        if high - low > longest:
            raise Refused("too_long")
        if read > limits["max_frames"]:
            raise Refused("film_too_many_frames")
        stamps.add(at)
    if low is None or high is None:
        raise Refused("damaged")
    if not last and len(stamps) > 1:
        last = round((high - low) / (len(stamps) - 1))
    last = min(last, round(1 / base))  # a last picture may not stretch a film at will
    return Times(sorted(stamps), base, float((high - low + last) * base), read)


def check_times(times: Times, promised: float, limits: dict[str, Any]) -> None:
    """`promised`: the duration in the header, in seconds, which tells a damaged film from a short one."""
    if times.duration <= 0 or len(times.stamps) == 1 < times.packets:
        raise Refused("zero_duration")
    if times.duration > limits["max_seconds"] + LONGER:
        raise Refused("too_long")
    if times.duration < limits["min_seconds"] - SHORTER:
        raise Refused("damaged" if promised > limits["min_seconds"] + LONGER else "too_short")
    if len(times.stamps) < limits["min_frames"]:
        raise Refused("too_few_frames")
