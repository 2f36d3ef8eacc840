"""Whatever bytes come, the answer is a picture or a `MediaError`, and the service lives."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showpiece_predictors import media

from .images import encoded, quarters

SEEDS = {
    "JPEG": encoded(quarters(), "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    "progressive": encoded(quarters(), "JPEG", progressive=True),
    "PNG": encoded(quarters().quantize(8), "PNG"),
    "WEBP": encoded(quarters(), "WEBP"),
    "AVIF": encoded(quarters(), "AVIF"),
}
LIMITS = media.ImageLimits(max_pixels=100_000, seconds=5)
lenient = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(data: bytes) -> tuple[int, int] | str:
    """Height and width, or the sentence of the refusal. Any other exception fails the test."""
    try:
        height, width, _ = media.read_image(data, limits=LIMITS).pixels.shape
    except media.MediaError as error:
        return str(error)
    return height, width


def check(data: bytes) -> None:
    answer = read(data)
    if isinstance(answer, str):
        assert answer.endswith(".")
        assert "{" not in answer
    else:
        assert 0 < answer[0] * answer[1] <= LIMITS.max_pixels


@lenient
@given(st.binary(max_size=400), st.sampled_from([b"", *(seed[:16] for seed in SEEDS.values())]))
def test_random_bytes(tail: bytes, head: bytes) -> None:
    check(head + tail)


@pytest.mark.parametrize("kind", sorted(SEEDS))
def test_mutated_images(kind: str) -> None:
    seed = SEEDS[kind]
    assert read(seed) == (48, 64)

    @lenient
    @given(
        st.lists(st.tuples(st.integers(0, len(seed) - 1), st.integers(0, 255)), min_size=1, max_size=8),
        st.integers(0, len(seed)),
    )
    def mutate(changes: list[tuple[int, int]], cut: int) -> None:
        data = bytearray(seed)
        for at, value in changes:
            data[at] = value
        check(bytes(data))
        check(bytes(data[:cut]))

    mutate()
