"""How sure a reading is, what the shape of a plate says of its region, and which of several readings is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from . import grammar
from .geometry import overlap, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .ctc import Array
    from .decode import Reading

#: Width by height of the usual plate of each region: 290 x 170 mm in two lines aside, by the rules of each.
SHAPES = {"br": 400 / 130, "eu": 520 / 112, "ru": 520 / 112, "ua": 520 / 112, "us": 305 / 152}
#: One standard deviation of the logarithm of the shape as it is found: a plate seen from the side is narrower.
SPREAD = 0.3
#: What any region has at least, whatever the shape: plates in two lines, motorcycles, odd views. Natural logarithm.
ANYWAY = -3.5
#: Two plates do not share more than this of the smaller one.
SAME = 0.3
#: `grammar.weigh` of a text that may be a plate as well as not.
ODD = -4.0
#: What a text without a digit is worth: signs and shirts have words, and few plates do.
WORD = 0.33
#: The detector's scores that mean "no" and "yes".
RAMP = (0.3, 0.8)


@dataclass(frozen=True)
class Found:
    """A plate with its reading, if it could be read."""

    quad: Array
    #: How sure the detector is that this is a plate, 0 to 1.
    detected: float
    readings: tuple[Reading, ...]

    @property
    def confidence(self) -> float:
        """How likely there is a plate here and every character is right, 0 to 1."""
        return confidence(self.readings[0], self.detected) if self.readings else 0.0


def legibility(reading: Reading) -> float:
    """How likely every character is right if this is a plate: the share among all readings, and its characters.

    The root: characters of one plate are blurred, dark or cut together, so their doubts are not independent.
    """
    return min(1.0, max(0.0, reading.share * float(np.sqrt(np.prod(reading.characters)))))


def likeliest_region(readings: Sequence[Reading]) -> tuple[str, float]:
    """The likeliest of `grammar.REGIONS` and its probability, over all readings of a plate by their shares."""
    whole = sum(reading.share for reading in readings) or 1.0
    sums = {
        region: sum(reading.share * reading.regions[region] for reading in readings) / whole
        for region in grammar.REGIONS
    }
    best = max(sums, key=lambda region: sums[region])
    return best, sums[best]


def plausibility(reading: Reading) -> float:
    """How much a text looks like one that a plate has: near 1 for a known layout, less for others, least for words."""
    weight, _ = grammar.weigh(reading.text)
    known = float(1 / (1 + np.exp(-(weight - ODD))))
    return known * (1.0 if any(character.isdigit() for character in reading.text) else WORD)


def detection(score: float) -> float:
    """The detector's score as a probability: without a plate it seldom goes far beyond the middle of this ramp."""
    low, high = RAMP
    return min(1.0, max(0.0, (score - low) / (high - low)))


def confidence(reading: Reading, detected: float) -> float:
    """How likely there is a plate here and every character is right, 0 to 1."""
    return legibility(reading) * plausibility(reading) * detection(detected)


def regions_by_shape(quad: Array) -> Array:
    """(6,) log probabilities of `grammar.REGIONS` by how wide the outline is for its height."""
    width, height = size(quad)
    shape = np.log(max(width, 1e-3) / max(height, 1e-3))
    weights = np.zeros(len(grammar.REGIONS), np.float64)
    for place, region in enumerate(grammar.REGIONS):
        usual = SHAPES.get(region)
        off = 0.0 if usual is None else (shape - np.log(usual)) / SPREAD
        weights[place] = np.logaddexp(-0.5 * off * off, ANYWAY) + np.log(grammar.SHARES[region])
    known: Array = (weights - np.logaddexp.reduce(weights)).astype(np.float32)
    return known


def unrivalled(found: Sequence[Found]) -> list[Found]:
    """The surest first; of those that overlap only the surest."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (-one.confidence, -one.detected)):
        if not any(overlap(one.quad, other.quad) > SAME for other in kept):
            kept.append(one)
    return kept
