"""Train the plate detector on synthetic scenes, on a CPU.

    python -m tools.plates.train_detector --fonts FOLDER --photos FOLDER --out RUN --minutes 60

One process draws scenes into a ring in shared memory, while this one learns from scenes taken from the ring at random;
so neither waits for the other. Started again with the same `--out`, it goes on where the last checkpoint was.
"""

from __future__ import annotations

import argparse
import copy
import math
import multiprocessing
import os
import time
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from tools.plates.detector_network import CELL, CHANNELS, REACH, Head
from tools.plates.scene import studio

WIDTH, HEIGHT = 256, 192
MOST = 12  # quads kept of one scene
RING = 8000
FRESH = 0.35  # new scenes for each that is learnt from
AHEAD = 1500
BATCH = 16
RATE = 1.5e-3
SETTLE = 0.45  # the last part of the time, over which the rate falls to nothing

Floats = npt.NDArray[np.float32]


class Ring:
    """What the trunk sees in scenes, and where their plates are, in shared memory.

    One process writes and another reads. There is no lock: a torn read spoils one example in many thousand.
    """

    def __init__(self) -> None:
        self._features = [
            multiprocessing.RawArray("H", RING * depth * (HEIGHT >> shift) * (WIDTH >> shift))
            for shift, depth in zip((3, 4, 5), CHANNELS, strict=True)
        ]
        self._quads = multiprocessing.RawArray("f", RING * MOST * 8)
        self._kinds = multiprocessing.RawArray("B", RING * MOST)  # 0 nothing, 1 a plate, 2 not to be judged
        self.made = multiprocessing.RawValue("L", 0)
        self.used = multiprocessing.RawValue("L", 0)

    def features(self) -> list[npt.NDArray[np.float16]]:
        """(RING, channels, rows, columns) at strides 8, 16, 32."""
        return [
            np.frombuffer(data, np.float16).reshape(RING, depth, HEIGHT >> shift, WIDTH >> shift)
            for data, shift, depth in zip(self._features, (3, 4, 5), CHANNELS, strict=True)
        ]

    def labels(self) -> tuple[Floats, npt.NDArray[np.uint8]]:
        quads = np.frombuffer(self._quads, np.float32).reshape(RING, MOST, 4, 2)
        return quads, np.frombuffer(self._kinds, np.uint8).reshape(RING, MOST)


def draw_scenes(ring: Ring, seed: int, args: argparse.Namespace) -> None:
    """Fill the ring for ever, or until the trainer is gone."""
    cv2.setNumThreads(1)
    parent = os.getppid()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    trunk = onnxruntime.InferenceSession(str(args.trunk), options, providers=["CPUExecutionProvider"])
    maker = studio(seed, args.fonts, args.photos)
    features, (quads, kinds) = ring.features(), ring.labels()
    while os.getppid() == parent:
        if ring.made.value > AHEAD + FRESH * ring.used.value:  # leave the processor to the trainer
            time.sleep(0.2)
            continue
        scenes = [maker.scene(WIDTH, HEIGHT) for _ in range(4)]
        pixels = np.stack([scene.image for scene in scenes]).transpose(0, 3, 1, 2).astype(np.float32)
        seen = trunk.run(None, {"pixels": pixels})
        for i, scene in enumerate(scenes):
            at = ring.made.value % RING
            kinds[at] = 0
            for store, part in zip(features, seen, strict=True):
                store[at] = part[i]
            both = [(q, 1) for q in scene.quads] + [(q, 2) for q in scene.ignore]
            for row, (quad, kind) in enumerate(both[:MOST]):
                quads[at, row], kinds[at, row] = quad, kind
            ring.made.value += 1


def targets(quads: Floats, kinds: npt.NDArray[np.uint8], width: int, height: int) -> tuple[Floats, Floats, Floats]:
    """What the network should say of one scene.

    Returns heat (rows, columns), 1 at a plate's middle and falling off as the plate's own shape does; corners (8, rows,
    columns) in REACH pixels; and weight (rows, columns), 0 where nothing is to be judged.
    """
    columns, rows = width // CELL, height // CELL
    xs, ys = np.meshgrid((np.arange(columns) + 0.5) * CELL, (np.arange(rows) + 0.5) * CELL)
    heat = np.zeros((rows, columns), np.float32)
    corners = np.zeros((8, rows, columns), np.float32)
    weight = np.ones((rows, columns), np.float32)
    for quad, kind in zip(quads, kinds, strict=True):
        if kind == 2:
            left, top = quad.min(0)
            right, bottom = quad.max(0)
            weight[(xs > left) & (xs < right) & (ys > top - CELL / 2) & (ys < bottom + CELL / 2)] = 0
        if kind != 1:
            continue
        middle = quad.mean(0)
        across = (quad[1] + quad[2] - quad[0] - quad[3]) / 2
        down = (quad[2] + quad[3] - quad[0] - quad[1]) / 2
        wide, high = np.linalg.norm(across), np.linalg.norm(down)
        along = ((xs - middle[0]) * across[0] + (ys - middle[1]) * across[1]) / wide
        aside = ((xs - middle[0]) * down[0] + (ys - middle[1]) * down[1]) / high
        bell = np.exp(-0.5 * ((along / max(0.11 * wide, 4.5)) ** 2 + (aside / max(0.14 * high, 4.5)) ** 2))
        bell /= max(bell.max(), 0.3)
        better = bell > heat
        heat[better] = bell[better]
        for corner, (x, y) in enumerate(quad):
            corners[2 * corner][better] = ((x - xs) / REACH)[better]
            corners[2 * corner + 1][better] = ((y - ys) / REACH)[better]
    return heat, corners, weight


def loss_of(
    output: torch.Tensor, heat: torch.Tensor, corners: torch.Tensor, weight: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Quality focal loss of the heat (Li et al., 2020, arXiv:2006.04388), and the corners' error in plate sizes."""
    logits = output[:, 0]
    miss = (logits.sigmoid().detach() - heat).abs() ** 2
    entropy = binary_cross_entropy_with_logits(logits, heat, reduction="none")
    found = heat.sum().clamp(min=4)
    seen = (entropy * miss * weight).sum() / found * 4
    near = torch.where(heat > 0.3, heat, 0) * weight
    wide = ((corners[:, 2] - corners[:, 0]) ** 2 + (corners[:, 3] - corners[:, 1]) ** 2).sqrt()
    high = ((corners[:, 6] - corners[:, 0]) ** 2 + (corners[:, 7] - corners[:, 1]) ** 2).sqrt()
    size = (wide * high).sqrt().clamp(min=0.6)
    error = torch.nn.functional.smooth_l1_loss(
        output[:, 1:] / size[:, None], corners / size[:, None], reduction="none", beta=0.05
    )
    return seen, (error.mean(1) * near).sum() / near.sum().clamp(min=1) * 4


def batch_of(ring: Ring, rng: np.random.Generator, count: int) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Features of scenes taken at random, and what should be said of them."""
    quads, kinds = ring.labels()
    chosen = rng.integers(0, min(ring.made.value - 1, RING), count)
    seen = [
        torch.from_numpy(part[chosen].astype(np.float32)).contiguous(memory_format=torch.channels_last)
        for part in ring.features()
    ]
    wanted = [targets(quads[i], kinds[i], WIDTH, HEIGHT) for i in chosen]
    return seen, [torch.from_numpy(np.stack(part)) for part in zip(*wanted, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trunk", type=Path, required=True, help="made by detector_trunk.py")
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder of the checkpoint")
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=RATE)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    ring = Ring()
    maker = multiprocessing.Process(target=draw_scenes, args=(ring, args.seed, args), daemon=True)
    maker.start()
    network = Head().to(memory_format=torch.channels_last)
    smooth = copy.deepcopy(network).eval()  # a running mean of the weights: what is exported
    optimizer = torch.optim.AdamW(network.parameters(), lr=args.rate, weight_decay=0.02)
    saved, step = args.out / "checkpoint.pt", 0
    if saved.exists():
        state = torch.load(saved, weights_only=True)
        network.load_state_dict(state["network"])
        smooth.load_state_dict(state["smooth"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    while ring.made.value < 300:
        time.sleep(1)
    start, told = time.monotonic(), time.monotonic()
    first, sums = step, np.zeros(3)
    while (spent := (time.monotonic() - start) / 60 / args.minutes) < 1:
        warm = min(1.0, (step - first + 1) / 150)
        rate = args.rate * warm * (0.5 + 0.5 * math.cos(math.pi * min(1, max(0, (spent - 1 + SETTLE) / SETTLE))))
        for group in optimizer.param_groups:
            group["lr"] = rate
        features, (heat, corners, weight) = batch_of(ring, rng, BATCH)
        seen, placed = loss_of(network(*features), heat, corners, weight)
        optimizer.zero_grad(set_to_none=True)
        (seen + placed).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        step += 1
        ring.used.value += BATCH
        keep = min(0.998, (step + 1) / (step + 20))
        with torch.no_grad():
            for mean, now in zip(smooth.state_dict().values(), network.state_dict().values(), strict=True):
                if mean.is_floating_point():
                    mean.lerp_(now, 1 - keep)
                else:
                    mean.copy_(now)
        sums += (float(seen.detach()), float(placed.detach()), 1)
        if time.monotonic() - told > 60:
            told = time.monotonic()
            print(
                f"{time.strftime('%H:%M:%S')} step {step} scenes {ring.made.value} rate {rate:.1e} "
                f"heat {sums[0] / sums[2]:.4f} corners {sums[1] / sums[2]:.4f}",
                flush=True,
            )
            sums[:] = 0
            save(saved, network, smooth, optimizer, step)
    save(saved, network, smooth, optimizer, step)
    maker.terminate()


def save(path: Path, network: Head, smooth: Head, optimizer: torch.optim.Optimizer, step: int) -> None:
    """Write beside and rename, so that a stop in the middle leaves the last checkpoint whole."""
    state = {
        "network": network.state_dict(),
        "smooth": smooth.state_dict(),
        "optimizer": optimizer.state_dict(),
        "step": step,
    }
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


if __name__ == "__main__":
    main()
