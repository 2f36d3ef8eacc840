"""A measured signal as a part of a predictor's output, for programs as numbers and for people as a drawing."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Chart(BaseModel):
    """One curve over an axis, with the stretches of it that something was counted in."""

    # What shows a result knows by this that it can draw it.
    model_config = ConfigDict(json_schema_extra={"x-view": "chart"})

    x: list[float] = Field(title="x", description="Where each value was measured, ascending.")
    y: list[float | None] = Field(title="y", description="The values; none where it could not be measured.")
    spans: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        title="Stretches", description="Start and end of each, on the x axis."
    )
    x_title: str = Field(title="Title of the x axis", description="With its unit.")
    y_title: str = Field(title="Title of the y axis", description="With its unit.")
