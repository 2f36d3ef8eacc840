"""Proving the ledger. Reading only, a thousand rows at a time: a ledger of any length takes the same memory.

May run while money moves: what causes a movement is read after it, and was written in one transaction with it.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from showpiece.payments.models import Account, Dispute, Entry, Movement, Payment, Payout, Refund

AT_ONCE = 1000


@dataclass(frozen=True)
class _Source:
    """Rows that cause movements: those that count, and what the entry of `account` says of each."""

    rows: QuerySet[Any]
    account: Account
    sign: int
    currency: str
    party: str = ""
    # Of what stands behind the row's id in the key.
    step: str = ""

    def expected(self, pks: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str, int]]:
        """Party, currency and signed amount of each that counts."""
        names = ["pk", "amount_minor", self.currency, *([self.party] if self.party else [])]
        found = {}
        for pk, amount, currency, *party in self.rows.filter(pk__in=list(pks)).values_list(*names):
            found[pk] = ("".join(party), currency, self.sign * amount)
        return found


def _sources() -> dict[str, _Source]:
    """By the beginning of their movements' keys, and for a dispute by its step too."""
    paid = Payment.objects.filter(status=Payment.Status.CONFIRMED, amount_minor__gt=0)
    given = Refund.objects.filter(status=Refund.Status.CONFIRMED)
    of_payment = {"currency": "payment__currency", "party": "payment__provider"}
    return {
        "payment": _Source(paid, Account.PROVIDER, 1, "currency", "provider"),
        "refund": _Source(given.filter(dispute=None), Account.PROVIDER, -1, **of_payment),
        "refund:lost": _Source(given.exclude(dispute=None), Account.DISPUTE, -1, step=":lost", **of_payment),
        "payout": _Source(Payout.objects.all(), Account.BANK, -1, "currency"),
        "dispute:opened": _Source(Dispute.objects.all(), Account.PROVIDER, -1, step=":opened", **of_payment),
        "dispute:won": _Source(
            Dispute.objects.filter(status=Dispute.Status.WON), Account.PROVIDER, 1, step=":won", **of_payment
        ),
    }


def ledger_faults() -> list[str]:
    """All of `ledger_faults_found`."""
    return list(ledger_faults_found())


def ledger_faults_found() -> Iterator[str]:
    """What is wrong with the ledger, a line each; none: every sum is zero, and every payment, refund, payout and
    dispute that counts is in it with its amount, once, and nothing else."""
    sources = _sources()
    for batch in _batches(Movement.objects.all(), "pk", "key"):
        yield from _movement_faults(dict(batch), sources)
    for name, source in sources.items():
        for batch in _batches(source.rows, "pk"):
            keys = [f"{name.partition(':')[0]}:{pk}{source.step}" for (pk,) in batch]
            written = set(Movement.objects.filter(key__in=keys).values_list("key", flat=True))
            yield from (f"{key}: not in the ledger" for key in keys if key not in written)
    refunded = Refund.objects.filter(status=Refund.Status.CONFIRMED, payment=OuterRef("pk")).order_by()
    given = Coalesce(Subquery(refunded.values("payment").annotate(sum=Sum("amount_minor")).values("sum")), 0)
    wrong = Payment.objects.annotate(given=given).exclude(given=F("refunded_minor"))
    for pk, sum_given, noted in wrong.values_list("pk", "given", "refunded_minor").iterator(chunk_size=AT_ONCE):
        yield f"payment:{pk}: refunds of {sum_given}, written down as {noted}"


def _batches(rows: QuerySet[Any], *names: str) -> Iterator[list[Any]]:
    """The rows in the order of their ids, so many at once. The first name is that of the id."""
    last: uuid.UUID | None = None
    while True:
        later = rows.filter(pk__gt=last) if last else rows
        batch = list(later.order_by("pk").values_list(*names)[:AT_ONCE])
        if not batch:
            return
        yield batch
        last = batch[-1][0]


def _movement_faults(keys: Mapping[uuid.UUID, str], sources: Mapping[str, _Source]) -> Iterator[str]:
    """Of movements, by id: whether their entries add up, and say what their causes say."""
    entries: dict[uuid.UUID, list[tuple[str, str, str, int]]] = defaultdict(list)
    for pk, *entry in Entry.objects.filter(movement__in=list(keys)).values_list(
        "movement_id", "account", "party", "currency", "amount_minor"
    ):
        entries[pk].append(tuple(entry))
    for pk, key in keys.items():
        if pk not in entries:
            yield f"{key}: no entries"
        sums: Counter[str] = Counter()
        for _account, _party, currency, amount in entries[pk]:
            sums[currency] += amount
        yield from (f"{key}: {amount} {currency} too much" for currency, amount in sorted(sums.items()) if amount)
    causes: dict[str, dict[uuid.UUID, uuid.UUID]] = defaultdict(dict)
    for pk, key in keys.items():
        name, cause = _cause(key)
        if cause is None or name not in sources:
            yield f"{key}: by nothing that moves money"
        else:
            causes[name][pk] = cause
    for name, by_movement in causes.items():
        source = sources[name]
        expected = source.expected(by_movement.values())
        for pk, cause in by_movement.items():
            yield from _differences(keys[pk], entries[pk], source, expected.get(cause))


def _cause(key: str) -> tuple[str, uuid.UUID | None]:
    name, _colon, rest = key.partition(":")
    text, _colon, step = rest.partition(":")
    try:
        return f"{name}:{step}" if step else name, uuid.UUID(text)
    except ValueError:
        return name, None


def _differences(
    key: str, entries: Iterable[tuple[str, str, str, int]], source: _Source, expected: tuple[str, str, int] | None
) -> Iterator[str]:
    written = [tuple(entry[1:]) for entry in entries if entry[0] == source.account]
    wanted = [expected] if expected else []
    if written != wanted:
        yield f"{key}: {_told(written)} in the ledger, {_told(wanted)} expected"


def _told(entries: Iterable[Any]) -> str:
    return ", ".join(f"{amount} {currency} {party}".strip() for party, currency, amount in entries) or "nothing"


def balances() -> Iterator[tuple[str, str, str, int]]:
    """Account, party, currency and sum of everything in the ledger, in this order."""
    places = Entry.objects.order_by("account", "party", "currency").values_list("account", "party", "currency")
    yield from places.annotate(sum=Sum("amount_minor")).iterator(chunk_size=AT_ONCE)
