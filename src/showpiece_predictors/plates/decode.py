"""From what the reader saw to ranked texts: beam search, layouts of countries, the region that the picture shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import ctc, grammar

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from .ctc import Array

#: How much the layouts count beside what was seen: the reader has learnt a part of them from its training texts.
PRIOR = 0.7
#: How much the region seen in the picture counts.
SEEN_REGION = 0.5
#: A hint makes other regions this much less likely (natural logarithm).
HINTED = -4.0
#: Twins that many plates draw alike: each lends the other this share of its probability, and the layout decides.
TWINS = ("0O", "1I")
LENT = 0.6
BEAM = 10
#: A look that has not seen a text at all counts this much against it, and no more (natural logarithm).
FLOOR = -12.0
#: Log probability from which a step is surely blank.
SURE_BLANK = -0.002


@dataclass(frozen=True)
class Reading:
    """A text and what speaks for it."""

    text: str
    #: log likelihood of the text plus its weighted prior; comparable between texts of one plate.
    score: float
    #: Share of this text among all that were considered; 0 to 1.
    share: float
    #: The country's code (`countries.LAYOUTS`), `us`, or "" where no layout allows the text.
    country: str
    #: P(region | text, picture) of `grammar.REGIONS`; sums to 1. "xx": a text of no known layout.
    regions: dict[str, float]
    #: Probability of each character, 0 to 1; of the best reading only, () for the others.
    characters: tuple[float, ...]

    @property
    def region(self) -> str:
        """The likeliest of `regions`."""
        return max(self.regions, key=lambda region: self.regions[region])


def dense(log_probs: Array) -> Array:
    """The same without all but one of the steps in a row that are surely blank: they say nothing and cost time."""
    blank = log_probs[:, ctc.BLANK] > SURE_BLANK
    kept: Array = log_probs[~blank | ~np.concatenate([[False], blank[:-1]])]
    return kept


def lent(log_probs: Array) -> Array:
    """Twins lend each other a part of their probability; (steps, 37) to the same."""
    p = np.exp(log_probs.astype(np.float64))
    for twins in TWINS:
        pair = [ctc.INDEX[c] for c in twins]
        p[:, pair] = (p[:, pair] + LENT * p[:, pair[::-1]]) / (1 + LENT)
    return np.log(np.maximum(p, 1e-12)).astype(np.float32)


def decode(
    views: Sequence[Array], regions: npt.NDArray[np.float32] | None = None, hint: str = "auto", most: int = 6
) -> list[Reading]:
    """Ranked texts of one plate, the best first; empty where nothing stands out.

    `views`: (steps, 37) log probabilities of one or more looks at the same plate. `regions`: (6,) log probabilities of
    `grammar.REGIONS` by the picture, mean over the looks. `hint`: one of `grammar.REGIONS`, or "auto".
    """
    raw = [dense(view) for view in views]
    views = [lent(view) for view in raw]
    texts: set[str] = set()
    for view in views:
        beams = [text for text, _ in ctc.beam(view, BEAM) if text]
        texts.update(beams)
        # Each length that the beams hold, and one more or less than the best: a character may hide or double.
        for length in sorted(
            {len(text) for text in beams[:4]} | ({len(beams[0]) - 1, len(beams[0]) + 1} if beams else set())
        ):
            texts.update(grammar.bent(view, length))
    if not texts:
        return []
    names = sorted(texts)
    likelihood = np.stack([ctc.log_likelihood(view, names) for view in views])
    seen = np.maximum(likelihood, FLOOR).mean(axis=0)
    extra = _extra(regions, hint)
    weighed = [grammar.weigh(name, extra) for name in names]
    score = seen + PRIOR * np.array([weight for weight, _ in weighed])
    share = np.exp(score - np.logaddexp.reduce(score))
    out = []
    for rank, n in enumerate(np.argsort(-score, kind="stable")[:most].tolist()):
        found = weighed[n][1]
        country = max(found, key=lambda c: found[c]) if found else ""
        characters = _characters(raw, names[n]) if rank == 0 else ()
        out.append(
            Reading(names[n], float(score[n]), float(share[n]), country, _by_region(names[n], found), characters)
        )
    return out


def _by_region(text: str, found: dict[str, float]) -> dict[str, float]:
    """P(region | text) from log P(country, text), summed over the countries of each region."""
    weights = dict.fromkeys(grammar.REGIONS, -np.inf)
    weights["xx"] = grammar.unknown(text)
    for country, value in found.items():
        region = country if country in grammar.REGIONS else "eu"
        weights[region] = float(np.logaddexp(weights[region], value))
    total = np.logaddexp.reduce(list(weights.values()))
    return {region: float(np.exp(value - total)) for region, value in weights.items()}


def _extra(regions: npt.NDArray[np.float32] | None, hint: str) -> dict[str, float]:
    extra = dict.fromkeys(grammar.REGIONS, 0.0)
    if regions is not None:
        for name, value in zip(grammar.REGIONS, regions.tolist(), strict=True):
            extra[name] = SEEN_REGION * (max(value, -8.0) - float(np.log(grammar.SHARES[name])))
    if hint in extra:
        for name in extra:
            extra[name] += 0.0 if name == hint else HINTED
    return extra


def _characters(views: Sequence[Array], text: str) -> tuple[float, ...]:
    """The probability of each character: the best that a look gives to it among all; twins count as one."""
    best = np.zeros(len(text))
    for view in views:
        alignment = ctc.align(view, text)
        if alignment is not None:
            sure = np.exp(alignment.evidence)
            own = [sum(sure[place, ctc.INDEX[c]] for c in _twins(character)) for place, character in enumerate(text)]
            best = np.maximum(best, own)
    return tuple(float(min(1.0, value)) for value in best)


def _twins(character: str) -> str:
    return next((twins for twins in TWINS if character in twins), character)
