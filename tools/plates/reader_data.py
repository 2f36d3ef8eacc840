"""Rendered crops for the reader, written to flat files: `python -m tools.plates.reader_data FOLDER COUNT SEED`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.plates import degrade, render

#: The reader's input: height and width in px, whatever the plate's own aspect.
SHAPE = (48, 192)
WHOLE = (0.0, 0.0, 1.0, 1.0)
#: Share of each group: more of the Americas than on the roads, for those differ most and are hardest to read.
SHARES = {"us": 0.5, "eu": 0.16, "ru": 0.12, "br": 0.11, "ua": 0.03, "near": 0.03, "xx": 0.05}


def examples(rng: np.random.Generator) -> Iterator[tuple[NDArray[np.uint8], dict[str, object]]]:
    """Endless crops with their labels: the whole plate, or the line of its number with some slack.

    One drawing is photographed twice and a photo cut once or twice, for a drawing costs more than a photo.
    """
    names, shares = list(SHARES), np.array(list(SHARES.values()))
    while True:
        plate = render.draw(rng, names[rng.choice(len(names), p=shares)])
        share = min(line.box[3] - line.box[1] for line in plate.lines)
        for _ in range(2):
            height = float(np.exp(rng.uniform(np.log(9), np.log(55)))) / share
            tilt = 2.0 if rng.random() < 0.15 else 1.0
            photo = degrade.photograph(rng, degrade.wear(rng, plate.image), height, tilt)
            parts: list[tuple[str, tuple[float, float, float, float], str]] = []
            if len(plate.lines) == 1 and rng.random() < 0.75:
                parts.append((plate.text, WHOLE, "whole"))
            if not parts or rng.random() < 0.5:
                line = plate.lines[rng.integers(len(plate.lines))]
                x0, y0, x1, y1 = line.box
                side, up = rng.uniform(0.0, 0.06) * (x1 - x0) + 0.01, rng.uniform(0.05, 0.3, 2) * (y1 - y0)
                # Of a single line, all the plate's width may be in the crop: a detector of plates knows the sides best.
                if len(plate.lines) == 1 and rng.random() < 0.6:
                    x0, x1, side = 0.0, 1.0, 0.0
                parts.append((line.text, (x0 - side, y0 - up[0], x1 + side, y1 + up[1]), "line"))
            for text, part, kind in parts:
                yield (
                    degrade.crop(rng, photo, part, SHAPE),
                    {"text": text, "region": plate.region, "part": kind, "px": round(height * share, 1)},
                )


def main(folder: Path, count: int, seed: int) -> None:
    """Write `count` crops to crops.npy and their labels to labels.jsonl."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    crops = np.lib.format.open_memmap(folder / "crops.npy", "w+", np.uint8, (count, *SHAPE, 3))
    with (folder / "labels.jsonl").open("w") as labels:
        for i, (crop, label) in zip(range(count), examples(np.random.default_rng(seed)), strict=False):
            crops[i] = crop
            labels.write(json.dumps(label) + "\n")
            if i % 1000 == 999:
                labels.flush()
    crops.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
