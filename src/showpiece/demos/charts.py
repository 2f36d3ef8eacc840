"""A curve as the page draws it: in per cent of the plot, so that lines stretch with the page and texts do not."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from showpiece.numbers import rounded

# How many lines of the grid, and numbers of stretches, there may be: more would stand on each other on a telephone.
MOST_LINES = 6
MOST_NUMBERS = 12
# The curve's own units, in both directions.
CURVE_UNITS = 1000


@dataclass(frozen=True)
class Tick:
    """A line of the grid with its number."""

    at: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Stretch:
    """A marked part of the axis; `text` is empty where its number has no room."""

    at: str
    width: str
    middle: str
    text: str


@dataclass(frozen=True)
class ChartView:
    """What the template needs of a chart. `curves`: the points of each unbroken piece, y downwards."""

    x_title: str
    y_title: str
    x_ticks: list[Tick]
    y_ticks: list[Tick]
    stretches: list[Stretch]
    curves: list[str]


def chart_view(chart: dict[str, Any], *, x_title: str, y_title: str) -> ChartView | None:
    """The drawing of a `showpiece_predictors.chart.Chart` as JSON. None where it has nothing to draw."""
    points = [(float(x), float(y)) for x, y in zip(chart["x"], chart["y"], strict=False) if y is not None]
    if len(points) < 2:
        return None
    left, right = float(chart["x"][0]), float(chart["x"][-1])
    lowest, highest = min(y for _, y in points), max(y for _, y in points)
    if lowest == highest:
        lowest, highest = lowest - 0.5, highest + 0.5
    y_lines = _round_numbers(lowest, highest, outside=True)
    bottom, top = y_lines[0], y_lines[-1]
    width = (right - left) or 1.0

    def across(x: float) -> float:
        return min(max((x - left) / width, 0.0), 1.0)

    every = max(1, math.ceil(len(chart["spans"]) / MOST_NUMBERS))
    return ChartView(
        x_title=x_title,
        y_title=y_title,
        x_ticks=[
            Tick(
                _percent(across(x)),
                _number(x),
                "start" if across(x) < 0.02 else "end" if across(x) > 0.98 else "middle",
            )
            for x in _round_numbers(left, right, outside=False)
        ],
        y_ticks=[Tick(_percent(1 - (y - bottom) / (top - bottom)), _number(y)) for y in y_lines],
        stretches=[
            Stretch(
                _percent(across(start)),
                _percent(across(end) - across(start)),
                _percent((across(start) + across(end)) / 2),
                str(number) if number % every == 0 or every == 1 else "",
            )
            for number, (start, end) in enumerate(chart["spans"], start=1)
        ],
        curves=[
            " ".join(
                f"{across(x) * CURVE_UNITS:.1f},{(1 - (y - bottom) / (top - bottom)) * CURVE_UNITS:.1f}"
                for x, y in piece
            )
            for piece in _pieces(chart)
        ],
    )


def _pieces(chart: dict[str, Any]) -> Iterator[list[tuple[float, float]]]:
    """The runs of points between gaps."""
    pairs = zip(chart["x"], chart["y"], strict=False)
    for measured, group in groupby(pairs, key=lambda pair: pair[1] is not None):
        if measured:
            yield [(float(x), float(y)) for x, y in group]


def _round_numbers(low: float, high: float, *, outside: bool) -> list[float]:
    """Round numbers between `low` and `high` in even steps of 1, 2 or 5.

    The steps are those of Heckbert's "Nice numbers for graph labels" (Graphics Gems, 1990).
    `outside`: the first and the last enclose both.
    """
    spread = (high - low) or 1.0
    rough = spread / (MOST_LINES - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first = math.floor(low / step) if outside else math.ceil(low / step - 1e-9)
    last = math.ceil(high / step) if outside else math.floor(high / step + 1e-9)
    return [number * step for number in range(first, max(last, first + 1 if outside else first) + 1)]


def _percent(part: float) -> str:
    return f"{part * 100:.2f}%"


def _number(value: float) -> str:
    digits = 0 if float(f"{value:.6g}").is_integer() else 1 if round(value, 1) == round(value, 6) else 2
    return rounded(value, digits)
