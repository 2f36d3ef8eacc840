"""The only place that opens an untrusted image.

What a visitor sends is judged by its bytes, never by its name: the type from the first bytes, then the size of the
file, then the pixels and frames that the header claims, and only then is it decoded, in a child process that can do
nothing else (see `media_child`). What comes out is upright RGB without metadata. JPEG, PNG, WebP and AVIF go in; of an
animation, the first frame.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import stat
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import media_client
from .base import Picture
from .media_jobs import Refused
from .media_sniff import FORMATS, sniff

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUFFIXES = {"JPEG": (".jpg", "image/jpeg"), "WEBP": (".webp", "image/webp"), "PNG": (".png", "image/png")}
#: What `encode_image` writes, by the end of a file's name.
SUFFIX_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
_SAVE: dict[str, dict[str, Any]] = {
    "JPEG": {"subsampling": 0},
    "WEBP": {"method": 0},
    "PNG": {"compress_level": 1},
}
HEAD_BYTES = 1024
#: How much longer than its CPU seconds a child may take on the wall: it stands back where all processors are busy.
PATIENCE = 4
#: Up to here `clean_image` encodes in the caller, a third faster than in a child of its own, for 16 MB at most.
ENCODE_HERE_PIXELS = 4_000_000

MESSAGES = {
    "empty": "The file is empty.",
    "too_large": "The file is larger than {max_megabytes:g} MB.",
    "not_an_image": "This file is not an image.",
    "unsupported_format": "{format} files are not supported. Use JPEG, PNG, WebP or AVIF.",
    "truncated": "The image file is damaged or incomplete.",
    "too_many_pixels": "The image has more than {max_megapixels:g} megapixels ({width} by {height}).",
    "too_many_frames": "The animation has more than {max_frames} frames.",
    "too_complex": "Opening this file takes too much memory or time.",
    "not_a_video": "This file is not a video.",
    "unsupported_container": "{format} files are not supported. Use MP4, MOV, WebM or MKV.",
    "unsupported_codec": "Videos in {codec} are not supported. Use H.264, HEVC, VP9 or AV1.",
    "no_picture": "This file holds no moving picture, only sound.",
    "damaged": "The video file is damaged or incomplete.",
    "zero_duration": "The video has no duration.",
    "too_long": "The video is longer than {max_seconds:g} seconds.",
    "too_short": "The video is shorter than {min_seconds:g} seconds.",
    "film_too_many_pixels": "The video has more than {max_longer} by {max_shorter} pixels ({width} by {height}).",
    "film_too_many_frames": "The video has more than {max_frames} pictures.",
    "too_few_frames": "Fewer than {min_frames} pictures of the video can be read.",
}


class MediaError(ValueError):
    """The file cannot be accepted. `code` is a key of `MESSAGES` and stays as it is; `params` fill its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return MESSAGES[self.code].format(**self.params)


@dataclass(frozen=True)
class ImageLimits:
    """What an image may cost, checked in this order: bytes, then pixels and frames, then time and memory."""

    max_bytes: int = 16 * 2**20
    max_pixels: int = 40_000_000
    max_frames: int = 1_000
    #: CPU seconds of the child. 40 megapixels of progressive JPEG take about 2.
    seconds: float = 15.0
    #: Address space of the child, interpreter included. 40 megapixels of CMYK with a rotation need about 600 MB.
    memory_bytes: int = 1 << 30


DEFAULT_LIMITS = ImageLimits()


@dataclass(frozen=True)
class CleanImage:
    """An image file that we wrote: no metadata, upright, RGB. `source_format` is what it came from, if from a file."""

    data: bytes = field(repr=False)
    content_type: str
    suffix: str
    width: int
    height: int
    sha256: str
    source_format: str = ""


def _params(code: str, answer: dict[str, Any], limits: ImageLimits) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if code == "unsupported_format":
        params["format"] = str(answer["format"])
    elif code == "too_large":
        params["max_megabytes"] = limits.max_bytes / 2**20
    elif code == "too_many_pixels":
        params["max_megapixels"] = limits.max_pixels / 1e6
        params["width"], params["height"] = int(answer["width"]), int(answer["height"])
    elif code == "too_many_frames":
        params["max_frames"] = limits.max_frames
    return params


def _error(code: str, limits: ImageLimits, **answer: Any) -> MediaError:
    return MediaError(code, **_params(code, answer, limits))


@contextlib.contextmanager
def _opened(source: bytes | Path, limits: ImageLimits) -> Iterator[int]:
    """A descriptor of `source`, once its length and first bytes are acceptable. `OSError` for an unreadable path."""
    if isinstance(source, Path):
        # O_NONBLOCK: a FIFO named photo.jpg must not hang us.
        descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise _error("not_an_image", limits)
            _check_head(state.st_size, os.pread(descriptor, HEAD_BYTES, 0), limits)
            yield descriptor
        finally:
            os.close(descriptor)
        return
    _check_head(len(source), bytes(source[:HEAD_BYTES]), limits)
    descriptor = media_client.anonymous_file()
    try:
        rest = memoryview(source)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        yield descriptor
    finally:
        os.close(descriptor)


def _check_head(size: int, head: bytes, limits: ImageLimits) -> None:
    if size == 0:
        raise _error("empty", limits)
    kind = sniff(head)
    if not kind:
        raise _error("not_an_image", limits)
    if kind not in FORMATS:
        raise _error("unsupported_format", limits, format=kind)
    if size > limits.max_bytes:
        raise _error("too_large", limits)


def _run(job: dict[str, Any], source: int, target: int, limits: ImageLimits) -> dict[str, Any]:
    try:
        wall = limits.seconds * PATIENCE
        answer = media_client.run({**job, **asdict(limits), "wall_seconds": wall}, source, target)
    except media_client.ChildFailed:
        raise _error("too_complex", limits) from None
    if (code := answer.get("code")) is not None:
        code = code if code in MESSAGES else "truncated"
        raise MediaError(code, **_params(code, answer, limits))
    return answer


@dataclass(frozen=True)
class _Pixels:
    """Decoded pixels in an anonymous file: no copy of them enters this process unless it asks."""

    descriptor: int
    width: int
    height: int
    source_format: str
    #: The source kept colours at half its size both ways, as photos from a phone do.
    halved: bool


@contextlib.contextmanager
def _decoded(source: bytes | Path, limits: ImageLimits) -> Iterator[_Pixels]:
    with _opened(source, limits) as opened:
        target = media_client.anonymous_file(limits.max_pixels * 3)
        try:
            answer = _run({"job": "decode"}, opened, target, limits)
            # The child held untrusted bytes: believe only what makes sense.
            width, height = int(answer["width"]), int(answer["height"])
            if width < 1 or height < 1 or width * height > limits.max_pixels:
                raise _error("truncated", limits)
            yield _Pixels(target, width, height, str(answer["format"])[:8], bool(answer["halved"]))
        finally:
            os.close(target)


def _clean(data: bytes, kind: str, width: int, height: int, source_format: str = "") -> CleanImage:
    suffix, content_type = SUFFIXES[kind]
    return CleanImage(data, content_type, suffix, width, height, hashlib.sha256(data).hexdigest(), source_format)


def _encoded(
    pixels: _Pixels,
    save: dict[str, Any],
    widths: Sequence[int],
    limits: ImageLimits,
    crop: tuple[int, int, int, int] | None = None,
) -> list[CleanImage]:
    """Encode in a second child, which sees pixels only: whatever an upload did to a decoder, our files are ours.

    It spares the caller the memory: 40 megapixels are 160 MB while they are encoded.
    """
    target = media_client.anonymous_file(pixels.width * pixels.height * 3 * max(1, len(widths)) + 65536)
    try:
        job = {"job": "encode", "width": pixels.width, "height": pixels.height, "widths": list(widths), "save": save}
        if crop:
            job["crop"] = list(crop)
        files = _run(job, pixels.descriptor, target, limits)["files"]
        at = 0
        images = []
        for file in files:
            data = os.pread(target, file["bytes"], at)
            at += len(data)
            images.append(_clean(data, save["format"], file["width"], file["height"], pixels.source_format))
        return images
    finally:
        os.close(target)


def clean_image(source: bytes | Path, *, limits: ImageLimits = DEFAULT_LIMITS) -> CleanImage:
    """Make an untrusted image safe to keep and serve: a new JPEG with the same pixels, upright, without metadata.

    JPEG at quality 95, colours at full size unless they came at half of it: no visible loss, and by a factor of five
    the cheapest format to write and to read again, which every run pays for (one megapixel: 4 ms each way; WebP 23 and
    9, PNG 45).
    Raises `MediaError`; a path that cannot be opened raises `OSError`.
    """
    with _decoded(source, limits) as pixels:
        save = {"format": "JPEG", "quality": 95, "subsampling": "4:2:0" if pixels.halved else "4:4:4"}
        if pixels.width * pixels.height > ENCODE_HERE_PIXELS:
            return _encoded(pixels, save, [0], limits)[0]
        from . import media_codec

        size = (pixels.width, pixels.height)
        with mmap.mmap(pixels.descriptor, size[0] * size[1] * 3, access=mmap.ACCESS_READ) as mapped:
            data = media_codec.write(media_codec.from_rows(size, mapped), save)
        return _clean(data, "JPEG", *size, pixels.source_format)


def thumbnails(
    source: bytes | Path, widths: Sequence[int], *, limits: ImageLimits = DEFAULT_LIMITS
) -> list[CleanImage]:
    """WebP renditions of an untrusted image, one a width (pixels), in that order, never enlarged.

    Made once and sent often, so the slow and small way of encoding. Raises as `clean_image` does.
    """
    if not widths or min(widths) < 1:
        raise ValueError("widths must be positive")
    with _decoded(source, limits) as pixels:
        return _encoded(pixels, {"format": "WEBP", "quality": 75, "method": 6}, widths, limits)


def squares(
    source: bytes | Path,
    sizes: Sequence[int],
    *,
    around: tuple[float, float] | None = None,
    side: int | None = None,
    limits: ImageLimits = DEFAULT_LIMITS,
) -> list[CleanImage]:
    """WebP squares cut from an untrusted image, one a size (pixels of the side), in that order, never enlarged.

    They show `side` pixels of the image, at most and by default its shorter side, with the point `around` (x, y; by
    default the middle) as near to the centre as the edges allow. Raises as `clean_image` does.
    """
    if not sizes or min(sizes) < 1 or (side is not None and side < 1):
        raise ValueError("sizes must be positive")
    with _decoded(source, limits) as pixels:
        cut = min(pixels.width, pixels.height, side or pixels.width)
        x, y = around or (pixels.width / 2, pixels.height / 2)
        left = round(min(max(0, x - cut / 2), pixels.width - cut))
        top = round(min(max(0, y - cut / 2), pixels.height - cut))
        save = {"format": "WEBP", "quality": 80, "method": 6}
        return _encoded(pixels, save, sizes, limits, (left, top, left + cut, top + cut))


def read_image(source: bytes | Path, *, limits: ImageLimits = DEFAULT_LIMITS) -> Picture:
    """Pixels of an untrusted image: (H, W, 3) uint8 RGB, upright. Raises as `clean_image` does."""
    import numpy as np

    with _decoded(source, limits) as pixels:
        # Private mapping of the child's own output: no copy, and writable without touching the file.
        mapped = mmap.mmap(pixels.descriptor, pixels.width * pixels.height * 3, access=mmap.ACCESS_COPY)
    return Picture(np.frombuffer(mapped, np.uint8).reshape(pixels.height, pixels.width, 3))


def read_clean_image(source: bytes | Path) -> Picture:
    """Pixels of a file that `clean_image` made: decoded here, without a child. Never for bytes of another origin."""
    import numpy as np

    from . import media_codec

    data = source.read_bytes() if isinstance(source, Path) else source
    try:
        # Its limits were checked when it was made, and an operator may have set them higher since.
        image = media_codec.open_checked(data, asdict(replace(DEFAULT_LIMITS, max_pixels=2**31)))
        # `convert` copies what is RGB already, as all that we write is.
        return Picture(np.asarray(image if image.mode == "RGB" else image.convert("RGB")))
    except (OSError, SyntaxError, ValueError, Refused):
        raise _error("truncated", DEFAULT_LIMITS) from None


def encode_image(picture: Picture, *, quality: int = 90, format: str = "JPEG") -> CleanImage:  # noqa: A002 - Pillow's name
    """A result picture as JPEG without chroma subsampling, so that thin coloured lines and small text stay sharp.

    One megapixel: 4 ms; WebP at its fastest setting takes 23 for files a third smaller, PNG 45 for larger ones.
    """
    from PIL import Image

    from . import media_codec

    options = {"format": format, "quality": quality, **_SAVE[format]}
    data = media_codec.write(Image.fromarray(picture.pixels), options)
    return _clean(data, format, picture.width, picture.height)
