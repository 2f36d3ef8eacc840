"""Reading money."""

import uuid

from django.db.models import QuerySet, Sum

from showpiece.payments.models import Account, Entry, Payment, Payout


def payments_of(kind: str, subject_id: uuid.UUID) -> list[Payment]:
    """The attempts to pay for something, the first one first."""
    return list(Payment.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("pk"))


def balances_of(party: uuid.UUID) -> dict[str, int]:
    """What a creator is owed, in minor units by currency; negative where they owe."""
    mine = Entry.objects.filter(account=Account.CREATOR, party=str(party)).order_by()
    return {row["currency"]: -row["sum"] for row in mine.values("currency").annotate(sum=Sum("amount_minor"))}


def balance_of(party: uuid.UUID, currency: str) -> int:
    """What a creator is owed in one currency, in minor units."""
    return balances_of(party).get(currency, 0)


def entries_of(party: uuid.UUID) -> QuerySet[Entry]:
    """A creator's entries with their movements."""
    return Entry.objects.filter(account=Account.CREATOR, party=str(party)).select_related("movement")


def payouts_to(party: uuid.UUID) -> QuerySet[Payout]:
    """What a creator got."""
    return Payout.objects.filter(party=party)
