"""Flat frontal number plates with known text, for training a detector and a reader.

`render_plate(rng, region)` draws one as its maker would: coloured field, frame, band, printed or embossed characters, seals,
stickers, state names and slogans. What a camera does to it is `degrade.py`'s work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tools.plates import formats
from tools.plates.glyphs import Face, Mask, Pen, StrokeFace, handwriting, random_face

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

EU = ("de", "pl", "fr", "it", "es", "nl", "cz", "sk", "ro", "hu", "lt", "lv", "ee", "hr", "si", "be", "pt", "at", "bg", "gr", "gb", "ie", "se", "fi", "dk", "lu", "mt", "cy")
NEAR_EU = ("no", "ch", "rs", "tr", "by", "md", "kz", "ge")
#: Share of each group when no region is asked for.
GROUPS: dict[str, float] = {"us": 0.34, "eu": 0.27, "ru": 0.16, "br": 0.12, "ua": 0.04, "near": 0.03, "xx": 0.04}
_CODES = {
    "de": "D", "pl": "PL", "fr": "F", "it": "I", "es": "E", "nl": "NL", "cz": "CZ", "sk": "SK", "ro": "RO", "hu": "H", "lt": "LT", "lv": "LV", "ee": "EST", "hr": "HR", "si": "SLO",
    "be": "B", "pt": "P", "at": "A", "bg": "BG", "gr": "GR", "gb": "GB", "ie": "IRL", "se": "S", "fi": "FIN", "dk": "DK", "lu": "L", "mt": "M", "cy": "CY", "no": "N", "ch": "CH",
    "rs": "SRB", "tr": "TR", "by": "BY", "md": "MD", "kz": "KZ", "ge": "GE", "ua": "UA",
}  # fmt: skip
_RU_REGIONS = [f"{i:02}" for i in range(1, 100)] + "77 77 97 99 50 78 16 102 113 116 121 123 124 125 134 136 138 142 150 152 154 159 161 163 164 173 174 177 178 186 190 196 197 198 199 702 716 750 761 763 774 777 790 797 799 977".split() * 2
_CITIES = "SAO PAULO|RIO DE JANEIRO|BELO HORIZONTE|CURITIBA|SALVADOR|BRASILIA|FORTALEZA|RECIFE|GOIANIA|CAMPINAS|PORTO ALEGRE|JUIZ DE FORA|FEIRA DE SANTANA|LONDRINA|ARACAJU|NATAL|OSASCO|MANAUS|BELEM|VITORIA".split("|")
_STATES_BR = "SP RJ MG PR BA DF CE PE GO RS SC ES PB RN AL SE PI MA PA AM MT MS TO".split()
_SLOGANS = "GARDEN STATE|SUNSHINE STATE|GREAT LAKES|PEACH STATE|LONE STAR STATE|LAND OF LINCOLN|EMPIRE STATE|FIRST IN FLIGHT|LIVE FREE OR DIE|SHOW ME|GRAND CANYON STATE|VACATIONLAND|WILD WONDERFUL|AMERICAS DAIRYLAND|BIRTHPLACE OF AVIATION|VISIT US ONLINE|DMV.CA.GOV|EVERGREEN STATE|TREASURE STATE|SCENIC|FAMOUS POTATOES|10000 LAKES|KEYSTONE STATE|CONSTITUTION STATE|STARS FELL ON|THE SPIRIT OF AMERICA|IN GOD WE TRUST|SPORTSMAN|YOURS TO DISCOVER".split("|")  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the number: its characters and its box (x0, y0, x1, y1) as shares of the plate's width and height."""

    text: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class Drawn:
    """A rendered plate: RGB, text, region, and its lines from top to bottom."""

    image: Image
    text: str
    region: str
    lines: list[Line]


class Plate:
    """A plate being drawn: RGB field and the mask of what will be embossed."""

    def __init__(self, width: int, height: int, colour: Colour, rng: np.random.Generator) -> None:
        self.w, self.h, self.rng = width, height, rng
        self.image: Image = np.empty((height, width, 3), np.uint8)
        self.image[:] = colour
        self.relief: Mask = np.zeros((height, width), np.uint8)
        self.lines: list[Line] = []

    def paint(self, mask: Mask, x: int, y: int, colour: Colour, relief: bool = False) -> None:
        """Lay ink through a mask whose top left corner is at (x, y); what sticks out is cut."""
        x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + mask.shape[1], self.w), min(y + mask.shape[0], self.h)
        if x1 <= x0 or y1 <= y0:
            return
        part = mask[y0 - y : y1 - y, x0 - x : x1 - x]
        field = self.image[y0:y1, x0:x1]
        alpha = part[..., None].astype(np.uint16)
        field[:] = (field * (255 - alpha) + np.array(colour, np.uint16) * alpha) // 255
        if relief:
            np.maximum(self.relief[y0:y1, x0:x1], part, out=self.relief[y0:y1, x0:x1])

    def frame(self, inset: float, thick: float, colour: Colour, radius: float) -> None:
        """A rounded frame, lengths as shares of the height."""
        mask = np.zeros((self.h, self.w), np.uint8)
        i, t, r = round(inset * self.h), max(1, round(thick * self.h)), max(1, round(radius * self.h))
        a, b, c, d = i, i, self.w - 1 - i, self.h - 1 - i
        for p, q in (((a + r, b), (c - r, b)), ((a + r, d), (c - r, d)), ((a, b + r), (a, d - r)), ((c, b + r), (c, d - r))):
            cv2.line(mask, p, q, 255, t, cv2.LINE_AA)
        for centre, angle in (((a + r, b + r), 180), ((c - r, b + r), 270), ((c - r, d - r), 0), ((a + r, d - r), 90)):
            cv2.ellipse(mask, centre, (r, r), angle, 0, 90, 255, t, cv2.LINE_AA)
        self.paint(mask, 0, 0, colour, True)

    def disc(self, x: float, y: float, r: float, colour: Colour) -> None:
        """A round seal, lengths in px."""
        n = round(r) + 2
        mask = np.zeros((2 * n + 1, 2 * n + 1), np.uint8)
        cv2.circle(mask, (n * 16 + round((x - round(x)) * 16), n * 16 + round((y - round(y)) * 16)), max(8, round(r * 16)), 255, -1, cv2.LINE_AA, 4)
        self.paint(mask, round(x) - n, round(y) - n, colour)

    def line(self, text: str, face: Face, box: tuple[float, float, float, float], ink: Colour, *, gap: float = 0.12, relief: bool = True,
             align: str = "fit", heights: Callable[[str], float] | None = None, mono: float = 0.0, seal: Colour = (60, 110, 170)) -> None:  # fmt: skip
        """Draw a text with separators inside (x0, y0, x1, y1) px: squeezed if too long, spread over the box if `align` is fit.

        `gap` is the space between characters in units of the height; `mono` > 0 puts each into a cell of that many heights.
        """
        x0, y0, x1, y1 = box
        h = y1 - y0
        scale = heights or (lambda _: 1.0)
        widths = []
        for c in text:
            widths.append({" ": 0.28, "_": 0.6, "-": 0.26, ".": 0.2, "s": 0.42}.get(c) or (mono or face.aspect(c)) * scale(c))
        total = h * (sum(widths) + gap * (len(text) - 1))
        room = x1 - x0
        squeeze = min(1.0, room / total)
        extra = 0.0
        if total < room and align == "fit":
            extra = min((room - total) / max(1, len(text)), 0.22 * h)
        used = total * squeeze + extra * (len(text) - 1)
        x = x0 + (room - used) * (0.5 if align != "left" else 0)
        for c, unit in zip(text, widths, strict=True):
            w = unit * h * squeeze
            if c == "-":
                th = max(2, round(0.12 * h))
                self.paint(np.full((th, max(2, round(w * 0.7))), 255, np.uint8), round(x + w * 0.15), round(y0 + h * 0.5 - th / 2), ink, relief)
            elif c == ".":
                self.disc(x + w / 2, y0 + h * 0.55, max(1.0, 0.075 * h), ink)
            elif c == "s":
                self.seals(x + w / 2, y0, h, w, seal)
            elif c not in " _":
                gh, gw = max(4, round(h * scale(c))), max(2, round((face.aspect(c) * scale(c) if mono else unit) * h * squeeze))
                if mono:
                    gw = min(gw, max(2, round(w)))
                self.paint(face.glyph(c, gw, gh), round(x + (w - gw) / 2), round(y1 - gh), ink, relief)
            x += w + gap * h * squeeze + extra

    def number(self, text: str, face: Face, box: tuple[float, float, float, float], ink: Colour, **style: object) -> None:
        """Draw a line of the number itself, and remember it."""
        x0, y0, x1, y1 = box
        plain = "".join(c for c in text if c.isdigit() or c.isupper())
        self.lines.append(Line(plain, (x0 / self.w, y0 / self.h, x1 / self.w, y1 / self.h)))
        self.line(text, face, box, ink, **style)  # type: ignore[arg-type]

    def seals(self, x: float, y0: float, h: float, w: float, colour: Colour) -> None:
        """One or two stickers, as between the district and the number of many European plates."""
        r = min(w * 0.46, 0.2 * h) * self.rng.uniform(0.75, 1.1)
        style = self.rng.random()
        spots = [(0.27, colour), (0.74, (190, 190, 195))] if style < 0.5 else [(0.5, colour)]
        for at, c in spots:
            self.disc(x, y0 + at * h, r, _jitter(c, self.rng, 30))
            self.disc(x, y0 + at * h, r * 0.5, _jitter(c, self.rng, 60))

    def emboss(self, strength: float) -> None:
        """Light the raised parts from a random side."""
        soft = cv2.GaussianBlur(self.relief, (0, 0), 0.012 * self.h + 0.4).astype(np.int16)
        dx, dy = self.rng.choice([-2, 2]), self.rng.choice([2, 2, -2])
        slope = np.roll(soft, (dy, dx), (0, 1)) - np.roll(soft, (-dy, -dx), (0, 1))
        lit = self.image.astype(np.int16) - (slope * strength).astype(np.int16)[..., None]
        self.image[:] = np.clip(lit, 0, 255)


def _jitter(colour: Colour, rng: np.random.Generator, by: int) -> Colour:
    r, g, b = (int(np.clip(c + rng.integers(-by, by + 1), 0, 255)) for c in colour)
    return r, g, b


def _white(rng: np.random.Generator) -> Colour:
    v = int(rng.integers(205, 256))
    return _jitter((v, v, v), rng, 6)


def _black(rng: np.random.Generator) -> Colour:
    v = int(rng.integers(5, 50))
    return _jitter((v, v, v), rng, 8)


def _small_face(rng: np.random.Generator) -> Face:
    return random_face(rng, 0.6, (0.45, 0.75))


def _band(plate: Plate, code: str, width: float, blue: Colour) -> None:
    """The blue band of the EU: a ring of stars (or a flag) above the country's letters."""
    w = round(width)
    plate.image[:, :w] = blue
    cy, r = plate.h * 0.32, w * 0.32
    yellow = (250, 210, 40)
    if code in ("UA", "N", "GB", "SRB", "TR", "BY", "MD", "GE", "KZ") and plate.rng.random() < 0.6:
        top, low = ((40, 90, 190), (250, 215, 40)) if code == "UA" else (tuple(plate.rng.integers(0, 255, 3)), tuple(plate.rng.integers(0, 255, 3)))
        a, b, c = round(plate.h * 0.14), round(plate.h * 0.3), round(plate.h * 0.46)
        plate.image[a:b, round(w * 0.15) : round(w * 0.85)] = top
        plate.image[b:c, round(w * 0.15) : round(w * 0.85)] = low
    else:
        for angle in np.arange(12) * np.pi / 6:
            plate.disc(w / 2 + r * np.cos(angle), cy + r * np.sin(angle), max(1, w * 0.055), yellow)
    if code:
        plate.line(code, StrokeFace(Pen(0.6, 0.15)), (w * 0.14, plate.h * 0.66, w * 0.86, plate.h * 0.66 + plate.h * 0.2), (245, 245, 245), relief=False, align="centre")


def _eu(rng: np.random.Generator, country: str, height: int) -> tuple[Plate, str]:
    layout = formats.country_text(country, rng)
    two = rng.random() < 0.06 and any(c in layout for c in " -s")
    field, ink = _white(rng), _black(rng)
    if country in ("nl", "lu") or (country == "gb" and rng.random() < 0.5) or (country in ("hu", "dk", "se") and rng.random() < 0.04) or (country == "fr" and rng.random() < 0.06):
        field = _jitter((245, 190, 30), rng, 15)
    if country == "be":
        ink = _jitter((170, 30, 40), rng, 15)
    elif rng.random() < 0.04:
        ink = _jitter((20, 110, 60) if rng.random() < 0.6 else (180, 30, 40), rng, 20)
    band = 0.0 if (country in ("ch", "dk", "rs") and rng.random() < 0.5) or rng.random() < 0.06 else rng.uniform(0.085, 0.115)
    ratio = rng.uniform(1.3, 1.6) if two else rng.uniform(4.3, 4.85)
    width = round(height * ratio)
    plate = Plate(width, height, field, rng)
    b = band * width * (2.0 if two else 1.0)
    if band:
        blue = _jitter((20, 60, 160), rng, 25)
        _band(plate, _CODES.get(country, ""), b, blue)
        if country in ("it", "fr", "pt") and rng.random() < 0.7 and not two:
            plate.image[:, width - round(b) :] = blue if country != "pt" else (240, 200, 30)
            small = "".join(rng.choice(list("0123456789" if country == "fr" else "ABCMRT"), 2))
            plate.line(small, StrokeFace(Pen(0.6, 0.15)), (width - b * 0.85, height * 0.62, width - b * 0.15, height * 0.85), (245, 245, 245), relief=False, align="centre")
    aspect = {"de": (0.55, 0.66), "it": (0.5, 0.62), "nl": (0.52, 0.64), "gb": (0.6, 0.68)}.get(country, (0.42, 0.66))
    face = random_face(rng, 0.4, aspect)
    right = b if (country in ("it", "fr", "pt") and band and not two) else 0
    pad = rng.uniform(0.1, 0.35) * height
    gap = rng.uniform(0.08, 0.17)
    if two:
        cut = max(i for i, c in enumerate(layout) if c in " -s" and i <= len(layout) * 0.6 or i == layout.find(next(x for x in layout if x in " -s")))
        for part, (t, l) in zip((layout[:cut], layout[cut:].strip(" -s")), ((0.1, 0.46), (0.56, 0.92)), strict=True):
            plate.number(part, face, (b + pad * 0.4, t * height, width - pad * 0.4, l * height), ink, gap=gap)
    else:
        top = rng.uniform(0.13, 0.22)
        plate.number(layout, face, (b + pad, top * height, width - right - pad, (1 - top) * height), ink, gap=gap, align="fit" if rng.random() < 0.8 else "centre")
    if rng.random() < 0.6:
        plate.frame(rng.uniform(0.015, 0.05), rng.uniform(0.015, 0.04), ink, rng.uniform(0.04, 0.12))
    plate.emboss(rng.uniform(0, 0.35))
    return plate, layout


def _ru(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    pick = lambda n, s=formats.CYRILLIC_TWINS: "".join(s[rng.integers(len(s))] for _ in range(n))  # noqa: E731
    digits = lambda n: "".join(str(d) for d in rng.integers(0, 10, n))  # noqa: E731
    area = str(rng.choice(_RU_REGIONS))
    kind = rng.choice(["car", "square", "taxi", "trailer", "army", "police"], p=[0.86, 0.03, 0.04, 0.03, 0.02, 0.02])
    field, ink = _white(rng), _black(rng)
    main = {"taxi": f"{pick(2)}{digits(3)}", "trailer": f"{pick(2)}{digits(4)}", "army": f"{digits(4)}{pick(2)}", "police": f"{pick(1)}{digits(4)}"}.get(str(kind), f"{pick(1)}{digits(3)}{pick(2)}")
    if kind == "taxi":
        field = _jitter((245, 195, 30), rng, 15)
    elif kind == "army":
        field, ink = _jitter((25, 25, 25), rng, 15), _white(rng)
    elif kind == "police":
        field, ink = _jitter((30, 70, 160), rng, 20), _white(rng)
    face: Face = StrokeFace(Pen.random(rng, (0.56, 0.72))) if rng.random() < 0.75 else random_face(rng, 1.0, (0.55, 0.7))
    if isinstance(face, StrokeFace):
        face.pen.stroke = rng.uniform(0.12, 0.18)
        face.pen.variants.update({"1foot": 0, "0slash": 0, "Mdeep": int(rng.random() < 0.3), "Ypole": int(rng.random() < 0.5)})
    low = 58 / 76 * rng.uniform(0.95, 1.08)
    heights = lambda c: 1.0 if c.isdigit() else low  # noqa: E731
    gap = rng.uniform(0.1, 0.17)
    flag = rng.random() < 0.8
    if kind == "square":
        width = round(height * rng.uniform(1.5, 1.75))
        plate = Plate(width, height, field, rng)
        plate.number(main[:4], face, (0.08 * width, 0.1 * height, 0.92 * width, 0.5 * height), ink, gap=gap, heights=heights)
        plate.number(main[4:], face, (0.08 * width, 0.58 * height, 0.48 * width, 0.9 * height), ink, gap=gap)
        plate.number(area, face, (0.54 * width, 0.56 * height, 0.92 * width, 0.78 * height), ink, gap=gap)
        plate.line("RUS", StrokeFace(Pen(0.6, 0.15)), (0.54 * width, 0.82 * height, 0.75 * width, 0.92 * height), ink, relief=False, align="centre")
    else:
        width = round(height * rng.uniform(4.4, 4.8))
        plate = Plate(width, height, field, rng)
        split = rng.uniform(0.735, 0.775) * width
        plate.number(main, face, (0.05 * width, 0.15 * height, split - 0.02 * width, 0.86 * height), ink, gap=gap, heights=heights)
        top = rng.uniform(0.08, 0.14) * height
        bottom = top + rng.uniform(0.5, 0.56) * height
        plate.number(area, face, (split + 0.025 * width, top, width - 0.03 * width, bottom), ink, gap=gap * 0.8)
        x0 = split + 0.025 * width
        rus = (x0, 0.72 * height, x0 + 0.11 * width, 0.88 * height)
        plate.line("RUS", StrokeFace(Pen(0.55, 0.15)), rus, ink, relief=False, align="centre")
        if flag:
            fx, fy, fw, fh = round(x0 + 0.125 * width), round(0.72 * height), round(0.07 * width), max(3, round(0.16 * height))
            for i, colour in enumerate(((250, 250, 250), (40, 60, 170), (200, 40, 40))):
                plate.image[fy + i * fh // 3 : fy + (i + 1) * fh // 3, fx : fx + fw] = colour
            cv2.rectangle(plate.image, (fx, fy), (fx + fw, fy + fh), ink, 1)
        thick = max(1, round(rng.uniform(0.015, 0.03) * height))
        cv2.line(plate.image, (round(split), 0), (round(split), height), ink, thick, cv2.LINE_AA)
        for x in (0.03, 0.97) if rng.random() < 0.5 else ():
            plate.disc(x * width, 0.5 * height, 0.03 * height, _jitter((120, 120, 120), rng, 60))
    plate.frame(rng.uniform(0.02, 0.05), rng.uniform(0.015, 0.035), ink, rng.uniform(0.06, 0.14))
    plate.emboss(rng.uniform(0, 0.25))
    return plate, main + area


def _ua(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    return _eu(rng, "ua", height)


def _br(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    text = "".join(formats.ALL[i] for i in rng.integers(0, 26, 3))
    digits = "".join(str(d) for d in rng.integers(0, 10, 4))
    width = round(height * rng.uniform(2.9, 3.25))
    small = _small_face(rng)
    if rng.random() < 0.3:
        plate = Plate(width, height, _white(rng), rng)
        blue = _jitter((10, 60, 150), rng, 25)
        plate.image[: round(0.24 * height)] = blue
        plate.line("BRASIL", small, (0.36 * width, 0.06 * height, 0.64 * width, 0.18 * height), (245, 245, 245), relief=False, align="centre")
        plate.disc(0.92 * width, 0.12 * height, 0.07 * height, (40, 150, 70))
        plate.disc(0.92 * width, 0.12 * height, 0.035 * height, (240, 210, 50))
        code = text + digits[0] + formats.ALL[rng.integers(26)] + digits[2:]
        ink = _black(rng) if rng.random() < 0.85 else _jitter((180, 30, 40), rng, 20)
        plate.number(code, random_face(rng, 0.35, (0.5, 0.66)), (0.07 * width, 0.34 * height, 0.95 * width, 0.9 * height), ink, gap=rng.uniform(0.06, 0.14))
        if rng.random() < 0.7:
            plate.line("BR", small, (0.03 * width, 0.78 * height, 0.08 * width, 0.88 * height), ink, relief=False)
        plate.emboss(rng.uniform(0, 0.25))
        return plate, code
    grey = rng.random() < 0.8
    v = int(rng.integers(150, 215))
    field: Colour = _jitter((v, v, v), rng, 8) if grey else _jitter((190, 40, 40), rng, 25)
    ink = _black(rng) if grey else _white(rng)
    two = rng.random() < 0.07
    if two:
        width = round(height * rng.uniform(1.1, 1.3))
    plate = Plate(width, height, field, rng)
    town = f"{rng.choice(_STATES_BR)}-{rng.choice(_CITIES)}"
    name = Plate.line
    cover = rng.random()
    if cover < 0.85:
        name(plate, town.replace(" ", "_") if rng.random() < 0.2 else town, small, (0.22 * width, 0.07 * height, 0.78 * width, rng.uniform(0.16, 0.21) * height), ink, relief=rng.random() < 0.5, align="centre", gap=0.15)
    face = random_face(rng, 0.4, (0.42, 0.62))
    gap = rng.uniform(0.1, 0.2)
    if two:
        plate.number(text, face, (0.12 * width, 0.22 * height, 0.88 * width, 0.54 * height), ink, gap=gap)
        plate.number(digits, face, (0.08 * width, 0.6 * height, 0.92 * width, 0.92 * height), ink, gap=gap)
    else:
        mark = rng.choice([".", "-", " "], p=[0.6, 0.25, 0.15])
        plate.number(f"{text}{mark}{digits}", face, (0.04 * width, rng.uniform(0.27, 0.34) * height, 0.96 * width, rng.uniform(0.86, 0.92) * height), ink, gap=gap)
    if rng.random() < 0.5:
        plate.frame(rng.uniform(0.015, 0.04), rng.uniform(0.01, 0.03), ink if rng.random() < 0.5 else field, rng.uniform(0.04, 0.1))
    plate.emboss(rng.uniform(0.05, 0.45))
    return plate, text + digits


def _picture(plate: Plate) -> None:
    """A printed ground: gradients, hills, sun, blots behind the number, as on many US plates."""
    rng = plate.rng
    base = plate.image[0, 0].astype(np.float32)
    other = np.array(_jitter((int(base[0]), int(base[1]), int(base[2])), rng, 90), np.float32)
    t = np.abs(np.linspace(0, 1, plate.h) - (0.5 if rng.random() < 0.5 else 0.0))[:, None, None] * rng.uniform(0.5, 2)
    if rng.random() < 0.6:
        plate.image[:] = np.clip(base + (other - base) * np.clip(t, 0, 1), 0, 255)
    layer = plate.image.copy()
    for _ in range(int(rng.integers(0, 4))):
        colour = tuple(int(c) for c in rng.integers(40, 255, 3))
        x, y = rng.uniform(0, plate.w), rng.uniform(0, plate.h)
        shape = rng.random()
        if shape < 0.35:
            xs = np.linspace(0, plate.w, 9)
            ys = plate.h * rng.uniform(0.4, 0.85) + rng.normal(0, plate.h * 0.08, 9)
            points = np.concatenate([np.stack([xs, ys], 1), [[plate.w, plate.h], [0, plate.h]]])
            cv2.fillPoly(layer, [points.astype(np.int32)], colour, cv2.LINE_AA)
        elif shape < 0.7:
            cv2.ellipse(layer, (round(x), round(y)), (round(rng.uniform(5, plate.w * 0.25)), round(rng.uniform(5, plate.h * 0.35))), rng.uniform(0, 180), 0, 360, colour, -1, cv2.LINE_AA)
        else:
            cv2.line(layer, (round(x), 0), (round(rng.uniform(0, plate.w)), plate.h), colour, int(rng.integers(2, 16)), cv2.LINE_AA)
    alpha = rng.uniform(0.1, 0.65)
    plate.image[:] = cv2.addWeighted(layer, alpha, plate.image, 1 - alpha, 0)


_US_INKS: tuple[Colour, ...] = ((25, 40, 110), (15, 15, 20), (20, 70, 50), (130, 25, 35), (30, 60, 150), (60, 30, 20), (10, 10, 60))


def _us(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    state, layout = formats.us_text(rng)
    width = round(height * rng.uniform(1.9, 2.1))
    ink = _jitter(_US_INKS[rng.integers(len(_US_INKS))], rng, 20)
    v = int(rng.integers(195, 256))
    field: Colour = _jitter((v, v, v), rng, 18)
    dark = rng.random()
    if dark < 0.1:
        field, ink = _jitter(_US_INKS[rng.integers(len(_US_INKS))], rng, 25), _jitter((240, 220, 150) if rng.random() < 0.6 else (240, 240, 240), rng, 20)
    elif dark < 0.17:
        field = _jitter((240, 190, 60), rng, 30)
    plate = Plate(width, height, field, rng)
    if rng.random() < 0.6:
        _picture(plate)
    second: Colour = ink if rng.random() < 0.6 else _jitter(((170, 30, 40), (30, 60, 150), (20, 100, 60))[rng.integers(3)], rng, 30)
    face = random_face(rng, 0.45, (0.36, 0.6))
    top, bottom = rng.uniform(0.24, 0.33), rng.uniform(0.74, 0.82)
    if rng.random() < 0.06:
        top, bottom = rng.uniform(0.14, 0.2), rng.uniform(0.68, 0.8)
    left, right = 0.05 * width, 0.95 * width
    text = layout if rng.random() < 0.7 else layout.replace("s", " ").replace("-", " ")
    if rng.random() < 0.16:
        # Small letters, stacked, at a side: class marks, which are not part of the number.
        marks = "".join(formats.ALL[i] for i in rng.integers(0, 26, rng.integers(2, 4)))
        size = 0.44 * (bottom - top) * height if len(marks) == 2 else 0.3 * (bottom - top) * height
        at_left = rng.random() < 0.7
        x = left if at_left else right - size * 0.6
        mini = _small_face(rng)
        for i, mark in enumerate(marks):
            y = top * height + i * size * 1.1
            plate.line(mark, mini, (x, y, x + size * 0.6, y + size), second, align="centre")
        if at_left:
            left += size * 0.8
        else:
            right -= size * 0.8
    mono = rng.uniform(0.46, 0.6) if rng.random() < 0.25 else 0.0
    plate.number(text.replace("s", "s" if rng.random() < 0.6 else " "), face, (left, top * height, right, bottom * height), ink, gap=rng.uniform(0.08, 0.2),
               align="fit" if rng.random() < 0.6 else "centre", mono=mono, seal=_jitter((150, 150, 120), rng, 80))  # fmt: skip
    hand = None
    named = rng.random() < 0.92
    if named:
        size = rng.uniform(0.1, 0.19)
        y = rng.uniform(0.03, 0.08)
        by_hand = rng.random() < (0.8 if state == "CALIFORNIA" else 0.15)
        hand = handwriting(rng, state.title(), round((size + 0.05) * height), round(0.7 * width)) if by_hand else None
        if hand is not None:
            red = state == "CALIFORNIA" and rng.random() < 0.7
            plate.paint(hand, (width - hand.shape[1]) // 2, round(y * height), _jitter((190, 40, 50), rng, 30) if red else second)
    if named and hand is None:
        script = _small_face(rng)
        plate.line(state, script, (0.2 * width, y * height, 0.8 * width, (y + size) * height), second, relief=False, align="centre", gap=rng.uniform(0.1, 0.4))
    if rng.random() < 0.65:
        slogan = str(_SLOGANS[rng.integers(len(_SLOGANS))])
        size = rng.uniform(0.07, 0.13)
        y = rng.uniform(0.84, 0.9)
        plate.line(slogan, _small_face(rng), (0.15 * width, y * height, 0.85 * width, (y + size) * height), second, relief=False, align="centre", gap=rng.uniform(0.1, 0.3))
    for corner in range(4):
        if rng.random() < 0.25:
            sx, sy = (0.03 if corner % 2 == 0 else 0.85), (0.03 if corner < 2 else 0.8)
            sw, sh = rng.uniform(0.08, 0.14), rng.uniform(0.13, 0.2)
            a, b, c, d = round(sx * width), round(sy * height), round((sx + sw) * width), round((sy + sh) * height)
            plate.image[b:d, a:c] = tuple(int(k) for k in rng.integers(60, 255, 3))
            year = rng.choice(["08", "09", "10", "11", "12", "14", "16", "JAN", "MAR", "JUN", "SEP", "DEC"])
            plate.line(str(year), _small_face(rng), (a + 2, b + 0.2 * (d - b), c - 2, d - 0.2 * (d - b)), _black(rng), relief=False, align="centre")
    if rng.random() < 0.5:
        plate.frame(rng.uniform(0.01, 0.03), rng.uniform(0.01, 0.025), ink, rng.uniform(0.06, 0.12))
    plate.emboss(rng.uniform(0, 0.5))
    if rng.random() < 0.35:
        _holder(plate, bool(rng.random() < 0.6))
    return plate, layout


def _holder(plate: Plate, words: bool) -> None:
    """A dealer's frame around the plate, hiding parts of the name and slogan."""
    rng = plate.rng
    v = int(rng.integers(0, 255))
    colour = _jitter((v, v, v), rng, 15)
    side = max(1, round(rng.uniform(0.015, 0.05) * plate.w))
    top, low = max(1, round(rng.uniform(0.03, 0.16) * plate.h)), max(1, round(rng.uniform(0.03, 0.16) * plate.h))
    plate.image[:, :side] = plate.image[:, -side:] = colour
    plate.image[:top] = colour
    plate.image[-low:] = colour
    if words and low > 0.08 * plate.h:
        shade: Colour = _white(rng) if v < 128 else _black(rng)
        name = "".join(formats.ALL[i] for i in rng.integers(0, 26, rng.integers(4, 12)))
        plate.line(name, _small_face(rng), (0.2 * plate.w, plate.h - 0.85 * low, 0.8 * plate.w, plate.h - 0.15 * low), shade, relief=False, align="centre")


def _generic(rng: np.random.Generator, height: int) -> tuple[Plate, str]:
    """A plate of no country in particular: any colours, one or two lines."""
    layout = formats.country_text("xx", rng)
    dark = rng.random() < 0.35
    field = _jitter(((30, 30, 35), (30, 60, 150), (150, 30, 40), (20, 100, 60))[rng.integers(4)], rng, 30) if dark else _jitter(((235, 235, 235), (245, 200, 50), (200, 225, 240))[rng.integers(3)], rng, 20)
    ink = _white(rng) if dark else _black(rng)
    cuts = [i for i, c in enumerate(layout) if c in " -"]
    two = rng.random() < 0.3 and cuts
    width = round(height * (rng.uniform(1.2, 2.0) if two else rng.uniform(2.0, 4.8)))
    plate = Plate(width, height, field, rng)
    face = random_face(rng, 0.5, (0.4, 0.7))
    if two:
        cut = cuts[len(cuts) // 2]
        for part, (t, l) in zip((layout[:cut], layout[cut + 1 :]), ((0.1, 0.47), (0.55, 0.91)), strict=True):
            plate.number(part, face, (0.07 * width, t * height, 0.93 * width, l * height), ink)
    else:
        m = rng.uniform(0.12, 0.28)
        plate.number(layout, face, (0.05 * width, m * height, 0.95 * width, (1 - m) * height), ink, gap=rng.uniform(0.08, 0.2))
    if rng.random() < 0.5:
        plate.frame(rng.uniform(0.02, 0.05), rng.uniform(0.015, 0.04), ink, rng.uniform(0.04, 0.14))
    plate.emboss(rng.uniform(0, 0.4))
    return plate, layout


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
    kinds: dict[str, Callable[[np.random.Generator, int], tuple[Plate, str]]] = {"ru": _ru, "ua": _ua, "br": _br, "us": _us, "xx": _generic}
    plate, layout = kinds[region](rng, height) if region in kinds else _eu(rng, region, height)
    return Drawn(plate.image, "".join(c for c in layout if c.isdigit() or c.isupper()), region, _rows(plate.lines))


def _rows(lines: list[Line]) -> list[Line]:
    """Join pieces that stand side by side (a number and its region box) into one line."""
    rows: list[Line] = []
    for line in lines:
        if rows and min(rows[-1].box[3], line.box[3]) - max(rows[-1].box[1], line.box[1]) > 0.1:
            a, b = rows[-1].box, line.box
            rows[-1] = Line(rows[-1].text + line.text, (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])))
        else:
            rows.append(line)
    return rows


def render_plate(rng: np.random.Generator, region: str | None = None) -> tuple[Image, str, str]:
    """A flat frontal plate: RGB (96 to 128 px high, width by its kind), its text in A–Z and 0–9, its region.

    `region` is a country of `formats.LAYOUTS`, `us`, `ru`, `ua`, `br`, `xx` (none in particular), or a group `eu` or `near`;
    None takes one by `GROUPS`. Two-line plates read from top to bottom. Raises KeyError for an unknown region.
    """
    drawn = draw(rng, region)
    return drawn.image, drawn.text, drawn.region
