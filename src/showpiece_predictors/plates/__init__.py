"""The text of every number plate in a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from showpiece_predictors.base import Predictor

from .schema import Plate, PlatesInput, PlatesOutput

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors.base import Progress

    from .pipeline import Pipeline

__all__ = ["Plate", "Plates", "PlatesInput", "PlatesOutput"]


class Plates(Predictor[PlatesInput, PlatesOutput]):
    """Finds number plates, straightens and reads them. A reading is a guess, not evidence."""

    name: ClassVar[str] = "plates"
    title: ClassVar[str] = "Number plates"
    version: ClassVar[str] = "1.0.0"
    queue: ClassVar[str] = "cpu-image"
    Input: ClassVar[type[PlatesInput]] = PlatesInput
    Output: ClassVar[type[PlatesOutput]] = PlatesOutput
    weights: ClassVar[tuple[str, ...]] = ("ppocr-lines", "ppocr-reader")

    _pipeline: Pipeline | None = None

    def setup(self, models: Path) -> None:
        # numpy and onnxruntime come in here, and not with the import of the class: the web process never pays for them.
        from .pipeline import Pipeline

        self._pipeline = Pipeline(models)

    def predict(self, input: PlatesInput, progress: Progress) -> PlatesOutput:  # noqa: A002
        if self._pipeline is None:
            raise RuntimeError("setup() was not called")
        return self._pipeline(input, progress)
