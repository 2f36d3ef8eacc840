"""Texts that plates may have: how much likelier than chance a country's formats make a text; readings bent to them.

The formats are in `countries.py`. A layout is compiled to one set of characters a place; a text's weight is the sum,
over the layouts that allow it, of P(region) P(country | region) P(layout | country) / product of the sizes of the sets,
divided by (1/36)^length, so that texts of all lengths compare: a log of 0 is a text that is as likely by chance. It may
stand beside the log likelihood of CTC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from . import countries
from .ctc import ALPHABET

DIGITS = ALPHABET[:10]
CHANCE = float(np.log(36))
#: The regions that a hint may name and that the reader's picture of the plate tells apart.
REGIONS = ("br", "eu", "ru", "ua", "us", "xx")
#: How often each is met, where nothing is known.
SHARES = {"br": 0.16, "eu": 0.3, "ru": 0.26, "ua": 0.05, "us": 0.2, "xx": 0.03}
#: Europe's countries by the cars on their roads, in millions, roughly; those not named count 1.
CARS = {
    "de": 48.0,
    "it": 40.0,
    "fr": 38.0,
    "gb": 33.0,
    "pl": 26.0,
    "es": 25.0,
    "tr": 15.0,
    "nl": 9.0,
    "ro": 8.0,
    "cz": 6.5,
    "be": 6.0,
    "pt": 5.5,
    "gr": 5.5,
    "at": 5.0,
    "se": 5.0,
    "ch": 4.7,
    "hu": 4.0,
    "by": 3.0,
    "fi": 2.8,
    "no": 2.8,
    "bg": 2.8,
    "dk": 2.8,
    "sk": 2.5,
    "ie": 2.3,
    "rs": 2.2,
    "hr": 1.8,
    "lt": 1.5,
    "si": 1.2,
}
#: A text of no known layout: its share of all plates (personal numbers, old series, countries not listed).
UNKNOWN = 0.04
#: A first code that is on no list: not seen yet, or new.
UNLISTED = 0.02


@cache
def _expression(sets: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("".join(f"[{characters}]" for characters in sets))


@dataclass(frozen=True)
class Form:
    """One layout of one country: `sets`, the characters of each place; `weight`, log P of any text that it allows."""

    region: str
    country: str
    sets: tuple[str, ...]
    weight: float
    #: Where a code from `codes` stands: first place and places; (0, 0) for none.
    code: tuple[int, int]
    codes: frozenset[str]

    def fits(self, text: str) -> bool:
        """Whether the layout allows `text`."""
        return _expression(self.sets).fullmatch(text) is not None

    def log_share(self, text: str) -> float:
        """log P(text) in this layout; `text` must fit."""
        at, length = self.code
        listed = not length or text[at : at + length] in self.codes
        return self.weight + (0.0 if listed else float(np.log(UNLISTED)))


def _compiled(region: str, country: str, layout: str, share: float, letters: str) -> list[Form]:
    """The layout as forms: one for each length that its code may have."""
    codes = countries.PREFIXES.get(country, "").split()
    lengths = sorted({len(code) for code in codes}) if "{P}" in layout else [0]
    out = []
    for length in lengths:
        mine = [code for code in codes if len(code) == length]
        sets: list[str] = []
        code, weight = (0, 0), float(np.log(share))
        for sign in re.findall(r"\{\w+\}|[ANn]", layout):
            if sign == "{P}":
                code = (len(sets), length)
                weight += float(np.log(len(mine) / len(codes) / len(set(mine))))
                sets += ["".join(sorted({c[i] for c in mine})) for i in range(length)]
            elif sign[0] == "{":
                sets += list(sign[1:-1])
            else:
                sets.append({"A": "".join(sorted(letters)), "N": DIGITS, "n": DIGITS[1:]}[sign])
                weight -= float(np.log(len(sets[-1])))
        out.append(Form(region, country, tuple(sets), weight, code, frozenset(mine)))
    return out


@cache
def forms() -> tuple[Form, ...]:
    """Every layout of every country, compiled."""
    out: list[Form] = []
    total = sum(CARS.get(c, 1.0) for c in countries.LAYOUTS if c not in REGIONS)
    for country, layouts in countries.LAYOUTS.items():
        region = country if country in REGIONS else "eu"
        share = SHARES[region] * (CARS.get(country, 1.0) / total if region == "eu" else 1.0)
        whole = sum(weight for weight, _ in layouts)
        for weight, layout in layouts:
            out += _compiled(
                region, country, layout, share * weight / whole, countries.LETTERS.get(country, countries.ALL)
            )
    lines = [(state, layout) for state, family in countries.US_LAYOUTS.items() for layout in family.split("|")]
    for _, layout in lines:
        # Most states leave out I, O and Q where a digit may be meant; those that do not are rarer.
        for letters, part in ((countries.without("IOQ"), 0.8), (countries.ALL, 0.2)):
            out += _compiled("us", "us", layout, SHARES["us"] * part / len(lines), letters)
    return tuple(out)


@cache
def _of_length(length: int) -> tuple[Form, ...]:
    return tuple(form for form in forms() if len(form.sets) == length)


@lru_cache(maxsize=4096)
def _fitting(text: str) -> tuple[tuple[str, str, float], ...]:
    """(region, country, log P) of each layout that allows `text`."""
    forms_of = _of_length(len(text))
    return tuple((form.region, form.country, form.log_share(text)) for form in forms_of if form.fits(text))


def unknown(text: str) -> float:
    """log P(`text`) if it follows no known layout."""
    return float(np.log(UNKNOWN)) - CHANCE * len(text) - 2.0 * max(0, 4 - len(text), len(text) - 8)


def weigh(text: str, regions: dict[str, float] | None = None) -> tuple[float, dict[str, float]]:
    """How much likelier than chance `text` is, as a log, and log P(country, text) for each country that allows it.

    `regions` adds to the log weight of each region: a hint, or what the picture says (log P(region | picture) - log
    share).
    """
    extra = regions or {}
    found: dict[str, float] = {}
    for region, country, share in _fitting(text):
        value = share + extra.get(region, 0.0)
        found[country] = float(np.logaddexp(found.get(country, -np.inf), value))
    total = float(np.logaddexp.reduce([unknown(text), *found.values()]))
    return total + CHANCE * len(text), found


@cache
def _patterns(length: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], int]:
    """The different set patterns of a length: (patterns, length) numbers of sets, and (sets, 37) what each allows."""
    names: dict[str, int] = {}
    rows = {tuple(names.setdefault(s, len(names)) for s in form.sets) for form in _of_length(length)}
    allowed = np.zeros((max(1, len(names)), len(ALPHABET) + 1), bool)
    for characters, number in names.items():
        allowed[number, [ALPHABET.index(c) + 1 for c in characters]] = True
    return np.array(sorted(rows), np.int64).reshape(len(rows), length), allowed, len(rows)


def bent(log_probs: npt.NDArray[np.float32], length: int, most: int = 12) -> list[str]:
    """The best texts of `length` characters that some layout allows, the likeliest first, at most `most`.

    By the likeliest path (Viterbi) through each layout, all side by side. `log_probs` is (steps, 37), blank first.
    """
    rows, allowed, count = _patterns(length)
    steps = len(log_probs)
    if not count or steps < length:
        return []
    # The best character of a set at each step, and how likely: within a run of one character the choice hardly changes.
    masked = np.where(allowed[None], log_probs[:, None, :], -np.inf)
    best = masked.max(2)
    states = 2 * length + 1
    score = np.full((count, states), -1e9)
    score[:, 0] = log_probs[0, 0]
    score[:, 1] = best[0][rows[:, 0]]
    back = np.zeros((steps, count, states), np.int8)
    emission = np.empty((count, states))
    for t in range(1, steps):
        emission[:, 0::2] = log_probs[t, 0]
        emission[:, 1::2] = best[t][rows]
        one = np.full_like(score, -1e9)
        one[:, 1:] = score[:, :-1]
        two = np.full_like(score, -1e9)
        two[:, 3::2] = score[:, 1:-2:2]
        options = np.stack([score, one, two])
        back[t] = options.argmax(0)
        score = options.max(0) + emission
    last = np.where(score[:, -1] >= score[:, -2], states - 1, states - 2)
    ends = score[np.arange(count), last]
    out: dict[str, None] = {}
    for row in np.argsort(-ends)[: 2 * most]:
        state = int(last[row])
        evidence = np.zeros((length, log_probs.shape[1]))
        for t in range(steps - 1, -1, -1):
            if state % 2:
                evidence[state // 2] += log_probs[t]
            state -= int(back[t, row, state])
        chosen = np.where(allowed[rows[row]], evidence, -np.inf).argmax(1)
        out["".join(ALPHABET[c - 1] for c in chosen)] = None
    return list(out)[:most]
