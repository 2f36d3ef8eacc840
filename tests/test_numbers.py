import pytest
from django.utils import translation

from showpiece.demos.blocks import cell
from showpiece.numbers import rounded


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(97.6, 0, "98"), (1.26, 1, "1.3"), (34.96, 1, "35.0"), (-2.55, 0, "-3"), (60, 0, "60")],
)
def test_numbers_are_rounded_and_not_cut(value: float, digits: int, text: str) -> None:
    assert rounded(value, digits) == text


def test_numbers_are_written_as_the_reader_does() -> None:
    with translation.override("ru"):
        assert rounded(1234.56, 1) == "1234,6"


def test_share_of_a_result_is_rounded() -> None:
    assert cell(0.976, {"minimum": 0, "maximum": 1}) == "98 %"
