"""Plates of Brazil, old and Mercosul."""

from __future__ import annotations

import numpy as np

from tools.plates import formats
from tools.plates.canvas import Colour, Plate, black, jitter, small_face, white
from tools.plates.glyphs import random_face

_CITIES = [
    "SAO PAULO",
    "RIO DE JANEIRO",
    "BELO HORIZONTE",
    "CURITIBA",
    "SALVADOR",
    "BRASILIA",
    "FORTALEZA",
    "RECIFE",
    "GOIANIA",
    "CAMPINAS",
    "PORTO ALEGRE",
    "JUIZ DE FORA",
    "FEIRA DE SANTANA",
    "LONDRINA",
    "ARACAJU",
    "NATAL",
    "OSASCO",
    "MANAUS",
    "BELEM",
    "VITORIA",
]


_STATES_BR = [
    "SP",
    "RJ",
    "MG",
    "PR",
    "BA",
    "DF",
    "CE",
    "PE",
    "GO",
    "RS",
    "SC",
    "ES",
    "PB",
    "RN",
    "AL",
    "SE",
    "PI",
    "MA",
    "PA",
    "AM",
    "MT",
    "MS",
    "TO",
]


def brazilian(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    """A Brazilian plate, grey with the city or of Mercosul, and its text with separators."""
    text = "".join(formats.ALL[i] for i in rng.integers(0, 26, 3))
    digits = "".join(str(d) for d in rng.integers(0, 10, 4))
    width = round(height * rng.uniform(2.9, 3.25))
    small = small_face(rng)
    if rng.random() < 0.3:
        plate = Plate(width, height, white(rng), rng)
        blue = jitter((10, 60, 150), rng, 25)
        plate.image[: round(0.24 * height)] = blue
        plate.line(
            "BRASIL",
            small,
            (0.36 * width, 0.06 * height, 0.64 * width, 0.18 * height),
            (245, 245, 245),
            relief=False,
            align="centre",
        )
        plate.disc(0.92 * width, 0.12 * height, 0.07 * height, (40, 150, 70))
        plate.disc(0.92 * width, 0.12 * height, 0.035 * height, (240, 210, 50))
        code = text + digits[0] + formats.ALL[rng.integers(26)] + digits[2:]
        ink = black(rng) if rng.random() < 0.85 else jitter((180, 30, 40), rng, 20)
        plate.number(
            code,
            random_face(rng, 0.35, (0.5, 0.66)),
            (0.07 * width, 0.34 * height, 0.95 * width, 0.9 * height),
            ink,
            gap=rng.uniform(0.06, 0.14),
        )
        if rng.random() < 0.7:
            plate.line("BR", small, (0.03 * width, 0.78 * height, 0.08 * width, 0.88 * height), ink, relief=False)
        plate.emboss(rng.uniform(0, 0.25))
        return plate, code
    grey = rng.random() < 0.8
    v = int(rng.integers(150, 215))
    field: Colour = jitter((v, v, v), rng, 8) if grey else jitter((190, 40, 40), rng, 25)
    ink = black(rng) if grey else white(rng)
    two = rng.random() < 0.07
    if two:
        width = round(height * rng.uniform(1.1, 1.3))
    plate = Plate(width, height, field, rng)
    town = f"{rng.choice(_STATES_BR)}-{rng.choice(_CITIES)}"
    name = Plate.line
    cover = rng.random()
    if cover < 0.85:
        name(
            plate,
            town.replace(" ", "_") if rng.random() < 0.2 else town,
            small,
            (0.22 * width, 0.07 * height, 0.78 * width, rng.uniform(0.16, 0.21) * height),
            ink,
            relief=rng.random() < 0.5,
            align="centre",
            gap=0.15,
        )
    face = random_face(rng, 0.4, (0.42, 0.62))
    gap = rng.uniform(0.1, 0.2)
    if two:
        plate.number(text, face, (0.12 * width, 0.22 * height, 0.88 * width, 0.54 * height), ink, gap=gap)
        plate.number(digits, face, (0.08 * width, 0.6 * height, 0.92 * width, 0.92 * height), ink, gap=gap)
    else:
        mark = rng.choice([".", "-", " "], p=[0.6, 0.25, 0.15])
        plate.number(
            f"{text}{mark}{digits}",
            face,
            (0.04 * width, rng.uniform(0.27, 0.34) * height, 0.96 * width, rng.uniform(0.86, 0.92) * height),
            ink,
            gap=gap,
        )
    if rng.random() < 0.5:
        plate.frame(
            rng.uniform(0.015, 0.04),
            rng.uniform(0.01, 0.03),
            ink if rng.random() < 0.5 else field,
            rng.uniform(0.04, 0.1),
        )
    plate.emboss(rng.uniform(0.05, 0.45))
    return plate, text + digits
