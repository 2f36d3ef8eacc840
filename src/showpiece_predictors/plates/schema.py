"""What the plates predictor takes and gives. The wording is shown to users."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from showpiece_predictors.base import Picture

#: Where a form of plate is known. "eu" is the Union with the neighbours whose plates look alike.
Region = Literal["ru", "ua", "eu", "us", "br"]
#: What people read for the codes of regions.
REGION_NAMES: dict[str, JsonValue] = {
    "auto": "any",
    "ru": "Russia",
    "ua": "Ukraine",
    "eu": "Europe",
    "us": "US and Canada",
    "br": "Brazil",
}
LETTER_NAMES: dict[str, JsonValue] = {"latin": "Latin", "cyrillic": "Cyrillic"}
#: From this confidence on a reading is written on the picture without a question mark.
SURE = 0.7
#: Under this confidence no text is given.
LEGIBLE = 0.14
#: A plate whose text is not given is told of only where the detector is as sure as this.
UNREADABLE = 0.9
#: Under this probability the region is not said.
SURE_OF_REGION = 0.5
#: Other readings that are given, at most.
ALTERNATIVES = 4


class PlatesInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    image: Picture = Field(
        title="Photo", description="A photo with one or more number plates. JPEG, PNG, WebP or AVIF."
    )
    region: Literal["auto", "ru", "ua", "eu", "us", "br"] = Field(
        "auto",
        title="Region",
        description="Where the plates come from, if you know: it settles letters and digits that look alike.",
        json_schema_extra={"x-names": REGION_NAMES},
    )
    alphabet: Literal["latin", "cyrillic"] = Field(
        "latin",
        title="Letters",
        description="Write Russian and Ukrainian plates in Latin letters or in the Cyrillic ones they stand for.",
        json_schema_extra={"x-names": LETTER_NAMES},
    )
    max_plates: int = Field(
        20,
        ge=1,
        le=100,
        title="Maximum number of plates",
        description="If there are more plates than this, only those the model is surest of are reported.",
    )


class Plate(BaseModel):
    text: str | None = Field(
        title="Text",
        description="Capital letters and digits without spaces; not said where the plate cannot be read.",
        json_schema_extra={"x-null": "not sure"},
    )
    confidence: float = Field(
        ge=0, le=1, title="Confidence", description="How sure the model is that every character is right."
    )
    region: Region | None = Field(
        title="Region",
        description="Where plates of this form are used; not said when it is not sure.",
        json_schema_extra={"x-null": "not sure", "x-names": REGION_NAMES},
    )
    region_probability: float | None = Field(
        ge=0, le=1, title="Probability of the region", description="How sure the model is of the likeliest region."
    )
    alternatives: list[str] = Field(
        title="Other readings", description="What the plate may say otherwise, the likeliest first."
    )
    characters: list[float] = Field(
        title="Confidence of each character",
        description="One value between 0 and 1 for each character of the text.",
        json_schema_extra={"x-hidden": True},  # people see it in the picture of the plates
    )
    box: list[int] = Field(
        min_length=4,
        max_length=4,
        title="Box",
        description="Left, top, width and height in pixels of the upright image.",
        json_schema_extra={"x-hidden": True},  # for programs; people see it on the picture
    )
    quad: list[list[int]] = Field(
        min_length=4,
        max_length=4,
        title="Corners",
        description="The corners of the plate as x and y, clockwise from the top left one.",
        json_schema_extra={"x-hidden": True},
    )


class PlatesOutput(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    plates: list[Plate] = Field(
        title="Plates",
        description="Every number plate found, the surest first.",
        json_schema_extra={
            "x-empty": "No number plate was found in this photo.",
            "x-note": (
                "Readings of a model, not evidence. Number plates are personal data. A bar tells how sure the model"
                " is of a character, the confidence how sure of the whole; where that is low, the picture has a"
                " question mark."
            ),
        },
    )
    image: Picture = Field(title="Picture", description="The photo with an outline on each plate.")
    crops: Picture | None = Field(
        title="Straightened plates",
        description="Each plate turned straight, with its reading and how sure the model is of each character.",
    )
