"""What a creator has sold, and what became of the money. Reading only; nothing of who bought it, or what else."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum

from showpiece.catalog.models import Creator, Project
from showpiece.money import decimal_price
from showpiece.orders.models import OrderLine
from showpiece.payments.models import Payout
from showpiece.payments.parts import part_of
from showpiece.payments.selectors import balances_of

PAYOUTS_SHOWN = 10
CSV_HEAD = ["date", "project", "price", "discount", "total", "tax", "fee", "refunded", "earned", "currency"]


@dataclass(frozen=True)
class Income:
    """A creator's money in one currency: what they earned, less refunds; what they were paid; what they are owed."""

    currency: str
    earned_minor: int
    paid_minor: int

    @property
    def balance_minor(self) -> int:
        return self.earned_minor - self.paid_minor


def incomes_of(creator: Creator) -> list[Income]:
    """By currency: the balance from the ledger, and the payouts, which it proves to be in there."""
    balances = balances_of(creator.pk)
    sums = Payout.objects.filter(party=creator.pk).order_by().values_list("currency").annotate(sum=Sum("amount_minor"))
    paid: dict[str, int] = dict(sums)
    return [
        Income(code, balances.get(code, 0) + paid.get(code, 0), paid.get(code, 0))
        for code in sorted({*balances, *paid})
    ]


def sales_of(creator: Creator, project: Project | None = None) -> QuerySet[OrderLine]:
    """The lines of what was sold, with `currency`, and the project, whose name the seller knows. Without an order."""
    sold = OrderLine.objects.filter(creator=creator, sold_at__isnull=False)
    if project is not None:
        sold = sold.filter(project=project)
    return sold.select_related("project").defer("project__description").annotate(currency=F("order__currency"))


def kept_minor(line: OrderLine) -> int:
    """What a creator has of a line after refunds, as the ledger has it (`buying.shares`)."""
    back = line.refunded_minor
    tax, fee = (part_of(back, whole, line.total_minor) for whole in (line.tax_minor, line.fee_minor))
    return line.earned_minor - (back - tax - fee)


def payouts_of(creator: Creator) -> list[Payout]:
    """The newest."""
    return list(Payout.objects.filter(party=creator.pk).order_by("-pk")[:PAYOUTS_SHOWN])


def sale_rows(creator: Creator, project: Project | None = None) -> Iterator[list[str]]:
    """For a spreadsheet, the newest first, however many there are."""
    for line in sales_of(creator, project).order_by("-sold_at", "-pk").iterator(chunk_size=1000):
        currency: str = line.currency  # type: ignore[attr-defined]  # annotated above
        amounts = (
            *(line.price_minor, line.discount_minor, line.total_minor, line.tax_minor, line.fee_minor),
            *(line.refunded_minor, kept_minor(line)),
        )
        assert line.sold_at is not None  # noqa: S101  # filtered above
        told = [str(decimal_price(minor, currency)) for minor in amounts]
        yield [line.sold_at.isoformat(timespec="seconds"), line.project.name, *told, currency]
