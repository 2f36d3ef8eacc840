"""Measure the plate detector on labelled photos, and what it finds on photos without a plate.

    python -m tools.plates.measure_detector detector.onnx --labels FOLDER/labels.csv --without FOLDER --out misses

Labels: file, region, text, boxes x/y/w/h with `;` between several. Recall: labelled boxes that share at least 0.3 of
their union with the box of a plate found. False: plates that share under a tenth of their own area with any label.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image, ImageDraw, ImageOps

from showpiece_predictors.plates.detect import Outline, boxes_of, find_plates, overlap

LONGEST = 1600  # pixels: larger photos are shrunk to this first, as the demo does
SCORES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def opened(path: Path) -> tuple[np.ndarray, float]:
    """An upright RGB image of at most LONGEST pixels, and by how much it was shrunk."""
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    scale = min(1.0, LONGEST / max(image.size))
    if scale < 1:
        image = image.resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR, reducing_gap=2.0
        )
    return np.asarray(image), scale


def judged(found: list[Outline], labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each label (N, 4: corners) the best intersection over union; for each plate found whether it is false."""
    boxes = boxes_of(np.array([one.quad for one in found], np.float32).reshape(-1, 4, 2))
    best, false = np.zeros(len(labels)), np.ones(len(boxes), bool)
    for i, label in enumerate(labels):
        shared, areas = overlap(label, boxes)
        union = areas + np.prod(label[2:] - label[:2]) - shared
        best[i] = (shared / union).max(initial=0)
        false &= shared < 0.1 * areas
    return best, false


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--without", type=Path, help="a folder of photos without a plate")
    parser.add_argument("--out", type=Path, help="a folder for pictures of what was missed or false")
    args = parser.parse_args()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    session = ort.InferenceSession(str(args.model), options, providers=["CPUExecutionProvider"])
    hits: dict[str, list[tuple[float, float]]] = defaultdict(list)
    false_scores: list[float] = []
    spent = []
    with args.labels.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        image, scale = opened(args.labels.parent / row["file"])
        start = time.process_time()
        found = find_plates(session, image, SCORES[0])
        spent.append(time.process_time() - start)
        labels = (
            np.array([[float(v) for v in box.split("/")] for box in row["boxes_x/y/w/h"].split(";")], np.float32)
            * scale
        )
        labels[:, 2:] += labels[:, :2]
        best, false = judged(found, labels)
        reached = []
        for i in range(len(labels)):
            able = [one.score for one in found if judged([one], labels[i : i + 1])[0][0] >= 0.3]
            reached.append(max(able, default=0.0))
            hits[row["region"]].append((best[i], reached[-1]))
        false_scores += [one.score for one, bad in zip(found, false, strict=True) if bad]
        if args.out and (
            min(reached) < 0.5 or any(one.score > 0.5 for one, bad in zip(found, false, strict=True) if bad)
        ):
            args.out.mkdir(parents=True, exist_ok=True)
            show(image, found, labels).save(args.out / f"{Path(row['file']).stem}.jpg")
    total = [one for region in hits.values() for one in region]
    print("region   plates  mean IoU   recall at score " + "  ".join(f"{s:.1f} " for s in SCORES))
    for region, pairs in [*sorted(hits.items()), ("all", total)]:
        recall = "  ".join(f"{np.mean([score >= s for _, score in pairs]):.3f}"[:5] for s in SCORES)
        iou = np.mean([iou for iou, _ in pairs if iou >= 0.3])
        print(f"{region:8} {len(pairs):6}  {iou:8.2f}   {'':15} {recall}")
    counts = "  ".join(f"{sum(score >= s for score in false_scores) / len(rows):.3f}"[:5] for s in SCORES)
    print(f"false plates a photo                       {counts}")
    times = np.array(spent) * 1e3
    print(f"CPU ms a photo: median {np.median(times):.0f}, mean {np.mean(times):.0f}, largest {max(times):.0f}")
    if args.without:
        paths = [p for p in sorted(args.without.rglob("*")) if p.suffix.lower() in {".jpg", ".jpeg", ".png"}]
        tops, spent = [], []
        for path in paths:
            image, _ = opened(path)
            start = time.process_time()
            found = find_plates(session, image, SCORES[0])
            spent.append(time.process_time() - start)
            tops.append(max((one.score for one in found), default=0.0))
            if args.out and tops[-1] > 0.4:
                show(image, found, np.zeros((0, 4))).save(args.out / f"without-{path.stem}.jpg")
        shares = "  ".join(f"{np.mean([top >= s for top in tops]):.3f}"[:5] for s in SCORES)
        print(f"{len(paths):4} photos without a plate: share with one  {shares}")
        print(f"CPU ms a photo: median {np.median(spent) * 1e3:.0f}, mean {np.mean(spent) * 1e3:.0f}")


def show(image: np.ndarray, found: list[Outline], labels: np.ndarray) -> Image.Image:
    picture = Image.fromarray(image)
    draw = ImageDraw.Draw(picture)
    for label in labels:
        draw.rectangle(tuple(map(float, label)), outline=(0, 255, 0), width=2)
    for one in found:
        draw.polygon([tuple(map(float, p)) for p in one.quad], outline=(255, 0, 0), width=2)
        draw.text(tuple(map(float, one.quad[3])), f"{one.score:.2f}", fill=(255, 0, 0))
    picture.thumbnail((640, 640))
    return picture


if __name__ == "__main__":
    main()
