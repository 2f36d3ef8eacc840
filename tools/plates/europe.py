"""Plates of Europe: the EU and its neighbours, Ukraine, Russia."""

from __future__ import annotations

import cv2
import numpy as np

from tools.plates import formats
from tools.plates.canvas import Colour, Plate, black, jitter, white
from tools.plates.glyphs import Face, Pen, StrokeFace, random_face

EU = (
    "de",
    "pl",
    "fr",
    "it",
    "es",
    "nl",
    "cz",
    "sk",
    "ro",
    "hu",
    "lt",
    "lv",
    "ee",
    "hr",
    "si",
    "be",
    "pt",
    "at",
    "bg",
    "gr",
    "gb",
    "ie",
    "se",
    "fi",
    "dk",
    "lu",
    "mt",
    "cy",
)


NEAR_EU = ("no", "ch", "rs", "tr", "by", "md", "kz", "ge")


_CODES = {
    "de": "D",
    "pl": "PL",
    "fr": "F",
    "it": "I",
    "es": "E",
    "nl": "NL",
    "cz": "CZ",
    "sk": "SK",
    "ro": "RO",
    "hu": "H",
    "lt": "LT",
    "lv": "LV",
    "ee": "EST",
    "hr": "HR",
    "si": "SLO",
    "be": "B",
    "pt": "P",
    "at": "A",
    "bg": "BG",
    "gr": "GR",
    "gb": "GB",
    "ie": "IRL",
    "se": "S",
    "fi": "FIN",
    "dk": "DK",
    "lu": "L",
    "mt": "M",
    "cy": "CY",
    "no": "N",
    "ch": "CH",
    "rs": "SRB",
    "tr": "TR",
    "by": "BY",
    "md": "MD",
    "kz": "KZ",
    "ge": "GE",
    "ua": "UA",
}


_RU_REGIONS = [f"{i:02}" for i in range(1, 100)] + [
    "77",
    "77",
    "97",
    "99",
    "50",
    "78",
    "16",
    "102",
    "113",
    "116",
    "121",
    "123",
    "124",
    "125",
    "134",
    "136",
    "138",
    "142",
    "150",
    "152",
    "154",
    "159",
    "161",
    "163",
    "164",
    "173",
    "174",
    "177",
    "178",
    "186",
    "190",
    "196",
    "197",
    "198",
    "199",
    "702",
    "716",
    "750",
    "761",
    "763",
    "774",
    "777",
    "790",
    "797",
    "799",
    "977",
] * 2


def _band(plate: Plate, code: str, width: float, blue: Colour) -> None:
    """The blue band of the EU: a ring of stars (or a flag) above the country's letters."""
    w = round(width)
    plate.image[:, :w] = blue
    cy, r = plate.h * 0.32, w * 0.32
    yellow = (250, 210, 40)
    if code in ("UA", "N", "GB", "SRB", "TR", "BY", "MD", "GE", "KZ") and plate.rng.random() < 0.6:
        top, low = (
            ((40, 90, 190), (250, 215, 40))
            if code == "UA"
            else (tuple(plate.rng.integers(0, 255, 3)), tuple(plate.rng.integers(0, 255, 3)))
        )
        a, b, c = round(plate.h * 0.14), round(plate.h * 0.3), round(plate.h * 0.46)
        plate.image[a:b, round(w * 0.15) : round(w * 0.85)] = top
        plate.image[b:c, round(w * 0.15) : round(w * 0.85)] = low
    else:
        for angle in np.arange(12) * np.pi / 6:
            plate.disc(w / 2 + r * np.cos(angle), cy + r * np.sin(angle), max(1, w * 0.055), yellow)
    if code:
        plate.line(
            code,
            StrokeFace(Pen(0.6, 0.15)),
            (w * 0.14, plate.h * 0.66, w * 0.86, plate.h * 0.66 + plate.h * 0.2),
            (245, 245, 245),
            relief=False,
            align="centre",
        )


def european(rng: np.random.Generator, country: str, height: int) -> tuple[Plate, str]:
    """A plate of a country of Europe, and its text with separators."""
    layout = formats.country_text(country, rng)
    two = rng.random() < 0.06 and any(c in layout for c in " -s")
    field, ink = white(rng), black(rng)
    if (
        country in ("nl", "lu")
        or (country == "gb" and rng.random() < 0.5)
        or (country in ("hu", "dk", "se") and rng.random() < 0.04)
        or (country == "fr" and rng.random() < 0.06)
    ):
        field = jitter((245, 190, 30), rng, 15)
    if country == "be":
        ink = jitter((170, 30, 40), rng, 15)
    elif rng.random() < 0.04:
        ink = jitter((20, 110, 60) if rng.random() < 0.6 else (180, 30, 40), rng, 20)
    band = (
        0.0
        if (country in ("ch", "dk", "rs") and rng.random() < 0.5) or rng.random() < 0.06
        else rng.uniform(0.085, 0.115)
    )
    ratio = rng.uniform(1.3, 1.6) if two else rng.uniform(4.3, 4.85)
    width = round(height * ratio)
    plate = Plate(width, height, field, rng)
    b = band * width * (2.0 if two else 1.0)
    if band:
        blue = jitter((20, 60, 160), rng, 25)
        _band(plate, _CODES.get(country, ""), b, blue)
        if country in ("it", "fr", "pt") and rng.random() < 0.7 and not two:
            plate.image[:, width - round(b) :] = blue if country != "pt" else (240, 200, 30)
            small = "".join(rng.choice(list("0123456789" if country == "fr" else "ABCMRT"), 2))
            plate.line(
                small,
                StrokeFace(Pen(0.6, 0.15)),
                (width - b * 0.85, height * 0.62, width - b * 0.15, height * 0.85),
                (245, 245, 245),
                relief=False,
                align="centre",
            )
    aspect = {"de": (0.55, 0.66), "it": (0.5, 0.62), "nl": (0.52, 0.64), "gb": (0.6, 0.68)}.get(country, (0.42, 0.66))
    face = random_face(rng, 0.4, aspect)
    right = b if (country in ("it", "fr", "pt") and band and not two) else 0
    pad = rng.uniform(0.1, 0.35) * height
    gap = rng.uniform(0.08, 0.17)
    if two:
        cut = max(
            i
            for i, c in enumerate(layout)
            if (c in " -s" and i <= len(layout) * 0.6) or i == layout.find(next(x for x in layout if x in " -s"))
        )
        for part, (high, low) in zip(
            (layout[:cut], layout[cut:].strip(" -s")), ((0.1, 0.46), (0.56, 0.92)), strict=True
        ):
            plate.number(part, face, (b + pad * 0.4, high * height, width - pad * 0.4, low * height), ink, gap=gap)
    else:
        top = rng.uniform(0.13, 0.22)
        plate.number(
            layout,
            face,
            (b + pad, top * height, width - right - pad, (1 - top) * height),
            ink,
            gap=gap,
            align="fit" if rng.random() < 0.8 else "centre",
        )
    if rng.random() < 0.6:
        plate.frame(rng.uniform(0.015, 0.05), rng.uniform(0.015, 0.04), ink, rng.uniform(0.04, 0.12))
    plate.emboss(rng.uniform(0, 0.35))
    return plate, layout


def russian(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    """A Russian plate of one of its kinds, and its text."""
    pick = lambda n, s=formats.CYRILLIC_TWINS: "".join(s[rng.integers(len(s))] for _ in range(n))  # noqa: E731
    digits = lambda n: "".join(str(d) for d in rng.integers(0, 10, n))  # noqa: E731
    area = str(rng.choice(_RU_REGIONS))
    kind = rng.choice(["car", "square", "taxi", "trailer", "army", "police"], p=[0.86, 0.03, 0.04, 0.03, 0.02, 0.02])
    field, ink = white(rng), black(rng)
    main = {
        "taxi": f"{pick(2)}{digits(3)}",
        "trailer": f"{pick(2)}{digits(4)}",
        "army": f"{digits(4)}{pick(2)}",
        "police": f"{pick(1)}{digits(4)}",
    }.get(str(kind), f"{pick(1)}{digits(3)}{pick(2)}")
    if kind == "taxi":
        field = jitter((245, 195, 30), rng, 15)
    elif kind == "army":
        field, ink = jitter((25, 25, 25), rng, 15), white(rng)
    elif kind == "police":
        field, ink = jitter((30, 70, 160), rng, 20), white(rng)
    face: Face = (
        StrokeFace(Pen.random(rng, (0.56, 0.72))) if rng.random() < 0.75 else random_face(rng, 1.0, (0.55, 0.7))
    )
    if isinstance(face, StrokeFace):
        face.pen.stroke = rng.uniform(0.12, 0.18)
        face.pen.variants.update(
            {"1foot": 0, "0slash": 0, "Mdeep": int(rng.random() < 0.3), "Ypole": int(rng.random() < 0.5)}
        )
    low = 58 / 76 * rng.uniform(0.95, 1.08)
    heights = lambda c: 1.0 if c.isdigit() else low  # noqa: E731
    gap = rng.uniform(0.1, 0.17)
    flag = rng.random() < 0.8
    if kind == "square":
        width = round(height * rng.uniform(1.5, 1.75))
        plate = Plate(width, height, field, rng)
        plate.number(
            main[:4], face, (0.08 * width, 0.1 * height, 0.92 * width, 0.5 * height), ink, gap=gap, heights=heights
        )
        plate.number(main[4:], face, (0.08 * width, 0.58 * height, 0.48 * width, 0.9 * height), ink, gap=gap)
        plate.number(area, face, (0.54 * width, 0.56 * height, 0.92 * width, 0.78 * height), ink, gap=gap)
        plate.line(
            "RUS",
            StrokeFace(Pen(0.6, 0.15)),
            (0.54 * width, 0.82 * height, 0.75 * width, 0.92 * height),
            ink,
            relief=False,
            align="centre",
        )
    else:
        width = round(height * rng.uniform(4.4, 4.8))
        plate = Plate(width, height, field, rng)
        split = rng.uniform(0.735, 0.775) * width
        plate.number(
            main,
            face,
            (0.05 * width, 0.15 * height, split - 0.02 * width, 0.86 * height),
            ink,
            gap=gap,
            heights=heights,
        )
        top = rng.uniform(0.08, 0.14) * height
        bottom = top + rng.uniform(0.5, 0.56) * height
        plate.number(area, face, (split + 0.025 * width, top, width - 0.03 * width, bottom), ink, gap=gap * 0.8)
        x0 = split + 0.025 * width
        rus = (x0, 0.72 * height, x0 + 0.11 * width, 0.88 * height)
        plate.line("RUS", StrokeFace(Pen(0.55, 0.15)), rus, ink, relief=False, align="centre")
        if flag:
            fx, fy, fw, fh = (
                round(x0 + 0.125 * width),
                round(0.72 * height),
                round(0.07 * width),
                max(3, round(0.16 * height)),
            )
            for i, colour in enumerate(((250, 250, 250), (40, 60, 170), (200, 40, 40))):
                plate.image[fy + i * fh // 3 : fy + (i + 1) * fh // 3, fx : fx + fw] = colour
            cv2.rectangle(plate.image, (fx, fy), (fx + fw, fy + fh), ink, 1)
        thick = max(1, round(rng.uniform(0.015, 0.03) * height))
        cv2.line(plate.image, (round(split), 0), (round(split), height), ink, thick, cv2.LINE_AA)
        for x in (0.03, 0.97) if rng.random() < 0.5 else ():
            plate.disc(x * width, 0.5 * height, 0.03 * height, jitter((120, 120, 120), rng, 60))
    plate.frame(rng.uniform(0.02, 0.05), rng.uniform(0.015, 0.035), ink, rng.uniform(0.06, 0.14))
    plate.emboss(rng.uniform(0, 0.25))
    return plate, main + area
