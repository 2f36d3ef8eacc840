"""Random number-plate texts in the formats that countries issue."""

from __future__ import annotations

import re

import numpy as np

from showpiece_predictors.plates.countries import ALL, CYRILLIC_TWINS, LAYOUTS, LETTERS, PREFIXES, US_LAYOUTS, without

__all__ = ["ALL", "CYRILLIC_TWINS", "STATES", "country_text", "fill", "us_text"]

STATES = tuple(US_LAYOUTS)


def fill(layout: str, letters: str, rng: np.random.Generator, prefixes: list[str] | None = None) -> str:
    """The layout with random characters; separators stay."""

    def literal(match: re.Match[str]) -> str:
        name = match[1]
        return str(rng.choice(prefixes)) if name == "P" and prefixes else name

    out = []
    # Literals pass through as the private marks of `\x00X`, so that an `A` or `N` of a prefix is not filled again.
    marked = re.sub(r"\{(\w+)\}", lambda m: "".join("\0" + c for c in literal(m)), layout)
    chars = iter(marked)
    for c in chars:
        if c == "\0":
            out.append(next(chars))
        elif c == "A":
            out.append(letters[rng.integers(len(letters))])
        elif c == "N":
            out.append("0123456789"[rng.integers(10)])
        elif c == "n":
            out.append("123456789"[rng.integers(9)])
        else:
            out.append(c)
    return "".join(out)


def country_text(country: str, rng: np.random.Generator) -> str:
    """A text of a country with its separators."""
    weights, layouts = zip(*LAYOUTS[country], strict=True)
    p = np.array(weights) / sum(weights)
    prefixes = PREFIXES.get(country, "").split()
    return fill(str(layouts[rng.choice(len(layouts), p=p)]), LETTERS.get(country, ALL), rng, prefixes)


def us_text(rng: np.random.Generator) -> tuple[str, str]:
    """A US (or Canadian) state and a text of one of its formats, or now and then a personal one."""
    state = "CALIFORNIA" if rng.random() < 0.08 else STATES[rng.integers(len(STATES))]
    if rng.random() < 0.08:
        length = int(rng.integers(3, 8))
        return state, "".join((ALL + "0123456789")[rng.integers(36)] for _ in range(length))
    if rng.random() < 0.1:
        old = ("AAANN", "AA NNN", "AAA NN", "A NNNN", "NN AAAA", "NNNN A", "NN NNN", "AANNA", "NN-NNNN", "A-NNN-NNN")
        return state, fill(old[rng.integers(len(old))], ALL, rng)
    layouts = US_LAYOUTS[state].split("|")
    letters = ALL if rng.random() < 0.5 else without("IOQ")
    return state, fill(layouts[rng.integers(len(layouts))], letters, rng)
