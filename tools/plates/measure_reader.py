"""Measure what each part of reading is worth: `python -m tools.plates.measure_reader PP-OCRv6_rec_small.onnx SET...`.

A SET is a folder of rendered crops (`reader_data.py`; the last 600 are read, `FOLDER:COUNT` asks for another number) or
a `labels.csv` of photos with boxes (file, region, text, boxes x/y/w/h). Prints exact readings, and in brackets those
where O counts as 0 and I as 1, by region.
"""

from __future__ import annotations

import csv
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from showpiece_predictors.plates import ctc, decode
from showpiece_predictors.plates.reader import HEIGHT, WIDTH, PlateReader, Seen
from tools.plates.train_reader import REGIONS, TWINS, group, pixels, session

#: Cyrillic capitals that look like Latin ones.
LOOKALIKES = dict(zip("АВЕКМНОРСТУХІ", "ABEKMHOPCTYXI", strict=True))  # noqa: RUF001
#: Around a labelled box: shares of its width and height.
MARGIN = (0.02, 0.03)


@dataclass(frozen=True)
class Case:
    """A crop (48, 192, 3) with its text and region."""

    crop: NDArray[np.uint8]
    text: str
    region: str


def rendered(folder: Path, count: int) -> Iterator[Case]:
    """The last crops of a set: `train_reader.py` does not train on them if the set is its last."""
    labels = (folder / "labels.jsonl").read_text().splitlines()
    crops = np.load(folder / "crops.npy", mmap_mode="r")
    for at in range(max(0, len(labels) - count), len(labels)):
        label = json.loads(labels[at])
        yield Case(np.array(crops[at]), label["text"], REGIONS[group(label["region"])])


def photos(table: Path) -> Iterator[Case]:
    """Every readable labelled box, stretched to the reader's size."""
    for row in csv.DictReader(table.open()):
        image = cv2.imread(str(table.parent / row["file"]))
        boxes = row["boxes_x/y/w/h"].split(";")
        for text, box in zip(row["text"].split(";"), boxes, strict=True):
            if "?" in text:
                continue
            x, y, w, h = (float(v) for v in box.split("/"))
            corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * [1 + 2 * MARGIN[0], 1 + 2 * MARGIN[1]] - MARGIN
            quad = (corners * [w, h] + [x, y]).astype(np.float32)
            scale = min(1.0, HEIGHT / h / 0.75)  # a large plate is shrunk by area first, lest sampling alias
            small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
            to = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
            m = cv2.getPerspectiveTransform(quad * np.float32(scale), to)
            crop = cv2.warpPerspective(small, m, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
            yield Case(np.ascontiguousarray(crop[..., ::-1], np.uint8), text, row["region"])


def stock(model: Path) -> Callable[[NDArray[np.uint8]], ctc.Array]:
    """PP-OCRv6's own last layer, its probabilities folded to blank, 0-9, A-Z."""
    body = session(model.read_bytes())
    names = ["", *body.get_modelmeta().custom_metadata_map["character"].split("\n"), " "]
    fold = np.zeros((len(names), ctc.CLASSES), np.float32)
    for row, name in enumerate(names):
        plain = LOOKALIKES.get(name.upper(), name.upper())
        fold[row, ctc.INDEX.get(plain, ctc.BLANK)] = 1

    def read(crop: NDArray[np.uint8]) -> ctc.Array:
        seen = body.run(None, {"x": pixels(crop[None])})[0][0] @ fold
        return np.log(np.maximum(seen, 1e-9)).astype(np.float32)

    return read


def report(name: str, cases: list[Case], got: list[str]) -> None:
    """One line: exact and, in brackets, alike but for twins, of all, by region."""
    tally: dict[str, list[int]] = {}
    for case, text in zip(cases, got, strict=True):
        for key in (case.region, "all"):
            row = tally.setdefault(key, [0, 0, 0])
            row[0] += text == case.text
            row[1] += text.translate(TWINS) == case.text.translate(TWINS)
            row[2] += 1
    cells = [f"{key} {a / n:.3f} ({b / n:.3f}) of {n}" for key, (a, b, n) in sorted(tally.items())]
    print(f"{name}: {', '.join(cells)}", flush=True)


def best(views: list[ctc.Array], regions: NDArray[np.float32] | None = None) -> str:
    """The text that the decoder puts first."""
    readings = decode.decode(views, regions)
    return readings[0].text if readings else ""


def measure(model: Path, cases: list[Case]) -> None:
    """All rows for one set."""
    plain = stock(model)
    started = time.process_time()
    theirs = [plain(case.crop) for case in cases]
    print(f"stock: {(time.process_time() - started) / len(cases) * 1e3:.1f} CPU ms a crop")
    reader = PlateReader(model)
    started = time.process_time()
    ours: list[Seen] = reader(np.stack([case.crop for case in cases]))
    print(f"ours: {(time.process_time() - started) / len(cases) * 1e3:.1f} CPU ms a crop")
    report("stock, greedy", cases, [ctc.greedy(seen) for seen in theirs])
    report("stock, layouts", cases, [best([seen]) for seen in theirs])
    report("ours, greedy", cases, [ctc.greedy(seen.characters) for seen in ours])
    started = time.process_time()
    report("ours, layouts", cases, [best([seen.characters]) for seen in ours])
    print(f"decoding: {(time.process_time() - started) / len(cases) * 1e3:.1f} CPU ms a crop")
    report("ours, layouts and region", cases, [best([seen.characters], seen.regions) for seen in ours])
    both = [best([a.characters, b], a.regions) for a, b in zip(ours, theirs, strict=True)]
    report("ours and stock, layouts and region", cases, both)
    known = sum(REGIONS[int(seen.regions.argmax())] == case.region for seen, case in zip(ours, cases, strict=True))
    print(f"region by the picture alone: {known / len(cases):.3f}")


if __name__ == "__main__":
    cv2.setNumThreads(1)
    for argument in sys.argv[2:]:
        name, _, number = argument.partition(":")
        print(f"== {Path(name).name}")
        chosen = photos(Path(name)) if name.endswith(".csv") else rendered(Path(name), int(number or 600))
        measure(Path(sys.argv[1]), list(chosen))
