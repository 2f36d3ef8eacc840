"""Estimated age and sex of every face in a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from showpiece_predictors.base import Predictor

from .schema import Face, FacesInput, FacesOutput

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors.base import Progress

    from .pipeline import Pipeline

__all__ = ["Face", "Faces", "FacesInput", "FacesOutput"]


class Faces(Predictor[FacesInput, FacesOutput]):
    """Finds faces and guesses the age and sex of each. Not for age checks, nor for telling who somebody is."""

    name: ClassVar[str] = "faces"
    title: ClassVar[str] = "Faces"
    version: ClassVar[str] = "1.0.0"
    queue: ClassVar[str] = "cpu-image"
    Input: ClassVar[type[FacesInput]] = FacesInput
    Output: ClassVar[type[FacesOutput]] = FacesOutput
    weights: ClassVar[tuple[str, ...]] = ("centerface", "age-v1", "gender-v1")

    _pipeline: Pipeline | None = None

    def setup(self, models: Path) -> None:
        # numpy and onnxruntime come in here, and not with the import of the class: the web process never pays for them.
        from .pipeline import Pipeline

        self._pipeline = Pipeline(models)

    def predict(self, input: FacesInput, progress: Progress) -> FacesOutput:  # noqa: A002
        if self._pipeline is None:
            raise RuntimeError("setup() was not called")
        return self._pipeline(input, progress)
