"""High dynamic range to a natural picture for an ordinary screen, on the picture that is already reduced. Child only.

Decoding of the two HDR signals after Recommendation ITU-R BT.2100-2, tables 4 and 5; the reduction of the brightness
range after Report ITU-R BT.2390-11, section 5.4 (EETF: all as it is up to a knee, a Hermite spline above), with white
of 203 cd/m2 after BT.2408, so that faces look as they do in the same camera's ordinary films.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from av.video.reformatter import ColorPrimaries, ColorTrc

if TYPE_CHECKING:
    import numpy.typing as npt
    from av.video.frame import VideoFrame

#: cd/m2: the brightest that is told apart, and what becomes white.
PEAK, WHITE = 1000.0, 203.0
#: Entries of the table by signal (12 bits), and of those by the square root of light.
CODES, ROOTS = 4096, 16384
STRIP = 128  # lines at a time, so that a large picture costs little memory

#: Linear BT.2020 to linear BT.709, Recommendation ITU-R BT.2087-0.
_TO_709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], dtype=np.float32
)
#: How much of the luminance each colour carries in BT.2020.
_LUMINANCE = np.array([0.2627, 0.6780, 0.0593], dtype=np.float32)
_SYSTEM_GAMMA = 1.2  # of HLG on a screen of 1000 cd/m2

_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def transfer(frame: VideoFrame) -> str:
    """ "pq" or "hlg" for a frame of high dynamic range, "" for any other."""
    if frame.color_trc == ColorTrc.SMPTE2084:
        return "pq"
    return "hlg" if frame.color_trc == ColorTrc.ARIB_STD_B67 else ""


def _pq_to_light(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """PQ signal (0 to 1) to cd/m2."""
    root = signal ** (1 / _M2)
    light: npt.NDArray[np.float64] = 10000 * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)
    return light


def _light_to_pq(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    root = (light / 10000) ** _M1
    signal: npt.NDArray[np.float64] = ((_C1 + _C2 * root) / (1 + _C3 * root)) ** _M2
    return signal


def _hlg_to_scene(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """HLG signal to the light of the scene, both 0 to 1."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)


@cache
def _linear(kind: str) -> npt.NDArray[np.float32]:
    """By 12 bits of the signal: light as a share of `PEAK` (HLG: before its system gamma)."""
    signal = np.linspace(0, 1, CODES)
    light = np.minimum(_pq_to_light(signal) / PEAK, 1) if kind == "pq" else _hlg_to_scene(signal)
    return light.astype(np.float32)


@cache
def _gain() -> npt.NDArray[np.float32]:
    """By the square root of the brightest colour's share of `PEAK`: what to multiply by, so that 1 is white."""
    light = np.linspace(0, 1, ROOTS) ** 2 * PEAK
    light[0] = light[1]
    top, goal = _light_to_pq(np.array([PEAK, WHITE]))
    signal, most = _light_to_pq(light) / top, goal / top
    knee = 1.5 * most - 0.5
    t = np.maximum(signal - knee, 0) / (1 - knee)
    spline = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (-2 * t**3 + 3 * t**2) * most
    mapped = _pq_to_light(np.where(signal < knee, signal, spline) * top)
    return (mapped / WHITE * (PEAK / light)).astype(np.float32)


@cache
def _encoded() -> npt.NDArray[np.uint8]:
    """By the square root of linear light, 0 to 1: the 8-bit code (IEC 61966-2-1)."""
    light = np.linspace(0, 1, ROOTS) ** 2
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    codes: npt.NDArray[np.uint8] = np.rint(code * 255).astype(np.uint8)
    return codes


def _by_root(table: npt.NDArray[Any], light: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = table[np.rint(np.sqrt(light) * (ROOTS - 1)).astype(np.int32)]
    return found


def to_sdr(signal: npt.NDArray[np.uint16], kind: str, primaries: int) -> npt.NDArray[np.uint8]:
    """(H, W, 3) 16-bit RGB of a "pq" or "hlg" signal to 8-bit RGB for an ordinary screen."""
    out = np.empty(signal.shape, np.uint8)
    wide = primaries in (ColorPrimaries.BT2020, ColorPrimaries.UNSPECIFIED)
    for top in range(0, len(signal), STRIP):
        light = _linear(kind)[signal[top : top + STRIP] >> 4]
        if kind == "hlg":
            luminance = light @ _LUMINANCE
            light *= np.power(luminance, _SYSTEM_GAMMA - 1)[..., None]
        if wide:
            light = np.clip(light @ _TO_709.T, 0, 1)
        brightest = np.maximum(np.maximum(light[..., 0], light[..., 1]), light[..., 2])  # far faster than max(axis=2)
        light *= _by_root(_gain(), brightest)[..., None]
        out[top : top + STRIP] = _by_root(_encoded(), np.minimum(light, 1))
    return out


def preload() -> None:
    """Make the tables, so that no child has to."""
    for kind in ("pq", "hlg"):
        to_sdr(np.zeros((1, 1, 3), np.uint16), kind, ColorPrimaries.BT2020)
