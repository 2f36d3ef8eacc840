"""Which exercise a person does in a clip, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from showpiece_predictors.base import Predictor

from .schema import ExercisesInput, ExercisesOutput

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors.base import Progress

    from .pipeline import Pipeline

__all__ = ["Exercises", "ExercisesInput", "ExercisesOutput"]


class Exercises(Predictor[ExercisesInput, ExercisesOutput]):
    """Follows one person through a clip, names the exercise and counts it. A count, not a check of form."""

    name: ClassVar[str] = "exercises"
    title: ClassVar[str] = "Exercises"
    version: ClassVar[str] = "1.0.0"
    queue: ClassVar[str] = "cpu-video"
    Input: ClassVar[type[ExercisesInput]] = ExercisesInput
    Output: ClassVar[type[ExercisesOutput]] = ExercisesOutput
    weights: ClassVar[tuple[str, ...]] = ("blazepose-detector", "blazepose-full")

    _pipeline: Pipeline | None = None

    def setup(self, models: Path) -> None:
        # numpy and LiteRT come in here, and not with the import of the class: the web process never pays for them.
        from .blazepose import BlazePose
        from .pipeline import Pipeline

        self._pipeline = Pipeline(BlazePose(models / "pose_detection.tflite", models / "pose_landmark_full.tflite"))

    def predict(self, input: ExercisesInput, progress: Progress) -> ExercisesOutput:  # noqa: A002
        if self._pipeline is None:
            raise RuntimeError("setup() was not called")
        return self._pipeline(input, progress)
