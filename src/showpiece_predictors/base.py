"""What a predictor is: typed input, typed output, weights, and a call that may be cancelled.

Nothing here imports numpy, Pillow or an inference runtime: the web process imports predictors for their schema alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar, get_args

from pydantic import BaseModel
from pydantic_core import core_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

GROUP = "showpiece.predictors"


class PredictorError(Exception):
    """The prediction failed for a reason that the user may be told: the message is shown as it is."""


class UnknownPredictor(PredictorError, LookupError):  # noqa: N818
    """No installed package registers a predictor of that name."""


class Canceled(Exception):  # noqa: N818 - the word of Cog's run states
    """Raised by a `Progress` callback: the caller wants the work stopped now."""


class Progress(Protocol):
    """Called between steps, with the fraction done (0 to 1) and a short name of the step that begins."""

    def __call__(self, fraction: float, stage: str) -> None: ...


class Picture:
    """A decoded image, so that no predictor ever opens a file.

    `pixels` is an (H, W, 3) uint8 RGB array with the orientation already applied.
    """

    __slots__ = ("pixels",)

    def __init__(self, pixels: npt.NDArray[np.uint8]) -> None:
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype.name != "uint8":
            raise ValueError(f"a Picture needs (H, W, 3) uint8, not {pixels.shape} {pixels.dtype}")
        self.pixels = pixels

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    def __repr__(self) -> str:
        return f"<Picture {self.width}x{self.height}>"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return _file_schema("image")


class Frame(NamedTuple):
    """One picture of a film: when it is shown, in seconds from the start, and an (H, W, 3) uint8 RGB array."""

    time: float
    pixels: npt.NDArray[np.uint8]


class Film(ABC):
    """A film whose pictures come when they are asked for, so that no predictor opens a file or holds a whole film.

    A film that a predictor makes is a subclass of its own, which draws each picture when the encoder asks for it.
    `width` and `height` are pixels of the upright picture, `duration` is in seconds, `rate` is the mean of pictures a
    second.
    """

    width: int
    height: int
    duration: float
    rate: float

    @abstractmethod
    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        """The pictures in order, from the start at each call. Closing the iterator frees all that it holds.

        `rate`: at most so many a second, chosen by their real times. `longer_side`: reduced to it, never enlarged.
        """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return _file_schema("video")


def _file_schema(kind: str) -> JsonSchemaValue:
    # `format: uri` is how Cog says "a file"; the two extensions say which kind, to a form and to Cog's own tools.
    return {"type": "string", "format": "uri", "x-media": kind, "x-cog-accept": f"{kind}/*"}


I = TypeVar("I", bound=BaseModel)  # noqa: E741 - reads as "input" beside O
O = TypeVar("O", bound=BaseModel)  # noqa: E741


class Predictor(ABC, Generic[I, O]):
    """One model behind a typed call. A subclass sets the class variables and writes `setup` and `predict`."""

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    queue: ClassVar[str] = "cpu-image"
    Input: ClassVar[type[BaseModel]]
    Output: ClassVar[type[BaseModel]]
    #: Keys of weights.toml that must lie in the models directory before `setup`.
    weights: ClassVar[tuple[str, ...]] = ()

    def setup(self, models: Path) -> None:
        """Load the weights from `models`. Called once in a process, before the first `predict`."""
        del models

    @abstractmethod
    def predict(self, input: I, progress: Progress) -> O:  # noqa: A002 - Cog's own name for it
        """Run the model. After `setup` it is called from several threads at once.

        Raises `PredictorError` with a message for the user, or whatever `progress` raises (`Canceled`).
        """


def picture_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """Names of the top-level fields of `model` that hold a `Picture` (or a `Picture` or nothing), in order."""
    return _fields_of(model, Picture)


def film_fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The same for a `Film`."""
    return _fields_of(model, Film)


def _fields_of(model: type[BaseModel], kind: type) -> tuple[str, ...]:
    return tuple(
        name
        for name, field in model.model_fields.items()
        if field.annotation is kind or kind in get_args(field.annotation)
    )


@cache
def _registered() -> dict[str, Any]:
    return {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}


def names() -> list[str]:
    """Names of the installed predictors, sorted. Imports none of them."""
    return list(_registered())


@cache
def get(name: str) -> type[Predictor[Any, Any]]:
    """The predictor class registered under `name`; raises `UnknownPredictor`."""
    try:
        entry = _registered()[name]
    except KeyError:
        known = ", ".join(names()) or "none is installed"
        raise UnknownPredictor(f'There is no predictor named "{name}". Known: {known}.') from None
    loaded = entry.load()
    if not (isinstance(loaded, type) and issubclass(loaded, Predictor)):
        raise UnknownPredictor(f'The entry point "{name}" ({entry.value}) does not name a Predictor class.')
    return loaded
