"""What number plates of a country look like: letters and digits by place, and how usual each form is.

A template is one sign a place: `L` a letter, `D` a digit, `C` a letter that Cyrillic and Latin share in shape (Russian
plates use these twelve), `U` one of the twelve of Ukraine, any other sign itself. The forms are those of the public
registration rules of each country; weights are our own rough shares of what is on the roads, and only their order of
size matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from .ctc import ALPHABET, CLASSES, INDEX

LETTERS = ALPHABET[10:]
DIGITS = ALPHABET[:10]
SETS = {
    "L": LETTERS,
    "D": DIGITS,
    "N": "123456789",
    "C": "ABEKMHOPCTYX",
    "U": "ABCEHIKMOPTX",
    "R": "1279",  # what a Russian region code of three digits begins with
    "S": "BCDFGHJKLMNPRSTVWXYZ",  # Spain: no vowels
}

#: Region, templates, weight of each. A weight of 1 is the usual form of a country.
FORMS: tuple[tuple[str, str, float], ...] = (
    ("ru", "CDDDCCDD CDDDCCRDD", 1.0),
    ("ru", "CCDDDDDD CCDDDDRDD CCDDDDD CCDDDRDD DDDDCCDD DDDDCCRDD CDDDDDD", 0.02),  # trailers, buses, motorcycles, police
    ("ua", "UUDDDDUU", 1.0),
    ("by", "DDDDCCN", 0.3),
    ("kz", "DDDLLLDD", 0.3),
    ("kz", "DDDLLDD LDDDLLL LDDDLL", 0.03),
    ("br", "LLLDDDD LLLDLDD", 1.0),
    ("eu", "LLDDDLL", 1.0),  # Slovakia, France, Italy, Croatia
    ("eu", "DLDDDDD DLLDDDD LLDDDDD LLLDDDD LLDDDDLL", 0.4),  # Czechia, Poland, Denmark, Norway, Croatia, Serbia
    ("eu", "LLDDDD LLLDDD LLLDDDDD LLLDDLL LLLDDDL LLDDDDL LLDDLLL DDDDSSS LLLLDDD", 0.3),
    ("eu", "LDDDLLL LLLDDL LLDLLL LLLLDD LLLLDDDD LLLDDDD LDDDDLL LLDDLL DDLLDD DDLLLD DLLLDD LLDDDL DDDLLL", 0.15),
    ("eu", "LLDDD LLDD LLLDD LDDDDL LDDDDDL LLDDDDDL LLDDDDDD LDDDL LDDDLL LLLLD LLLD DDDLDDDDD DDDLDDDD", 0.05),
    ("gb", "LLDDLLL", 0.6),
    ("gb", "LDDDLLL LLLDDDL LDDLLL LLLDDL", 0.05),
    ("tr", "DDLDDDD DDLDDDDD DDLLDDD DDLLDDDD DDLLLDD DDLLLDDD", 0.1),
    ("us", "DLLLDDD", 1.0),  # California
    ("us", "LLLDDDD LLLDDD LLDLDL LLLLDD", 0.5),
    ("us", "DDDLLL LDDDDDD LLDDDDD LLLDLDD DDDDLL DLLDDD DLLDDDD LLDDDL LDDLLL LDDDLL DDDDLLL LLLDDL DLDDDD", 0.1),
    ("us", "DDDDDD DDDDDDD DDDLLD LDDDDD LLDDDD DLLLDD LLDDLL DDLLDD LDLDDD DLDDDDD DDLDDDD", 0.05),
    ("in", "LLDDLLDDDD LLDDLDDDD", 0.1),
)
#: Weights of texts of no known form, by what is in them. The lengths that plates have are far likelier than others.
MIXED, ONLY_LETTERS, ONLY_DIGITS = 0.02, 0.001, 0.001
USUAL = range(4, 9)
LEAST = 1e-5
REGIONS = tuple(dict.fromkeys(region for region, _, _ in FORMS))
#: What a hint for one region takes from the others.
HINTED = 0.02


@dataclass(frozen=True)
class Form:
    """One template of a region with the log of its weight."""

    region: str
    template: str
    prior: float

    def fits(self, text: str) -> bool:
        return len(text) == len(self.template) and all(
            character in SETS.get(sign, sign) for character, sign in zip(text, self.template, strict=True)
        )


@cache
def forms(length: int) -> tuple[Form, ...]:
    """All forms of that many characters."""
    return tuple(
        Form(region, template, float(np.log(weight)))
        for region, templates, weight in FORMS
        for template in templates.split()
        if len(template) == length
    )


@cache
def mask(template: str) -> npt.NDArray[np.bool_]:
    """(places, 37): which classes may stand at each place."""
    allowed = np.zeros((len(template), CLASSES), bool)
    for place, sign in enumerate(template):
        allowed[place, [INDEX[character] for character in SETS.get(sign, sign)]] = True
    return allowed


def fitting(text: str) -> list[Form]:
    """The forms that `text` has."""
    return [form for form in forms(len(text)) if form.fits(text)]


def log_prior(text: str, hint: str = "auto") -> float:
    """The log weight of a text: of the best form it has, or of a text of no known form."""
    return max((weight for _, weight in weighed(text, hint)), default=float(np.log(LEAST)))


def weighed(text: str, hint: str = "auto") -> list[tuple[str, float]]:
    """(region, log weight) for each region whose form `text` has, and ("", weight) for none of them."""
    best: dict[str, float] = {}
    for form in fitting(text):
        weight = form.prior if hint in ("auto", form.region) else form.prior + float(np.log(HINTED))
        best[form.region] = max(best.get(form.region, -np.inf), weight)
    letters = sum(character in LETTERS for character in text)
    kind = MIXED if 0 < letters < len(text) else ONLY_LETTERS if letters else ONLY_DIGITS
    best[""] = float(np.log(kind if len(text) in USUAL else LEAST))
    return list(best.items())
