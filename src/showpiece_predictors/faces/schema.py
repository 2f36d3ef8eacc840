"""What the faces predictor takes and gives. The wording is shown to users."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from showpiece_predictors.base import Picture

#: Half the width of the age range that is shown, in years: four of five faces seen from the front lie within it.
AGE_RANGE = 8
#: Under this probability the sex is not said.
SURE = 0.7
#: Under this estimated age the model's guess of the sex is near chance, so it is not said.
GROWN = 13


class FacesInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    image: Picture = Field(title="Photo", description="A photo with one or more faces. JPEG, PNG, WebP or AVIF.")
    min_confidence: float = Field(
        0.5,
        ge=0.2,
        le=0.95,
        title="Minimum confidence",
        description="How sure the model must be that it sees a face. Lower finds more faces and more mistakes.",
    )
    max_faces: int = Field(
        100,
        ge=1,
        le=500,
        title="Maximum number of faces",
        description="If there are more faces than this, only those the model is surest of are reported.",
    )
    labels: bool = Field(
        True,
        title="Write labels on the picture",
        description="Write the estimated age and sex beside each box. Without it, only the boxes are drawn.",
    )


class Face(BaseModel):
    box: list[int] = Field(
        min_length=4,
        max_length=4,
        title="Box",
        description="Left, top, width and height in pixels of the upright image.",
        json_schema_extra={"x-hidden": True},  # for programs; people see it on the picture
    )
    confidence: float = Field(ge=0, le=1, title="Confidence", description="How sure the model is that this is a face.")
    age: float = Field(ge=0, title="Estimated age", description="In years; a guess, not a measurement.")
    age_low: int = Field(ge=0, title="Age from", description="Lower end of the age range.")
    age_high: int = Field(ge=0, title="Age to", description="Upper end of the age range.")
    sex: Literal["female", "male"] | None = Field(
        title="Estimated sex",
        description="As the model sees it; not said when it is not sure, and for children.",
        json_schema_extra={"x-null": "not sure"},
    )
    sex_probability: float | None = Field(
        ge=0.5,
        le=1,
        title="Probability of the sex",
        description="How sure the model is of the likelier of the two; empty for children.",
    )


class FacesOutput(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    faces: list[Face] = Field(
        title="Faces",
        description="Every face found, the surest first.",
        json_schema_extra={
            "x-empty": "No face was found in this photo.",
            "x-note": "Guesses of a model, not measurements: not for checking anybody's age or identity.",
        },
    )
    image: Picture = Field(title="Picture", description="The photo with a box on each face.")
