"""Splitting amounts. Integers in minor units, so that parts always add up to the whole."""

import uuid
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from showpiece.payments.models import Refund


class Refundable(Protocol):
    """A part of what was paid for: a line of an order, or what one project got of a donation."""

    @property
    def pk(self) -> uuid.UUID: ...
    @property
    def left_minor(self) -> int:
        """What of it was not given back."""


def part_of(amount_minor: int, numerator: Decimal | int, denominator: Decimal | int) -> int:
    """`amount * numerator / denominator` as whole minor units, half up; 0 of nothing."""
    if not denominator:
        return 0
    exact = Decimal(amount_minor) * Decimal(numerator) / Decimal(denominator)
    return int(exact.to_integral_value(ROUND_HALF_UP))


def apportion(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to `weights` (≥ 0, not all 0) into whole minor units that add up to it.

    What rounding down leaves goes to the largest remainders, the earlier one first (Hamilton's method).
    """
    whole = sum(weights)
    parts = [amount_minor * weight // whole for weight in weights]
    remainders = [amount_minor * weight % whole for weight in weights]
    for place in sorted(range(len(weights)), key=lambda at: -remainders[at])[: amount_minor - sum(parts)]:
        parts[place] += 1
    return parts


def refund_parts(lines: Sequence[Refundable], refund: Refund) -> list[int]:
    """How much of a refund each line gets: what staff have said, as far as it goes, the rest in proportion to what is
    left of each."""
    parts = [min(int(refund.parts.get(str(line.pk), 0)), line.left_minor) for line in lines]
    rest = refund.amount_minor - sum(parts)
    left = [line.left_minor - part for line, part in zip(lines, parts, strict=True)]
    if rest > 0:
        more = apportion(rest, left)
        parts = [part + extra for part, extra in zip(parts, more, strict=True)]
    return parts
