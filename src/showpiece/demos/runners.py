"""Runners: the ways to do a run. A runner gets bytes that we validated, never a visitor's address."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from showpiece.config.paths import models_folder
from showpiece.demos.media_messages import video_limits
from showpiece.demos.models import Demo
from showpiece_predictors import film_fields, get, media, media_film, media_video, names, openapi_schema, picture_fields

if TYPE_CHECKING:
    from pathlib import Path

    from showpiece_predictors import Predictor, Progress
    from showpiece_predictors.media import CleanImage
    from showpiece_predictors.media_film import CleanFilm


# What a predictor's sample file may be, beside its code.
SAMPLES = (".jpg", ".webm")
# The part of the work that is over when the predictor has returned, and films it made are drawn and encoded.
BEFORE_FILMS = 0.6


@dataclass(frozen=True)
class Outcome:
    """What a run gave: plain values by output field, and encoded pictures and films by output field."""

    values: dict[str, Any]
    files: dict[str, CleanImage | CleanFilm] = field(default_factory=dict)


class Runner(Protocol):
    """One way to run a demo."""

    queue: str

    def schema(self) -> dict[str, Any]:
        """The OpenAPI schema of its input and output, as Cog writes it."""

    def run(
        self, values: Mapping[str, Any], files: Mapping[str, BinaryIO], progress: Progress, folder: Path
    ) -> Outcome:
        """Do the work. `files`, by input field, hold images that we encoded, or films that we checked.

        Films that come out lie in `folder`, for the caller to take and to remove.
        Raises `PredictorError` with a message for the visitor, and lets through what `progress` raises.
        """


class LocalRunner:
    """Our own predictors, in this process."""

    def __init__(self, name: str) -> None:
        self.predictor_class = get(name)
        self.queue = self.predictor_class.queue

        self._schema = openapi_schema(self.predictor_class)
        self.takes_film = bool(film_fields(self.predictor_class.Input))

    def schema(self) -> dict[str, Any]:
        return self._schema

    def run(
        self, values: Mapping[str, Any], files: Mapping[str, BinaryIO], progress: Progress, folder: Path
    ) -> Outcome:
        predictor = loaded(self.predictor_class.name)
        films = [name for name in film_fields(predictor.Input) if name in files]
        given: dict[str, Any] = {
            name: media_video.open_film(files[name].fileno(), limits=video_limits(), checked=True) for name in films
        }
        given |= {name: media.read_clean_image(file.read()) for name, file in files.items() if name not in films}
        made = film_fields(predictor.Output)
        output = predictor.predict(
            predictor.Input(**values, **given), _part(progress, 0.0, BEFORE_FILMS) if made else progress
        )
        pictures = [name for name in picture_fields(predictor.Output) if getattr(output, name) is not None]
        kept: dict[str, CleanImage | CleanFilm] = {name: media.encode_image(getattr(output, name)) for name in pictures}
        for name in made:
            if (film := getattr(output, name)) is not None:
                kept[name] = media_film.encode_film(
                    film, folder / f"{name}.webm", progress=_part(progress, BEFORE_FILMS, 1.0)
                )
        unprintable = {*picture_fields(predictor.Output), *made}
        return Outcome(values=output.model_dump(mode="json", exclude=unprintable), files=kept)


def _part(progress: Progress, begin: float, end: float) -> Progress:
    """`progress` for a piece of the work, which tells its own fraction."""
    return lambda fraction, stage: progress(begin + fraction * (end - begin), stage)


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
    for ending in SAMPLES:
        sample = resources.files(package) / f"sample{ending}"
        if sample.is_file():
            return sample.read_bytes()
    return None


def is_runnable(demo: Demo) -> bool:
    """Whether a run may start: the demo is live, and the package of its predictor is installed."""
    return demo.can_run and demo.predictor in names()


def runner_for(demo: Demo) -> Runner:
    """The runner of a demo that can be run here. `UnknownPredictor` if the predictor's package is gone."""
    if demo.kind != Demo.Kind.LOCAL:
        raise ValueError(f"a demo of kind {demo.kind} has no runner")
    return local_runner(demo.predictor)
