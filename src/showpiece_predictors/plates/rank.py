"""From what the reader saw to texts with probabilities: beams, forms of plates, and the sum of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from . import ctc, patterns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .ctc import Array

#: Twins that the fonts of many plates draw alike; each lends the other this share of its probability.
TWINS = ("0O", "1I")
LENT = 0.35
BEAM = 10
#: Beams that are compared with the forms.
COMPARED = 6
#: A character is replaced by one that a form asks for if it is at most this much less likely (natural logarithm).
STRETCH = -7.0
#: Texts below this share of the best one are not worth telling.
WORTH = 0.01


@dataclass(frozen=True)
class Reading:
    """A text with what speaks for it."""

    text: str
    #: log likelihood of the text given the strips, mean over them.
    seen: float
    #: log weight of the form of the text.
    prior: float
    #: Share of this text among all that were considered for these strips; 0 to 1.
    share: float = 0.0
    #: Probability of each character among all characters, in order; 0 to 1.
    characters: list[float] = field(default_factory=list)
    alternatives: list[tuple[str, float]] = field(default_factory=list)
    regions: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return self.seen + self.prior


def shared(log_probs: Array) -> Array:
    """Twins lend each other a part of their probability, so that the form of the plate may decide between them."""
    probabilities = np.exp(log_probs.astype(np.float64))
    for twins in TWINS:
        pair = [ctc.INDEX[character] for character in twins]
        probabilities[:, pair] = (probabilities[:, pair] + LENT * probabilities[:, pair[::-1]]) / (1 + LENT)
    return np.log(np.maximum(probabilities, 1e-12)).astype(np.float32)


def adapted(log_probs: Array, text: str) -> set[str]:
    """`text` bent to each form of its length: the likeliest character of each place that the form allows there."""
    alignment = ctc.align(log_probs, text)
    if alignment is None:
        return set()
    own = alignment.evidence[np.arange(len(text)), [ctc.INDEX[character] for character in text]]
    out = set()
    for template in {form.template for form in patterns.forms(len(text))}:
        allowed = np.where(patterns.mask(template), alignment.evidence, -np.inf)
        best = allowed.argmax(axis=1)
        if np.all(allowed[np.arange(len(text)), best] - own > STRETCH):
            out.add("".join(ctc.ALPHABET[int(number) - 1] for number in best))
    return out


def decide(strips: Sequence[Array], hint: str = "auto") -> Reading | None:
    """The likeliest reading of one plate, of which `strips` are readings of the same text. None where there is no text."""
    strips = [shared(strip) for strip in strips]
    texts: set[str] = set()
    for strip in strips:
        beams = [text for text, _ in ctc.beam(strip, BEAM) if text]
        texts.update(beams)
        for text in beams[:COMPARED]:
            texts |= adapted(strip, text)
    if not texts:
        return None
    names = sorted(texts)
    likelihood = np.stack([ctc.log_likelihood(strip, names) for strip in strips])
    seen = np.logaddexp.reduce(likelihood, axis=0) - np.log(len(strips))
    prior = np.array([patterns.log_prior(name, hint) for name in names])
    score = seen + prior
    share = np.exp(score - np.logaddexp.reduce(score))
    order = np.argsort(-score, kind="stable")
    best = int(order[0])
    text = names[best]
    regions = {region: weight for region, weight in patterns.weighed(text, hint)}
    total = np.logaddexp.reduce(list(regions.values()))
    return Reading(
        text=text,
        seen=float(seen[best]),
        prior=float(prior[best]),
        share=float(share[best]),
        characters=_characters(strips, text),
        alternatives=[(names[n], float(share[n])) for n in order[1:6].tolist() if share[n] > WORTH * share[best]],
        regions={region: float(np.exp(weight - total)) for region, weight in regions.items()},
    )


def _characters(strips: Sequence[Array], text: str) -> list[float]:
    """The probability of each character: the best that a strip gives to it, twins counted together."""
    best = np.zeros(len(text))
    for strip in strips:
        alignment = ctc.align(strip, text)
        if alignment is None:
            continue
        classes = np.exp(alignment.evidence)
        for place, character in enumerate(text):
            best[place] = max(best[place], float(classes[place, ctc.INDEX[character]]))
    return [min(1.0, value) for value in best.tolist()]


def confidence(reading: Reading, detected: float) -> float:
    """How likely every character is right, 0 to 1."""
    return float(np.exp(min(0.0, reading.score))) * reading.share * detected
