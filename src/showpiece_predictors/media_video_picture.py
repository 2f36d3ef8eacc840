"""A decoded frame of libav to an upright RGB picture of the size that was asked for. Child only."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from . import media_video_hdr

if TYPE_CHECKING:
    from fractions import Fraction

    import numpy.typing as npt
    from av.video.frame import VideoFrame

#: ITU-T H.273, table 4: what libav's numbers of matrix coefficients are to its scaler.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
#: From here on a film that names no matrix is taken for HDTV, as players do.
HD_LONGER, HD_SHORTER = 1280, 720
#: Shapes of a pixel beyond this are a fault of the header.
MAX_ASPECT = 4


class Upright:
    """How the stored picture is turned to stand upright: first transposed, then flipped.

    `matrix` is libav's display matrix: nine 32-bit numbers, by which (x, y, 1) is multiplied from the left.
    """

    def __init__(self, matrix: bytes | None) -> None:
        a, b, _, c, d, *_ = struct.unpack("<9i", matrix) if matrix and len(matrix) == 36 else (1, 0, 0, 0, 1)
        self.transposed = abs(b) + abs(c) > abs(a) + abs(d)
        self.mirrored, self.flipped = (c < 0, b < 0) if self.transposed else (a < 0, d < 0)

    def size(self, width: int, height: int) -> tuple[int, int]:
        return (height, width) if self.transposed else (width, height)

    def __call__(self, pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """A view of (H, W, 3) `pixels`."""
        if self.transposed:
            pixels = pixels.transpose(1, 0, 2)
        return pixels[:: -1 if self.flipped else 1, :: -1 if self.mirrored else 1]

    @property
    def rotation(self) -> int:
        """Degrees clockwise that the picture is turned, mirrored or not."""
        if self.transposed:
            return 90 if self.mirrored or not self.flipped else 270
        return 180 if self.flipped else 0


def upright(frame: VideoFrame) -> Upright:
    data = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]  # PyAV's stub knows one key only
    return Upright(None if data is None else bytes(data))


def square_size(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    """Width and height of the stored picture once its pixels are square. Never smaller in either direction."""
    if not aspect or not 1 / MAX_ASPECT <= aspect <= MAX_ASPECT:
        return width, height
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


class Converter:
    """Turns frames into (height, width, 3) uint8 RGB, whatever size, colours and orientation they come in."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.scaler = VideoReformatter()
        self.turn: Upright | None = None

    def __call__(self, frame: VideoFrame, out: npt.NDArray[np.uint8]) -> None:
        """Write `frame`, upright, into `out`."""
        if self.turn is None:
            # Asked of one frame only: PyAV ties a frame that was asked into a cycle, and the child collects none.
            self.turn = upright(frame)
        turn = self.turn
        width, height = turn.size(self.width, self.height)
        reduced = frame.width > width or frame.height > height
        hdr = media_video_hdr.transfer(frame)
        scaled = self.scaler.reformat(
            frame,
            width,
            height,
            "rgb48le" if hdr else "rgb24",
            src_colorspace=_matrix(frame),
            src_color_range=ColorRange.JPEG if _full_range(frame) else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.AREA if reduced else Interpolation.BICUBIC,
            threads=1,
        )
        if hdr:
            out[:] = turn(media_video_hdr.to_sdr(_rows(scaled, np.dtype(np.uint16)), hdr, frame.color_primaries))
        else:
            out[:] = turn(_rows(scaled, np.dtype(np.uint8)))


def _rows(frame: VideoFrame, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """The pixels of a packed RGB frame as an (H, W, 3) view, without the padding of its lines."""
    plane = frame.planes[0]
    lines = np.frombuffer(memoryview(plane), kind).reshape(-1, plane.line_size // kind.itemsize)
    pixels: npt.NDArray[Any] = lines[: frame.height, : frame.width * 3].reshape(frame.height, frame.width, 3)
    return pixels


def _matrix(frame: VideoFrame) -> Colorspace:
    if matrix := _MATRICES.get(frame.colorspace):
        return matrix
    longer, shorter = max(frame.width, frame.height), min(frame.width, frame.height)
    return Colorspace.ITU709 if longer >= HD_LONGER or shorter >= HD_SHORTER else Colorspace.ITU601


def _full_range(frame: VideoFrame) -> bool:
    return frame.color_range == ColorRange.JPEG or frame.format.name.startswith(("yuvj", "gbr", "rgb"))
