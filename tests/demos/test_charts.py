"""What the page needs to draw a curve."""

from typing import Any

import pytest
from django.utils import translation

from showpiece.demos.charts import ChartView, chart_view


def view(x: list[float], y: list[float | None], spans: list[list[float]] | None = None) -> ChartView:
    chart: dict[str, Any] = {"x": x, "y": y, "spans": spans or []}
    drawn = chart_view(chart, x_title="seconds", y_title="degrees")
    assert drawn is not None
    return drawn


def test_curve_fills_the_plot_between_round_numbers() -> None:
    drawn = view([0, 1, 2], [90, 180, 90])
    assert [tick.text for tick in drawn.y_ticks] == ["80", "100", "120", "140", "160", "180"]
    assert drawn.curves == ["0.0,900.0 500.0,0.0 1000.0,900.0"]


def test_gap_breaks_the_curve() -> None:
    assert [len(curve.split()) for curve in view([0, 1, 2, 3, 4], [1, 2, None, 2, 1]).curves] == [2, 2]


def test_stretches_lie_where_they_were_counted() -> None:
    (stretch,) = view([0, 10], [0, 1], [[2, 4]]).stretches
    assert (stretch.at, stretch.width, stretch.middle, stretch.text) == ("20.00%", "20.00%", "30.00%", "1")


def test_stretch_beyond_the_curve_ends_with_it() -> None:
    (stretch,) = view([0, 10], [0, 1], [[-5, 20]]).stretches
    assert (stretch.at, stretch.width) == ("0.00%", "100.00%")


def test_numbers_that_would_stand_on_each_other_are_thinned() -> None:
    drawn = view([0, 60], [0, 1], [[n, n + 1] for n in range(60)])
    assert [stretch.text for stretch in drawn.stretches if stretch.text] == [str(n) for n in range(5, 61, 5)]


def test_time_is_marked_in_round_steps_inside_the_plot() -> None:
    drawn = view([0.3, 12.9], [0, 1])
    assert [tick.text for tick in drawn.x_ticks] == ["5", "10"]
    assert [tick.anchor for tick in view([0, 10], [0, 1]).x_ticks] == ["start", *["middle"] * 4, "end"]


@pytest.mark.parametrize("value", [0.0, 7.0, -3.5])
def test_curve_that_never_moves_can_be_drawn(value: float) -> None:
    drawn = view([0, 1], [value, value])
    assert len(drawn.y_ticks) >= 2
    assert "nan" not in drawn.curves[0]


def test_nothing_to_draw() -> None:
    assert chart_view({"x": [], "y": [], "spans": []}, x_title="", y_title="") is None
    assert chart_view({"x": [0, 1], "y": [None, 1], "spans": []}, x_title="", y_title="") is None


def test_numbers_are_written_as_the_reader_writes_them_and_places_as_svg_does() -> None:
    with translation.override("ru"):
        drawn = view([0, 1], [0.0, 0.5], [[0.25, 0.5]])
    assert "0,1" in [tick.text for tick in drawn.y_ticks]
    assert drawn.stretches[0].at == "25.00%"
