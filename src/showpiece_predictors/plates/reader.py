"""The plate reader of our own: a straightened plate in, log probabilities of blank and 0-9A-Z along it out.

The body is the recogniser of PP-OCRv6 small (Apache-2.0) cut before its last layer, in memory; the head,
`reader.onnx`, was trained by us on rendered plates (docs/models/plates-reader.md). Unlike a recogniser of text lines it
takes the whole plate, at one size whatever the plate's shape, and passes over what is not the number: names of states
and towns, slogans, stickers.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from showpiece_predictors.onnx import session

from .cut import cut

if TYPE_CHECKING:
    from .ctc import Array

#: The size of a crop, in pixels, to which a plate is stretched; and of its output, in steps.
HEIGHT, WIDTH = 48, 192
STEPS = WIDTH // 4
#: The inner values of the recogniser that the head reads: the end of the backbone, (n, 384, 3, STEPS), and what the
#: neck makes of it for the recogniser's own last layer, (n, 120, STEPS / 2).
INNER = ("p2o.pd_op.add.64.0", "p2o.pd_op.squeeze.0.0")
HEAD = Path(__file__).with_name("reader.onnx")
#: Crops read at once: more keeps memory up and is no faster on one thread.
BATCH = 4


@dataclass(frozen=True)
class Seen:
    """What the reader saw in one crop, as log probabilities."""

    #: (STEPS, 37): blank, 0-9, A-Z.
    characters: Array
    #: (6,): `grammar.REGIONS`.
    regions: Array


class PlateReader:
    """Reads plates. Thread-safe."""

    def __init__(self, body: Path, head: Path = HEAD) -> None:
        """`body` is PP-OCRv6's small recogniser; raises ValueError if it is another model."""
        self._body = session(cut(body.read_bytes(), *INNER))
        self._head = session(head)

    def __call__(self, crops: npt.NDArray[np.uint8]) -> list[Seen]:
        """What is seen in RGB crops, (n, HEIGHT, WIDTH, 3). Raises ValueError for another shape."""
        if crops.ndim != 4 or crops.shape[1:] != (HEIGHT, WIDTH, 3):
            raise ValueError(f"crops must be (n, {HEIGHT}, {WIDTH}, 3), not {crops.shape}")
        out: list[Seen] = []
        for start in range(0, len(crops), BATCH):
            pixels = crops[start : start + BATCH, :, :, ::-1].astype(np.float32) / 127.5 - 1.0  # trained on BGR
            backbone, neck = self._body.run(None, {"x": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))})
            characters, regions = self._head.run(None, {"backbone": backbone, "neck": neck})
            out += [Seen(seen, region) for seen, region in zip(characters, regions, strict=True)]
        return out
