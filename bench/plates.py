"""The plates predictor: readings of labelled photos and of drawn plates, invented plates, time, memory, cold start.

`./run bench plates [--no-drawn] [--no-accuracy] [--no-invented] [--without FOLDER]… [--every N] [--wrong]`.

Times are CPU times of the process, as medians. The labelled photos are no part of the project: SHOWPIECE_DATA names
the folder that holds them (in `plates`) and photos of faces, which show no plate (default: `shared/data` beside the
clone). `--no-accuracy` leaves out both, `--no-invented` the faces alone; what `--without` names is always measured.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from showpiece_predictors import Picture, weights
from showpiece_predictors.plates import Plate, Plates, PlatesInput
from tests.predictors import plate_photos

ROOT = Path(__file__).resolve().parents[1]
COLD = (
    "import sys, time; from pathlib import Path; from showpiece_predictors import get, media;"
    "cls = get('plates'); plates = cls(); plates.setup(Path(sys.argv[1]));"
    "plates.predict(cls.Input(image=media.read_clean_image(Path(sys.argv[2]))), lambda fraction, stage: None);"
    "print(time.process_time())"
)
PICTURES = {".jpg", ".jpeg", ".png", ".webp"}
FAULTS: dict[str, dict[str, object]] = {
    "straight on": {},
    "tilted by 14 degrees": {"tilt": 14.0},
    "from the side": {"turn": 0.25},
    "at night": {"night": True},
    "80 pixels wide": {"width": 440},
    "out of focus": {"blur": 0.8},
}
#: Characters that many plates draw alike, for the tolerant count.
TWINS = str.maketrans("OI", "01")


def row(name: str, value: str, note: str = "") -> None:
    print(f"  {name:<44}{value:>12}  {note}".rstrip(), flush=True)


@dataclass(frozen=True)
class Labelled:
    """A photo with the texts of its plates ("?" where one cannot be read) and their boxes: left, top, width, height."""

    path: Path
    group: str
    texts: list[str]
    boxes: list[tuple[float, float, float, float]]


def labelled(folder: Path) -> Iterator[Labelled]:
    with (folder / "labels.csv").open() as file:
        for label in csv.DictReader(file):
            boxes = [tuple(map(float, box.split("/"))) for box in label["boxes_x/y/w/h"].split(";") if box]
            yield Labelled(folder / label["file"], label["region"], label["text"].split(";"), boxes)  # type: ignore[arg-type]


def distance(a: str, b: str) -> int:
    """Levenshtein's edit distance."""
    before = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        now = [i]
        for j, other in enumerate(b, 1):
            now.append(min(before[j] + 1, now[-1] + 1, before[j - 1] + (one != other)))
        before = now
    return before[-1]


def touches(plate: Plate, box: Sequence[float]) -> bool:
    """Whether the two upright boxes share a tenth or more of their union."""
    x, y, w, h = plate.box
    left, top, wide, high = box
    shared = max(0, min(x + w, left + wide) - max(x, left)) * max(0, min(y + h, top + high) - max(y, top))
    return shared >= 0.1 * (w * h + wide * high - shared)


@dataclass
class Count:
    """Sums over the photos of one group."""

    photos: int = 0
    plates: int = 0
    found: int = 0
    exact: int = 0
    tolerant: int = 0
    edits: int = 0
    characters: int = 0
    first: int = 0


def look(plates: Plates, path: Path) -> tuple[list[Plate], float]:
    """The plates of a photo and the CPU milliseconds they took, decoding left out."""
    pixels = np.asarray(Image.open(path).convert("RGB"))
    start = time.process_time()
    output = plates.predict(PlatesInput(image=Picture(pixels)), lambda fraction, stage: None)
    return output.plates, (time.process_time() - start) * 1000


def accuracy(plates: Plates, photos: Sequence[Labelled], *, wrong: bool) -> None:
    """Each labelled plate against the found one that lies on it, and how often the surest one has a labelled text."""
    counts: dict[str, Count] = defaultdict(Count)
    taken: list[float] = []
    for photo in photos:
        found, milliseconds = look(plates, photo.path)
        taken.append(milliseconds)
        count = counts[photo.group]
        count.photos += 1
        count.first += bool(found) and found[0].text in photo.texts
        for text, box in zip(photo.texts, photo.boxes, strict=False):
            if text == "?":
                continue
            here = [plate for plate in found if touches(plate, box)]
            read = next((plate.text for plate in here if plate.text), "") or ""
            count.plates += 1
            count.found += bool(here)
            count.exact += read == text
            count.tolerant += read.translate(TWINS) == text.translate(TWINS)
            count.edits += distance(read, text)
            count.characters += len(text)
            if wrong and read != text:
                said = here[0] if here else None
                print(
                    f"    {photo.path.name}: {text} read as {read or '-'}",
                    said and (said.confidence, said.alternatives),
                )
    for group, count in counts.items():
        row(f"{group}: plates found", f"{count.found}/{count.plates}", f"{count.photos} photos")
        row(f"{group}: whole text right", f"{count.exact / count.plates:.3f}", f"{count.exact}/{count.plates}")
        row(f"{group}: right if O = 0 and I = 1", f"{count.tolerant / count.plates:.3f}")
        row(f"{group}: right as the surest of the photo", f"{count.first / count.photos:.3f}")
        row(f"{group}: character error rate", f"{count.edits / count.characters:.4f}")
    row("CPU a photo, median", f"{statistics.median(taken):.0f} ms", f"9 of 10 under {np.quantile(taken, 0.9):.0f} ms")


def drawn(plates: Plates, *, wrong: bool) -> None:
    """Plates drawn by our own generator with random texts, on a rendered car, under the faults of a camera."""
    taken: list[float] = []
    for name, fault in FAULTS.items():
        shots = [plate_photos.photo(flat, seed=n, **fault) for n, flat in enumerate(plate_photos.flats())]  # type: ignore[arg-type]
        exact = edits = characters = 0
        for shot in shots:
            start = time.process_time()
            output = plates.predict(PlatesInput(image=Picture(np.asarray(shot.image))), lambda fraction, stage: None)
            taken.append((time.process_time() - start) * 1000)
            low, high = shot.quad.min(axis=0), shot.quad.max(axis=0)
            box = (*low.tolist(), *(high - low).tolist())
            read = next((plate.text for plate in output.plates if plate.text and touches(plate, box)), "") or ""
            exact += read == shot.flat.text
            edits += distance(read, shot.flat.text)
            characters += len(shot.flat.text)
            if wrong and read != shot.flat.text:
                print(f"    {name}: {shot.flat.region} {shot.flat.text} read as {read or '-'}")
        row(f"drawn plates, {name}", f"{exact}/{len(shots)}", f"character error rate {edits / characters:.3f}")
    row("drawn plates: CPU, median", f"{statistics.median(taken):.0f} ms", "0.4 megapixels")


def invented(plates: Plates, folders: Sequence[Path], *, wrong: bool) -> None:
    """Plates said to be in photos that have none."""
    paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURES]
    if not paths:
        return
    bad, taken = 0, []
    for path in paths:
        found, milliseconds = look(plates, path)
        taken.append(milliseconds)
        bad += bool(found)
        if wrong and found:
            print(f"    {path}: {[(plate.text, plate.confidence) for plate in found]}")
    row("photos without a plate: a plate invented", f"{bad}/{len(paths)}", ", ".join(folder.name for folder in folders))
    row("photos without a plate: CPU, median", f"{statistics.median(taken):.0f} ms")


def sample() -> Path:
    return Path(str(files("showpiece_predictors.plates").joinpath("sample.jpg")))


def cold(models: Path) -> None:
    command = [sys.executable, "-c", COLD, str(models), str(sample())]
    runs = [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]) for _ in range(3)
    ]
    row("cold: start, load, first photo", f"{statistics.median(runs):.2f} s", "CPU, a fresh process, weights in place")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("run bench plates")
    parser.add_argument("--no-accuracy", action="store_true", help="leave out the labelled photos, which take a minute")
    parser.add_argument("--without", type=Path, action="append", default=[], help="a folder of photos without a plate")
    parser.add_argument("--wrong", action="store_true", help="name each photo that was read wrong")
    parser.add_argument("--no-drawn", action="store_true", help="leave out the drawn plates")
    parser.add_argument("--no-invented", action="store_true", help="leave out the photos without a plate")
    parser.add_argument("--every", type=int, default=1, help="take only every n-th photo")
    arguments, _ = parser.parse_known_args(list(argv))
    models = weights.models_directory()
    weights.ensure(Plates.weights, models, print)
    plates = Plates()
    plates.setup(models)
    if not arguments.no_drawn:
        drawn(plates, wrong=arguments.wrong)
    data = Path(os.environ.get("SHOWPIECE_DATA") or ROOT.parent / "shared" / "data")
    without = list(arguments.without)
    if not (data / "plates" / "labels.csv").exists():
        print(f"  no labelled photos in {data / 'plates'}: accuracy on photos was not measured")
    elif not arguments.no_accuracy:
        accuracy(plates, list(labelled(data / "plates"))[:: arguments.every], wrong=arguments.wrong)
        without += [] if arguments.no_invented else [data / "faces" / "groups", data / "faces" / "wild"]
    invented(plates, [folder for folder in without if folder.is_dir()], wrong=arguments.wrong)
    row("peak memory of this process", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", "RSS")
    if sample().exists():
        cold(models)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
