"""The faces predictor: accuracy on labelled photos, CPU time a photo, cold start, memory, cost of safe decoding.

`./run bench faces [--no-accuracy]`. CPU times are of one thread, in milliseconds, as medians. The labelled photos are
no part of the project: SHOWPIECE_DATA names their folder (default: `shared/data` beside the clone).
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from showpiece_predictors import Picture, media, media_client, weights
from showpiece_predictors.faces import Faces, FacesInput
from showpiece_predictors.faces.detect import Detection
from showpiece_predictors.faces.pipeline import Pipeline
from showpiece_predictors.faces.schema import GROWN, SURE

ROOT = Path(__file__).resolve().parents[1]
COLD = (
    "import sys, time; from pathlib import Path; from showpiece_predictors import get, media;"
    "cls = get('faces'); faces = cls(); faces.setup(Path(sys.argv[1]));"
    "faces.predict(cls.Input(image=media.read_clean_image(Path(sys.argv[2]))), lambda fraction, stage: None);"
    "print(time.process_time())"
)


def row(name: str, value: str, note: str = "") -> None:
    print(f"  {name:<44}{value:>12}  {note}".rstrip(), flush=True)


def cpu_ms(action: Callable[[], object], times: int) -> float:
    """Median CPU milliseconds of this process, after one call that does not count."""
    action()
    taken = []
    for _ in range(times):
        start = time.process_time()
        action()
        taken.append(time.process_time() - start)
    return statistics.median(taken) * 1000


def service_seconds() -> float:
    """CPU that the image service and its children that ended have used."""
    stat = Path(f"/proc/{media_client.pid()}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def both_ms(action: Callable[[], object], times: int = 60) -> tuple[float, float]:
    """Median wall and mean CPU milliseconds, the image service's included."""
    action()
    media_client.start()
    walls = []
    start = time.process_time() + service_seconds()
    for _ in range(times):
        began = time.perf_counter()
        action()
        walls.append(time.perf_counter() - began)
    time.sleep(0.05)  # the last child is still being reaped
    used = time.process_time() + service_seconds() - start
    return statistics.median(walls) * 1000, used / times * 1000


def middle(label: str) -> float:
    """Years of a label: "31", "30-39" (its middle) or "70+" (75)."""
    if label.endswith("+"):
        return float(label[:-1]) + 5
    return statistics.mean(int(part) for part in label.split("-"))


def iou(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes: left, top, right, bottom."""
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(wide, 0) * max(high, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def accuracy(pipeline: Pipeline, folder: Path) -> None:
    """Age and sex of the main face of each single photo, and all faces of the group photos."""
    with (folder / "labels.csv").open() as file:
        labels = list(csv.DictReader(file))
    for kind in ("aligned", "wild"):
        errors, right, said, none = [], [], [], 0
        for label in labels:
            if not label["file"].startswith(f"{kind}/"):
                continue
            image = Image.open(folder / label["file"]).convert("RGB")
            found = pipeline._detect(image)
            if not found:
                none += 1
                continue
            guess = pipeline._estimate(image, [max(found, key=lambda face: face.size * face.confidence)])[0]
            errors.append(abs(guess.age - middle(label["age"])))
            hit = (guess.male >= 0.5) == (label["sex"] == "male")
            right.append(hit)
            if guess.age >= GROWN and max(guess.male, 1 - guess.male) >= SURE:
                said.append(hit)
        note = f"{len(errors)} photos, {none} without a face found"
        row(f"{kind}: age, mean absolute error", f"{statistics.mean(errors):.2f} y", note)
        within = statistics.mean(error <= 8 for error in errors)
        row(f"{kind}: age within the range shown", f"{within:.3f}")
        row(f"{kind}: sex, all", f"{statistics.mean(right):.3f}")
        row(f"{kind}: sex, where it is said", f"{statistics.mean(said):.3f}", f"{len(said) / len(right):.0%} of faces")
    hits = total = false = 0
    for label in labels:
        if not label["file"].startswith("groups/"):
            continue
        found = pipeline._detect(Image.open(folder / label["file"]).convert("RGB"))
        boxes = [[float(edge) for edge in box.split("/")] for box in label["boxes_x1/y1/x2/y2"].split()]
        matched = match(found, boxes)
        hits, total, false = hits + matched, total + len(boxes), false + len(found) - matched
    row("groups: faces found", f"{hits}/{total}", f"{false} false boxes")


def match(found: list[Detection], boxes: list[list[float]]) -> int:
    """How many labelled boxes have a found one of their own (intersection over union above 0.3)."""
    free = list(found)
    matched = 0
    for box in boxes:
        best = max(free, key=lambda face: iou(face.box, box), default=None)
        if best is not None and iou(best.box, box) > 0.3:
            free.remove(best)
            matched += 1
    return matched


def sample() -> Path:
    return Path(str(files("showpiece_predictors.faces").joinpath("sample.jpg")))


def photos() -> dict[str, Image.Image]:
    """About a megapixel each, made of the one portrait that we may ship."""
    portrait = Image.open(sample()).convert("RGB")
    head = portrait.crop((130, 10, 320, 230))
    made = {"1 face": portrait.resize((1024, 1024), Image.Resampling.LANCZOS)}
    for columns, rows in ((3, 2), (11, 7)):
        tile = head.resize((1155 // columns, 900 // rows), Image.Resampling.LANCZOS)
        wall = Image.new("RGB", (tile.width * columns, tile.height * rows))
        for n in range(columns * rows):
            wall.paste(tile, (n % columns * tile.width, n // columns * tile.height))
        made[f"{columns * rows} faces"] = wall
    return made


def speed(faces: Faces) -> None:
    for name, photo in photos().items():
        given = FacesInput(image=Picture(np.asarray(photo)))
        count = len(faces.predict(given, lambda fraction, stage: None).faces)
        taken = cpu_ms(lambda given=given: faces.predict(given, lambda fraction, stage: None), 5)  # type: ignore[misc]
        row(f"{name}, {photo.width} x {photo.height}", f"{taken:.0f} ms", f"{count} found")


def cold(models: Path) -> None:
    command = [sys.executable, "-c", COLD, str(models), str(sample())]
    runs = [
        float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]) for _ in range(3)
    ]
    row("cold: start, load, first photo", f"{statistics.median(runs):.2f} s", "CPU, a fresh process, weights in place")


def decoding() -> None:
    file = io.BytesIO()
    photos()["1 face"].save(file, "JPEG", quality=92)
    data = file.getvalue()
    small = media.encode_image(Picture(np.zeros((16, 16, 3), np.uint8))).data
    for name, action in (
        ("plain decode, 1 megapixel", lambda: media.read_clean_image(data)),
        ("safe decode (limited child)", lambda: media.read_image(data)),
        ("plain decode and encode", lambda: media.encode_image(media.read_clean_image(data), quality=95)),
        ("clean_image (safe decode, then encode)", lambda: media.clean_image(data)),
        ("safe decode of 16 x 16 pixels", lambda: media.read_image(small)),
    ):
        wall, cpu = both_ms(action)
        row(name, f"{cpu:.1f} ms", f"CPU; {wall:.1f} ms wall")
    rollup = Path(f"/proc/{media_client.pid()}/smaps_rollup")
    if rollup.exists():
        pss = next(int(line.split()[1]) for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
        row("the service that forks the children", f"{pss / 1024:.0f} MB", "PSS")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("run bench faces")
    parser.add_argument("--no-accuracy", action="store_true", help="leave out the labelled photos, which take a minute")
    arguments, _ = parser.parse_known_args(list(argv))
    models = weights.models_directory()
    weights.ensure(Faces.weights, models, print)
    faces = Faces()
    faces.setup(models)
    speed(faces)
    row(
        "peak memory of this process so far",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB",
        "RSS",
    )
    cold(models)
    decoding()
    data = Path(os.environ.get("SHOWPIECE_DATA") or ROOT.parent / "shared" / "data") / "faces"
    if not (data / "labels.csv").exists():
        print(f"  no labelled photos in {data}: accuracy was not measured")
    elif not arguments.no_accuracy and faces._pipeline is not None:
        accuracy(faces._pipeline, data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
