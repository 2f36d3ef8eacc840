"""What things cost: pure arithmetic over rows that were read already. Integers in minor units, rounded half up."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from showpiece.catalog.models import Creator, PriceKind, Project
from showpiece.orders.models import Bundle, PromoCode, TaxRate
from showpiece.payments.parts import apportion, part_of


@dataclass(frozen=True)
class QuotedLine:
    """A project at the price of now."""

    project: Project
    price_minor: int
    bundle: Bundle | None = None
    discount_minor: int = 0
    tax_name: str = ""
    tax_percent: Decimal = Decimal(0)
    tax_included: bool = True
    tax_minor: int = 0
    fee_minor: int = 0

    @property
    def creator(self) -> Creator:
        return self.project.creator

    @property
    def net_minor(self) -> int:
        """What is left of the price after the discount; it may hold tax."""
        return self.price_minor - self.discount_minor

    @property
    def total_minor(self) -> int:
        """What the buyer pays for it."""
        return self.net_minor + (0 if self.tax_included else self.tax_minor)


@dataclass(frozen=True)
class Quote:
    """What a buyer would pay now for all that they want in one currency."""

    currency: str
    lines: tuple[QuotedLine, ...]
    promo: PromoCode | None = None
    # Why the code that was typed does not count, for the buyer.
    promo_problem: str = ""
    tax: TaxRate | None = field(default=None, compare=False)

    @cached_property
    def price_minor(self) -> int:
        return sum(line.price_minor for line in self.lines)

    @cached_property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @cached_property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.lines)

    @cached_property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    @cached_property
    def digest(self) -> str:
        """Changes with everything that a buyer agrees to: what, for how much, with which discount and tax."""
        told = [
            (
                str(line.project.pk),
                line.price_minor,
                line.discount_minor,
                # Of nothing there is no tax, wherever the buyer lives.
                str(line.tax_percent.normalize()) if line.total_minor else "",
                line.total_minor,
            )
            for line in sorted(self.lines, key=lambda line: line.project.pk)
        ]
        return hashlib.sha256(repr((self.currency, told)).encode()).hexdigest()[:32]


def least_price(project: Project) -> int:
    """The least that a buyer pays for it now."""
    least: int = 0 if project.price_kind == PriceKind.FREE else project.price_now_minor
    return least


def asked_price(project: Project, offered_minor: int | None) -> int:
    """What a buyer pays for it now, who for an open price has offered so much, or nothing yet."""
    if project.price_kind != PriceKind.OPEN:
        return least_price(project)
    if offered_minor is None:
        offered_minor = project.suggested_minor or 0
    least: int = project.price_minor
    return max(offered_minor, least)


def bundle_lines(bundle: Bundle, projects: Sequence[Project]) -> list[QuotedLine]:
    """The projects of a bundle, with its price shared out in proportion to what each costs alone."""
    weights = [least_price(project) for project in projects]
    prices = apportion(bundle.price_minor, weights if any(weights) else [1] * len(projects))
    return [
        QuotedLine(project=project, price_minor=price, bundle=bundle)
        for project, price in zip(projects, prices, strict=True)
    ]


def with_discount(lines: Iterable[QuotedLine], promo: PromoCode, eligible: Iterable[bool]) -> list[QuotedLine]:
    """The lines with what the code takes off those that it holds for."""
    found = list(zip(lines, eligible, strict=True))
    prices = [line.price_minor if counts else 0 for line, counts in found]
    if promo.kind == PromoCode.Kind.FREE:
        off = prices
    elif promo.kind == PromoCode.Kind.PERCENT:
        off = [part_of(price, promo.percent or 0, 100) for price in prices]
    else:
        off = apportion(min(promo.amount_minor or 0, sum(prices)), prices) if any(prices) else prices
    return [replace(line, discount_minor=less) for (line, _counts), less in zip(found, off, strict=True)]


def with_tax(line: QuotedLine, rate: TaxRate | None) -> QuotedLine:
    """The line with the tax of a country, in its price or on top of it."""
    if rate is None:
        return line
    percent = Decimal(rate.percent)
    tax = part_of(line.net_minor, percent, 100 + percent if rate.included else 100)
    return replace(line, tax_name=rate.name, tax_percent=percent, tax_included=rate.included, tax_minor=tax)


def with_fee(line: QuotedLine, percent: Decimal) -> QuotedLine:
    """The line with the platform's part of what is left after tax."""
    return replace(line, fee_minor=part_of(line.total_minor - line.tax_minor, percent, 100))
