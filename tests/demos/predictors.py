"""Small real predictors: what the demos do must hold for any of them."""

import threading
import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from showpiece_predictors import Film, Frame, Picture, Predictor, PredictorError, Progress
from showpiece_predictors.chart import Chart


class Axis(StrEnum):
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


class Stripe(BaseModel):
    colour: str = Field(title="Colour")
    share: float = Field(ge=0, le=1, title="Share")
    note: str | None = Field(title="Note")


class MirrorInput(BaseModel):
    image: Picture = Field(title="Picture")
    axis: Axis = Field(default=Axis.HORIZONTAL, title="Axis")
    times: int = Field(default=1, ge=1, le=5, title="Times", description="How often.")
    strength: float = Field(default=0.5, ge=0, le=1, title="Strength")
    loud: bool = Field(default=False, title="Loud")


class MirrorOutput(BaseModel):
    stripes: list[Stripe] = Field(title="Stripes")
    verdict: str = Field(title="Verdict")
    image: Picture = Field(title="Mirrored")


class Mirror(Predictor[MirrorInput, MirrorOutput]):
    """Turns a picture round. Black ones are refused, and white ones break it."""

    name, title, version = "mirror", "Mirror", "1"
    Input, Output = MirrorInput, MirrorOutput
    calls: list[MirrorInput] = []

    def predict(self, input: MirrorInput, progress: Progress) -> MirrorOutput:
        type(self).calls.append(input)
        progress(0.5, "turning")
        pixels = input.image.pixels
        if not pixels.any():
            raise PredictorError("There is no light in this picture.")
        if pixels.min() > 250:
            raise RuntimeError("blinded")
        turned = pixels[:, ::-1] if input.axis is Axis.HORIZONTAL else pixels[::-1]
        stripe = Stripe(colour="red", share=float(pixels[..., 0].mean() / 255), note=None)
        return MirrorOutput(stripes=[stripe], verdict="turned", image=Picture(np.ascontiguousarray(turned)))


class Slow(Predictor[MirrorInput, MirrorOutput]):
    """Works until it is stopped."""

    name, title, version = "slow", "Slow", "1"
    Input, Output = MirrorInput, MirrorOutput
    began = threading.Event()

    def predict(self, input: MirrorInput, progress: Progress) -> MirrorOutput:
        self.began.set()
        for step in range(3000):
            progress(step / 3000, "waiting")
            time.sleep(0.01)
        raise AssertionError("nobody stopped it")


class Negative(Film):
    """A film in the colours of its negative."""

    def __init__(self, film: Film) -> None:
        self.film = film
        self.width, self.height, self.duration, self.rate = film.width, film.height, film.duration, film.rate

    def frames(self, rate: float | None = None, longer_side: int | None = None) -> Iterator[Frame]:
        for frame in self.film.frames(rate, longer_side):
            yield Frame(frame.time, 255 - frame.pixels)


class ReelInput(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    clip: Film = Field(title="Clip")
    loud: bool = Field(default=False, title="Loud")


class ReelOutput(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    mood: Axis = Field(title="Mood", json_schema_extra={"x-names": {"horizontal": "calm"}})
    pictures: int = Field(title="Pictures")
    cuts: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = Field(
        title="Cuts", json_schema_extra={"x-columns": ["From, s", "To, s"]}
    )
    light: Chart | None = Field(title="Light", description="How light each picture is.")
    film: Film | None = Field(title="Negative")


class Reel(Predictor[ReelInput, ReelOutput]):
    """Looks at a film and gives its negative."""

    name, title, version, queue = "reel", "Reel", "1", "cpu-video"
    Input, Output = ReelInput, ReelOutput

    def predict(self, input: ReelInput, progress: Progress) -> ReelOutput:
        times, light = [], []
        for frame in input.clip.frames(rate=5):
            progress(frame.time / input.clip.duration, "watching")
            times.append(frame.time)
            light.append(float(frame.pixels.mean()))
        if max(light) < 8:
            raise PredictorError("There is no light in this film.")
        return ReelOutput(
            mood=Axis.HORIZONTAL,
            pictures=len(times),
            cuts=[[0.5, 1.3]],
            light=Chart(x=times, y=light, spans=[[0.5, 1.3]], x_title="Seconds", y_title="Light"),
            film=Negative(input.clip),
        )


ALL: dict[str, Any] = {"mirror": Mirror, "slow": Slow, "reel": Reel}
