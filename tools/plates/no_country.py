"""Plates of no country in particular."""

from __future__ import annotations

import numpy as np

from tools.plates import formats
from tools.plates.canvas import Plate, black, jitter, white
from tools.plates.glyphs import random_face


def generic(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    """A plate of no country in particular: any colours, one or two lines."""
    layout = formats.country_text("xx", rng)
    dark = rng.random() < 0.35
    field = (
        jitter(((30, 30, 35), (30, 60, 150), (150, 30, 40), (20, 100, 60))[rng.integers(4)], rng, 30)
        if dark
        else jitter(((235, 235, 235), (245, 200, 50), (200, 225, 240))[rng.integers(3)], rng, 20)
    )
    ink = white(rng) if dark else black(rng)
    cuts = [i for i, c in enumerate(layout) if c in " -"]
    two = rng.random() < 0.3 and cuts
    width = round(height * (rng.uniform(1.2, 2.0) if two else rng.uniform(2.0, 4.8)))
    plate = Plate(width, height, field, rng)
    face = random_face(rng, 0.5, (0.4, 0.7))
    if two:
        cut = cuts[len(cuts) // 2]
        for part, (high, low) in zip((layout[:cut], layout[cut + 1 :]), ((0.1, 0.47), (0.55, 0.91)), strict=True):
            plate.number(part, face, (0.07 * width, high * height, 0.93 * width, low * height), ink)
    else:
        m = rng.uniform(0.12, 0.28)
        plate.number(
            layout, face, (0.05 * width, m * height, 0.95 * width, (1 - m) * height), ink, gap=rng.uniform(0.08, 0.2)
        )
    if rng.random() < 0.5:
        plate.frame(rng.uniform(0.02, 0.05), rng.uniform(0.015, 0.04), ink, rng.uniform(0.04, 0.14))
    plate.emboss(rng.uniform(0, 0.4))
    return plate, layout
