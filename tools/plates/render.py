"""Flat frontal number plates with known text, for training a detector and a reader.

`render_plate(rng, region)` draws one as its maker would: coloured field, frame, band, printed or embossed characters,
seals, stickers, state names and slogans. What a camera does to it is `degrade.py`'s work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tools.plates.brazil import brazilian
from tools.plates.canvas import Image, Line, Plate
from tools.plates.europe import EU, NEAR_EU, european, russian
from tools.plates.no_country import generic
from tools.plates.usa import american

#: Share of each group when no region is asked for.
GROUPS: dict[str, float] = {"us": 0.34, "eu": 0.27, "ru": 0.16, "br": 0.12, "ua": 0.04, "near": 0.03, "xx": 0.04}


@dataclass(frozen=True)
class Drawn:
    """A rendered plate: RGB, text, region, and its lines from top to bottom."""

    image: Image
    text: str
    region: str
    lines: list[Line]


def draw(rng: np.random.Generator, region: str | None = None) -> Drawn:
    """A flat frontal plate with its lines; `region` as in `render_plate`."""
    if region is None:
        names = list(GROUPS)
        region = names[rng.choice(len(names), p=np.array(list(GROUPS.values())))]
    if region == "eu":
        region = str(rng.choice(EU))
    elif region == "near":
        region = str(rng.choice(NEAR_EU))
    height = int(rng.integers(96, 129))
    kinds: dict[str, Callable[[np.random.Generator, int], tuple[Plate, str]]] = {
        "ru": russian,
        "br": brazilian,
        "us": american,
        "xx": generic,
    }
    plate, layout = kinds[region](rng, height) if region in kinds else european(rng, region, height)
    return Drawn(plate.image, "".join(c for c in layout if c.isdigit() or c.isupper()), region, _rows(plate.lines))


def _rows(lines: list[Line]) -> list[Line]:
    """Join pieces that stand side by side (a number and its region box) into one line."""
    rows: list[Line] = []
    for line in lines:
        if rows and min(rows[-1].box[3], line.box[3]) - max(rows[-1].box[1], line.box[1]) > 0.1:
            a, b = rows[-1].box, line.box
            rows[-1] = Line(
                rows[-1].text + line.text, (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
            )
        else:
            rows.append(line)
    return rows


def render_plate(rng: np.random.Generator, region: str | None = None) -> tuple[Image, str, str]:
    """A flat frontal plate: RGB (96 to 128 px high, width by its kind), its text in A-Z and 0-9, its region.

    `region` is a country of `formats.LAYOUTS`, `us`, `ru`, `ua`, `br`, `xx` (none in particular), or a group `eu` or
    `near`;
    None takes one by `GROUPS`. Two-line plates read from top to bottom. Raises KeyError for an unknown region.
    """
    drawn = draw(rng, region)
    return drawn.image, drawn.text, drawn.region
