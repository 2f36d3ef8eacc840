"""Measure the plate detector on drawn scenes that it was not trained on, by the plates' width and tilt.

    python -m tools.plates.measure_scenes detector.onnx --fonts FOLDER --photos FOLDER

Scenes are 640 x 480 pixels with plates of 20 to 450 pixels. This tells what the detector can do at all, and where it
ends; how well that carries over to photos, `measure_detector.py` tells.
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path

import numpy as np
import onnxruntime as ort

from showpiece_predictors.plates.detect import boxes_of, find_plates, overlap
from tools.plates import scene

SEED = 900_000  # far from those of training
WIDTHS = (20, 30, 45, 70, 110, 170, 260, 450)
TILTS = (0, 5, 15, 25, 40)  # degrees
SCORE = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--count", type=int, default=150)
    args = parser.parse_args()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(str(args.model), options, providers=["CPUExecutionProvider"])
    scene.LARGEST = WIDTHS[-1]
    maker = scene.studio(SEED, args.fonts, args.photos)
    rows = []  # width, tilt, found, error of the corners in shares of the plate's height
    false = 0
    for _ in range(args.count):
        one = maker.scene(640, 480)
        found = [plate for plate in find_plates(session, one.image, SCORE) if plate.score >= SCORE]
        quads = np.array([plate.quad for plate in found], np.float32).reshape(-1, 4, 2)
        boxes = boxes_of(quads)
        hit = np.zeros(len(quads), bool)
        for quad in one.quads:
            box = boxes_of(quad[None])[0]
            shared, areas = overlap(box, boxes)
            ratio = shared / (areas + np.prod(box[2:] - box[:2]) - shared)
            across, down = quad[1] - quad[0], quad[3] - quad[0]
            best = int(ratio.argmax()) if len(ratio) else -1
            good = best >= 0 and ratio[best] >= 0.3
            off = np.linalg.norm(quads[best] - quad, axis=1).mean() / np.linalg.norm(down) if good else np.nan
            rows.append((np.linalg.norm(across), np.degrees(abs(np.arctan2(across[1], across[0]))), good, off))
            hit |= ratio > 0.1
        for quad in one.ignore:
            hit |= overlap(boxes_of(quad[None])[0], boxes)[0] > 0
        false += int((~hit).sum())
    table = np.array(rows)
    for title, column, edges in (("width in pixels", 0, WIDTHS), ("tilt in degrees", 1, TILTS)):
        print(f"{title:16} plates  recall  corners off by (share of the height, median)")
        for low, high in itertools.pairwise(edges):
            part = table[(table[:, column] >= low) & (table[:, column] < high)]
            if len(part):
                print(f"{low:6} to {high:<6} {len(part):6}  {part[:, 2].mean():6.3f}  {np.nanmedian(part[:, 3]):.3f}")
    print(f"all: {len(table)} plates, recall {table[:, 2].mean():.3f}; {false / args.count:.3f} false plates a scene")


if __name__ == "__main__":
    main()
