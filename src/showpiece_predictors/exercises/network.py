"""TFLite networks on one thread, one interpreter for each thread that calls."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ai_edge_litert.interpreter import Interpreter

if TYPE_CHECKING:
    from .region import Array


class Network:
    """A TFLite network as a function. Thread-safe: an interpreter is not, so each thread has its own."""

    def __init__(self, model: bytes) -> None:
        self._model = model
        self._own = threading.local()

    def __call__(self, image: Array) -> dict[str, Array]:
        """Its outputs by name. Valid until the next call of the same thread is made."""
        interpreter = getattr(self._own, "interpreter", None)
        if interpreter is None:
            interpreter = Interpreter(model_content=self._model, num_threads=1)
            interpreter.allocate_tensors()
            self._own.interpreter = interpreter
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
        interpreter.invoke()
        return {one["name"]: interpreter.get_tensor(one["index"]) for one in interpreter.get_output_details()}
