"""Train the reader's head on rendered crops, and write `reader.onnx`.

    python -m tools.plates.fonts                                   # once, needs npm
    python -m tools.plates.reader_data DATA 30000 1                # crops and labels
    python -m tools.plates.train_reader features DATA PP-OCRv6_rec_small.onnx
    python -m tools.plates.train_reader train OUT.pt 5 DATA [DATA...]   # 5@0.001: another rate
    python -m tools.plates.train_reader export OUT.pt src/showpiece_predictors/plates/reader.onnx

The body is the recogniser of PP-OCRv6 (Apache-2.0) up to the last block of its backbone, frozen: it has seen far more
real photos than can be rendered. What it makes of the crops is computed once; the head on top of it is ours and is
trained from scratch with CTC (Graves et al. 2006) for the 36 characters and with cross entropy for the region. Needs
torch and onnx.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from torch import Tensor, nn

from showpiece_predictors.plates.cut import cut

#: The inner values of PP-OCRv6's recogniser that the head reads: the end of the backbone, (N, 384, 3, width / 4), and
#: what the neck makes of it for the recogniser's own last layer, (N, 120, width / 8).
INNER = ("p2o.pd_op.add.64.0", "p2o.pd_op.squeeze.0.0")
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
REGIONS = ("br", "eu", "ru", "ua", "us", "xx")
#: Alike on many plates: only a country's layout tells them apart.
TWINS = str.maketrans("OI", "01")
HELD_OUT = 1500  # the last crops of the set are for validation; their plates are in no other crop


def group(country: str) -> int:
    """The region class of a country: Europe's plates are told apart by their text, not by their looks."""
    return REGIONS.index(country) if country in REGIONS else REGIONS.index("eu")


class Mix(nn.Module):
    """A residual step along the line: depthwise convolution over 7 columns, then across channels."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            nn.Conv1d(channels, channels, 7, padding=3, groups=channels, bias=False),
            nn.BatchNorm1d(channels),
            nn.Conv1d(channels, channels, 1, bias=False),
            nn.BatchNorm1d(channels),
            nn.SiLU(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, T) to the same."""
        return x + self.steps(x)


class Head(nn.Module):
    """(N, 384, 3, T) and (N, 120, T / 2) features to log probabilities, (N, T, 37), and region logits, (N, 6)."""

    def __init__(self, width: int = 128, depth: int = 4) -> None:
        super().__init__()
        # The three rows keep their own weights: a state's name stands above the number, a slogan below.
        self.rows = nn.Conv2d(384, width, (3, 1), bias=False)
        self.neck = nn.Conv1d(120, width, 1, bias=False)
        self.start = nn.Sequential(nn.BatchNorm1d(width), nn.SiLU())
        self.mixes = nn.Sequential(*(Mix(width) for _ in range(depth)))
        self.drop = nn.Dropout(0.2)
        self.characters = nn.Conv1d(width, len(ALPHABET) + 1, 1)
        self.region = nn.Linear(2 * width, len(REGIONS))

    def forward(self, backbone: Tensor, neck: Tensor) -> tuple[Tensor, Tensor]:
        """See the class."""
        if self.training:
            # A third of the crops loses one of both sources, so that the head does not lean on either alone.
            keep = torch.rand(2, len(backbone), 1, 1, device=backbone.device) > 0.17
            backbone, neck = backbone * keep[0, :, :, :, None], neck * keep[1]
        x = self.rows(backbone)[:, :, 0] + self.neck(neck).repeat_interleave(2, 2)
        x = self.mixes(self.start(x))
        pooled = torch.cat([x.mean(2), x.amax(2)], 1)
        x = self.drop(x)
        return self.characters(x).transpose(1, 2).log_softmax(2), self.region(self.drop(pooled))


def session(model: bytes) -> ort.InferenceSession:
    """One thread: the machine is shared."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def pixels(crops: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """RGB crops (N, H, W, 3) to the network's input: BGR, -1 to 1, (N, 3, H, W)."""
    return np.ascontiguousarray((crops[..., ::-1].astype(np.float32) / 127.5 - 1).transpose(0, 3, 1, 2))


def features(data: Path, model: Path) -> None:
    """Compute the inner values of every labelled crop, in half precision, into backbone.npy and neck.npy."""
    labels = (data / "labels.jsonl").read_text().splitlines()
    crops = np.load(data / "crops.npy", mmap_mode="r")
    body = session(cut(model.read_bytes(), *INNER))
    columns = crops.shape[2] // 4
    shapes = {"backbone": (384, 3, columns), "neck": (120, columns // 2)}
    out = [
        np.lib.format.open_memmap(data / f"{name}.npy", "w+", np.float16, (len(labels), *shape))
        for name, shape in shapes.items()
    ]
    for at in range(0, len(labels), 4):
        part = crops[at : min(at + 4, len(labels))]
        for kept, value in zip(out, body.run(None, {"x": pixels(part)}), strict=True):
            kept[at : at + len(part)] = value
        if at % 2000 == 0:
            print(at, flush=True)


@dataclass(frozen=True)
class Examples:
    """The features and labels of one or more sets of crops."""

    sets: list[tuple[np.ndarray, np.ndarray]]  # type: ignore[type-arg]
    labels: list[dict[str, object]]

    @classmethod
    def load(cls, folders: list[Path]) -> Examples:
        """Sets in order; only crops whose features are there."""
        sets, labels = [], []
        for folder in folders:
            backbone, neck = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("backbone", "neck"))
            mine = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
            count = min(len(mine), len(backbone), len(neck))
            sets.append((backbone[:count], neck[:count]))
            labels += mine[:count]
        return cls(sets, labels)

    def batch(self, rows: np.ndarray) -> tuple[Tensor, Tensor]:  # type: ignore[type-arg]
        """The features of some rows, sorted, in single precision."""
        parts, start = [], 0
        for backbone, neck in self.sets:
            mine = rows[(rows >= start) & (rows < start + len(backbone))] - start
            parts.append((backbone[mine], neck[mine]))
            start += len(backbone)
        a, b = (np.concatenate([part[i] for part in parts]).astype(np.float32) for i in (0, 1))
        return torch.from_numpy(a), torch.from_numpy(b)


def greedy(log_probs: np.ndarray) -> str:  # type: ignore[type-arg]
    """The likeliest class of each step, repeats and blanks removed."""
    best = log_probs.argmax(1)
    return "".join(ALPHABET[c - 1] for i, c in enumerate(best) if c and (i == 0 or c != best[i - 1]))


def train(folders: list[Path], out: Path, epochs: int, rate: float = 3e-3) -> None:
    """Train on all but the held-out crops, print the error of each epoch, keep the last weights.

    Goes on from `out` where it is there; `rate` is the highest learning rate.
    """
    torch.set_num_threads(1)
    torch.manual_seed(1)
    examples = Examples.load(folders)
    labels = examples.labels
    count = len(labels) - HELD_OUT
    texts = [torch.tensor([ALPHABET.index(c) + 1 for c in str(label["text"])]) for label in labels]
    regions = torch.tensor([group(str(label["region"])) for label in labels])
    head, size = Head(), 64
    if out.exists():
        head.load_state_dict(torch.load(out, weights_only=True))
    optimiser = torch.optim.AdamW(head.parameters(), rate, weight_decay=0.05)
    plan = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, epochs * (count // size), pct_start=0.15)
    rng = np.random.default_rng(1)
    for epoch in range(epochs):
        head.train()
        order, total, started = rng.permutation(count), 0.0, time.process_time()
        for step in range(count // size):
            rows = np.sort(order[step * size : (step + 1) * size])
            log_probs, logits = head(*examples.batch(rows))
            chosen = [texts[i] for i in rows]
            lengths = torch.tensor([len(t) for t in chosen])
            steps = torch.full((size,), log_probs.shape[1])
            loss = nn.functional.ctc_loss(
                log_probs.transpose(0, 1), torch.cat(chosen), steps, lengths, zero_infinity=True
            )
            loss = loss + 0.1 * nn.functional.cross_entropy(logits, regions[rows])
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(head.parameters(), 5.0)
            optimiser.step()
            plan.step()
            total += float(loss.detach())
        torch.save(head.state_dict(), out)
        spent = time.process_time() - started
        print(f"epoch {epoch} loss {total / (count // size):.4f} cpu {spent:.0f} s", flush=True)
        print(validate(head, examples, count), flush=True)


def validate(head: Head, examples: Examples, start: int) -> str:
    """Exact readings of the crops from `start` on, by region and by height of the characters."""
    labels = examples.labels
    head.eval()
    tally: dict[str, list[int]] = {}
    right_region = alike = 0
    with torch.no_grad():
        for at in range(start, len(labels), 100):
            log_probs, logits = head(*examples.batch(np.arange(at, min(at + 100, len(labels)))))
            for row, label in enumerate(labels[at : at + 100]):
                got, text = greedy(log_probs[row].numpy()), str(label["text"])
                ok = got == text
                alike += got.translate(TWINS) == text.translate(TWINS)
                right_region += int(logits[row].argmax()) == group(str(label["region"]))
                px = float(str(label["px"]))
                for key in (REGIONS[group(str(label["region"]))], "small" if px < 14 else "large", "all"):
                    tally.setdefault(key, [0, 0])
                    tally[key][0] += ok
                    tally[key][1] += 1
    head.train()
    return (
        " ".join(f"{k} {a / b:.3f}" for k, (a, b) in sorted(tally.items()))
        + f" twins alike {alike / (len(labels) - start):.3f} region {right_region / (len(labels) - start):.3f}"
    )


if __name__ == "__main__":
    task, *rest = sys.argv[1:]
    if task == "features":
        features(Path(rest[0]), Path(rest[1]))
    elif task == "train":
        epochs, _, rate = rest[1].partition("@")
        train([Path(folder) for folder in rest[2:]], Path(rest[0]), int(epochs), float(rate or 3e-3))
    else:
        from tools.plates.export_reader import export

        export(Path(rest[0]), Path(rest[1]))
