"""Films of high dynamic range look as the same scene does in an ordinary film."""

from __future__ import annotations

import numpy as np
import pytest

from showpiece_predictors.media_video import check_video, open_film
from showpiece_predictors.media_video_hdr import to_sdr

from .films import film

BT2020 = 9
TRANSFER = {"pq": 16, "hlg": 18}
#: Signals (0 to 1) of the two systems, Report ITU-R BT.2408-7, table 1: an 18 % grey card and white at 203 cd/m2.
GREY_CARD, REFERENCE_WHITE = {"pq": 0.38, "hlg": 0.38}, {"pq": 0.58, "hlg": 0.75}


def shown(kind: str, signal: float | tuple[float, float, float]) -> np.ndarray:
    value = np.broadcast_to(np.array(signal) * 65535, (2, 2, 3)).astype(np.uint16)
    return to_sdr(value, kind, BT2020)[0, 0].astype(int)


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_greys_come_out_as_in_an_ordinary_film(kind: str) -> None:
    assert np.ptp(shown(kind, GREY_CARD[kind])) <= 1
    assert 95 <= shown(kind, GREY_CARD[kind])[0] <= 140
    assert 215 <= shown(kind, REFERENCE_WHITE[kind])[0] <= 240
    assert shown(kind, 0).tolist() == [0, 0, 0]
    assert shown(kind, 1)[0] >= 253


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_brighter_is_never_darker(kind: str) -> None:
    ramp = np.linspace(0, 65535, 1024).astype(np.uint16)
    codes = to_sdr(np.repeat(ramp[None, :, None], 3, axis=2), kind, BT2020)[0, :, 0].astype(int)
    assert np.diff(codes).min() >= 0


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_colours_keep_their_hue(kind: str) -> None:
    red, green, blue = shown(kind, (0.6, 0.3, 0.3))
    assert red > green + 60
    assert abs(green - blue) < 40
    assert np.argmax(shown(kind, (0.3, 0.3, 0.6))) == 2


@pytest.mark.parametrize("kind", ["pq", "hlg"])
def test_a_film_of_ten_bits(kind: str) -> None:
    white = round(REFERENCE_WHITE[kind] * 255)
    picture = np.full((48, 64, 3), white, np.uint8)
    picture[:, 32:] = round(GREY_CARD[kind] * 255)
    data = film(
        codec="HEVC",
        pix_fmt="yuv420p10le",
        pictures=[picture] * 32,
        colours={"colorspace": BT2020, "color_primaries": BT2020, "color_trc": TRANSFER[kind], "color_range": 1},
    )
    assert check_video(data).hdr
    frame = next(open_film(data).frames()).pixels
    assert frame[24, 16] == pytest.approx([228] * 3, abs=12)
    assert frame[24, 48] == pytest.approx([118] * 3, abs=22)
