"""A second opinion on lines of text: the PP-OCRv6 small recogniser as it is, asked where our own reader has doubts.

Straight strips go in; log probabilities of blank and 0-9A-Z at each step come out.

The network knows 18,708 characters. Those that a plate may show are folded to digits and capital Latin letters, and the
rest of the probability (other scripts, dots, hyphens, spaces) counts as blank.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PIL import Image

from showpiece_predictors.onnx import session

from .ctc import BLANK, CLASSES, INDEX
from .cyrillic import TO_LATIN
from .geometry import Array as Quad
from .geometry import grown, size, straightened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .ctc import Array

HEIGHT = 48
#: Strips are padded on the right to a multiple of this, so that few shapes occur.
STEP = 32
#: The widest strip, in pixels at HEIGHT: a plate's line is seldom longer than eight times its height.
WIDEST = 480
NARROWEST = 48
#: Strips read at once: more keeps memory up and is no faster on one thread.
BATCH = 4
LEAST = 1e-9


def folded(character: str) -> str:
    """The plate character that `character` stands for: 0-9, A-Z, or nothing."""
    plain = unicodedata.normalize("NFKC", character).upper().translate(TO_LATIN)
    return plain if plain in INDEX else ""


def strip(image: Image.Image, quad: Quad, margin: float) -> Image.Image:
    """The text in `quad` as the reader wants it: HEIGHT pixels high, with a margin in shares of the line's height."""
    wide = grown(quad, margin, margin, margin, margin)
    width, height = size(wide)
    return straightened(image, wide, int(np.clip(round(HEIGHT * width / max(height, 1e-6)), NARROWEST, WIDEST)), HEIGHT)


class LineReader:
    """Reads strips. Thread-safe."""

    def __init__(self, model: Path) -> None:
        self._session = session(model)
        names = self._session.get_modelmeta().custom_metadata_map.get("character", "").split("\n")
        # Class 0 is CTC's blank, the last one the space that the list does not name.
        targets = [(number, INDEX[plain]) for number, name in enumerate(names, 1) if (plain := folded(name))]
        if len({target for _, target in targets}) != CLASSES - 1:
            raise ValueError(f"{model.name} is not the recogniser that this code knows")
        self._classes = np.array([number for number, _ in targets])
        self._fold = np.zeros((len(targets), CLASSES), np.float32)
        self._fold[np.arange(len(targets)), [target for _, target in targets]] = 1

    def __call__(self, strips: Sequence[Image.Image]) -> list[Array]:
        """Each RGB strip, HEIGHT pixels high, to (steps, 37) log probabilities; a step is about 8 pixels wide."""
        out: list[Array] = [np.zeros((0, CLASSES), np.float32)] * len(strips)
        order = sorted(range(len(strips)), key=lambda n: strips[n].width)
        for start in range(0, len(order), BATCH):
            members = order[start : start + BATCH]
            widest = -(-max(strips[n].width for n in members) // STEP) * STEP
            batch = np.zeros((len(members), 3, HEIGHT, widest), np.float32)
            for row, n in enumerate(members):
                pixels = np.asarray(strips[n], np.float32)[:, :, ::-1] / 127.5 - 1.0  # trained on BGR
                batch[row, :, :, : strips[n].width] = pixels.transpose(2, 0, 1)
            probabilities = self._session.run(None, {"x": batch})[0]
            for row, n in enumerate(members):
                steps = -(-strips[n].width * probabilities.shape[1] // widest)
                out[n] = self._folded(probabilities[row, :steps])
        return out

    def _folded(self, probabilities: npt.NDArray[np.float32]) -> Array:
        plain = probabilities[:, self._classes] @ self._fold
        plain[:, BLANK] = np.clip(1 - plain.sum(axis=1), 0, 1)
        logs: Array = np.log(np.maximum(plain, LEAST)).astype(np.float32)
        return logs
