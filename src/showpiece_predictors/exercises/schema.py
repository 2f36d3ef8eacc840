"""What the exercises predictor takes and gives. The wording is shown to users."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from showpiece_predictors.base import Film
from showpiece_predictors.chart import Chart

#: What can be told apart. "other" is any other movement of a body, "none" that nobody is in the frame.
Exercise = Literal["pull_up", "dip", "squat", "push_up", "sit_up", "jumping_jack", "curl", "lunge", "other", "none"]
#: What people read for them.
NAMES: dict[str, JsonValue] = {
    "auto": "find out",
    "pull_up": "pull-up",
    "dip": "dip",
    "squat": "squat",
    "push_up": "push-up",
    "sit_up": "sit-up",
    "jumping_jack": "jumping jack",
    "curl": "biceps curl",
    "lunge": "lunge",
    "other": "another exercise",
    "none": "nobody in the frame",
}


class ExercisesInput(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    video: Film = Field(
        title="Clip",
        description=(
            "One person doing one exercise, head and body in the frame, the camera at rest. 2 to 60 seconds of MP4,"
            " MOV, WebM or MKV."
        ),
    )
    exercise: Literal[
        "auto", "pull_up", "dip", "squat", "push_up", "sit_up", "jumping_jack", "curl", "lunge", "other"
    ] = Field(
        "auto",
        title="Exercise",
        description="What is done in the clip, if you know: the repetitions are then counted in its way.",
        json_schema_extra={"x-names": NAMES},
    )


class Likelihood(BaseModel):
    exercise: Exercise = Field(title="Exercise", description="Which one.", json_schema_extra={"x-names": NAMES})
    confidence: float = Field(ge=0, le=1, title="Confidence", description="How well the movement fits it.")


class ExercisesOutput(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    exercise: Exercise = Field(
        title="Exercise",
        description="What is done in the clip, as the model sees it.",
        json_schema_extra={"x-names": NAMES},
    )
    confidence: float = Field(ge=0, le=1, title="Confidence", description="How sure the model is of the exercise.")
    repetitions: int = Field(ge=0, title="Repetitions", description="Whole repetitions; one more or less is possible.")
    repetition_times: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        title="Each repetition",
        description="Start and end of each repetition, in seconds from the start of the clip.",
        json_schema_extra={
            "x-columns": ["From, s", "To, s"],
            "x-empty": "No whole repetition was seen in this clip.",
            "x-note": "A count, not a check of form: it does not tell whether the exercise was done well or safely.",
        },
    )
    signal: Chart | None = Field(
        title="Movement", description="What was counted: the joint signal over time, with each repetition marked."
    )
    likelihoods: list[Likelihood] = Field(
        title="How sure of which exercise", description="Each exercise with its confidence, the likeliest first."
    )
    film: Film = Field(
        title="Film", description="The clip with the skeleton, the exercise and the running count drawn on it."
    )
