"""Small real predictors: what the demos do must hold for any of them."""

import threading
import time
from enum import StrEnum
from typing import Any

import numpy as np
from pydantic import BaseModel, Field

from showpiece_predictors import Picture, Predictor, PredictorError, Progress


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


ALL: dict[str, Any] = {"mirror": Mirror, "slow": Slow}
