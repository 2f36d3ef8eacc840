"""Runners: the ways to do a run. A runner gets bytes that we validated, never a visitor's address."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

from showpiece.config.paths import models_folder
from showpiece.demos.models import Demo
from showpiece_predictors import get, media, names, openapi_schema, picture_fields

if TYPE_CHECKING:
    from showpiece_predictors import Predictor, Progress
    from showpiece_predictors.media import CleanImage


@dataclass(frozen=True)
class Outcome:
    """What a run gave: plain values by output field, and encoded pictures by output field."""

    values: dict[str, Any]
    images: dict[str, CleanImage] = field(default_factory=dict)


class Runner(Protocol):
    """One way to run a demo."""

    queue: str

    def schema(self) -> dict[str, Any]:
        """The OpenAPI schema of its input and output, as Cog writes it."""

    def run(self, values: Mapping[str, Any], files: Mapping[str, bytes], progress: Progress) -> Outcome:
        """Do the work. `files` hold images that we encoded, by input field.

        Raises `PredictorError` with a message for the visitor, and lets through what `progress` raises.
        """


class LocalRunner:
    """Our own predictors, in this process."""

    def __init__(self, name: str) -> None:
        self.predictor_class = get(name)
        self.queue = self.predictor_class.queue

        self._schema = openapi_schema(self.predictor_class)

    def schema(self) -> dict[str, Any]:
        return self._schema

    def run(self, values: Mapping[str, Any], files: Mapping[str, bytes], progress: Progress) -> Outcome:
        predictor = loaded(self.predictor_class.name)
        pictures = {name: media.read_clean_image(data) for name, data in files.items()}
        output = predictor.predict(predictor.Input(**values, **pictures), progress)
        pictured = [name for name in picture_fields(predictor.Output) if getattr(output, name) is not None]
        return Outcome(
            values=output.model_dump(mode="json", exclude=set(picture_fields(predictor.Output))),
            images={name: media.encode_image(getattr(output, name)) for name in pictured},
        )


_loaded: dict[str, Predictor[Any, Any]] = {}
_loading = threading.Lock()


def loaded(name: str) -> Predictor[Any, Any]:
    """The predictor with its weights in memory, loaded once in a process however many threads ask."""
    if name not in _loaded:
        with _loading:
            if name not in _loaded:
                predictor = get(name)()
                predictor.setup(models_folder())
                _loaded[name] = predictor
    return _loaded[name]


@cache
def local_runner(name: str) -> LocalRunner:
    """The runner of the predictor `name`. `UnknownPredictor` if its package is gone."""
    return LocalRunner(name)


def predictor_sample(name: str) -> bytes | None:
    """The sample file that the predictor's package brings, if any."""
    module = get(name).__module__
    package = module if hasattr(sys.modules[module], "__path__") else module.rpartition(".")[0]
    sample = resources.files(package) / "sample.jpg"
    return sample.read_bytes() if sample.is_file() else None


def is_runnable(demo: Demo) -> bool:
    """Whether a run may start: the demo is live, and the package of its predictor is installed."""
    return demo.can_run and demo.predictor in names()


def runner_for(demo: Demo) -> Runner:
    """The runner of a demo that can be run here. `UnknownPredictor` if the predictor's package is gone."""
    if demo.kind != Demo.Kind.LOCAL:
        raise ValueError(f"a demo of kind {demo.kind} has no runner")
    return local_runner(demo.predictor)
