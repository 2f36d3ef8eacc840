"""Reading money."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet, Sum

from showpiece.payments.models import Account, Dispute, Entry, Payment, Payout, Refund, Subscription


def payments_of(kind: str, subject_id: uuid.UUID) -> list[Payment]:
    """The attempts to pay for something, the first one first."""
    return list(Payment.objects.filter(subject_kind=kind, subject_id=subject_id).order_by("pk"))


def with_payments(kind: str, subjects: Iterable[Any]) -> list[Any]:
    """Subjects of a kind, each with its `payments`, the first one first. One query."""
    found = list(subjects)
    kept: dict[uuid.UUID, list[Payment]] = defaultdict(list)
    rows = Payment.objects.filter(subject_kind=kind, subject_id__in=[subject.pk for subject in found])
    for payment in rows.order_by("pk") if found else ():
        kept[payment.subject_id].append(payment)
    for subject in found:
        subject.payments = kept[subject.pk]
    return found


def refunds_of(payments: Sequence[Payment]) -> list[Refund]:
    """What goes back of payments, the first one first; what came to nothing is left out."""
    refunds = Refund.objects.filter(payment__in=payments).exclude(status=Refund.Status.FAILED)
    return list(refunds.order_by("pk")) if payments else []


def refund_facts(payments: Sequence[Payment]) -> dict[str, Any]:
    """For the page of what was paid for: all that goes back, and, of what counted, whether the payer gets some of it
    from us, or has it from their bank after a dispute."""
    refunds = refunds_of([one for one in payments if one.refunded_minor or one.status == Payment.Status.CONFIRMED])
    surplus = {one.pk for one in payments if one.surplus}
    by_bank = {refund.dispute_id is not None for refund in refunds if refund.payment_id not in surplus}
    return {"refunds": refunds, "is_given_back": False in by_bank, "is_taken_back": True in by_bank}


def refunds_and_disputes(payments: Sequence[Payment]) -> tuple[list[Refund], list[Dispute]]:
    """Of payments, the first one first."""
    refunds = Refund.objects.filter(payment__in=payments).select_related("payment", "made_by").order_by("pk")
    disputes = Dispute.objects.filter(payment__in=payments).select_related("payment").order_by("pk")
    return list(refunds), list(disputes)


def subscription_of(kind: str, subject_id: uuid.UUID) -> Subscription | None:
    """How something is paid every month."""
    return Subscription.objects.filter(subject_kind=kind, subject_id=subject_id).first()


def refundable_minor(payment: Payment) -> int:
    """What of a payment can still be given back: neither was it, nor is it on its way."""
    pending = payment.refunds.filter(status=Refund.Status.PENDING) if payment.left_minor else Refund.objects.none()
    return payment.left_minor - sum(pending.values_list("amount_minor", flat=True))


def pending_parts(payments: Iterable[Payment]) -> Counter[str]:
    """What of each part of their subject is on its way back, by the names that `Refund.parts` has for them."""
    found: Counter[str] = Counter()
    for parts in Refund.objects.filter(payment__in=list(payments), status=Refund.Status.PENDING).values_list(
        "parts", flat=True
    ):
        found.update(parts)
    return found


def refund_with_key(key: uuid.UUID) -> Refund | None:
    """The refund that a form with this key has asked for."""
    return Refund.objects.select_related("payment").filter(key=key).first()


def balances_of(party: uuid.UUID) -> dict[str, int]:
    """What a creator is owed, in minor units by currency; negative where they owe."""
    mine = Entry.objects.filter(account=Account.CREATOR, party=str(party)).order_by()
    return {row["currency"]: -row["sum"] for row in mine.values("currency").annotate(sum=Sum("amount_minor"))}


def balance_of(party: uuid.UUID, currency: str) -> int:
    """What a creator is owed in one currency, in minor units."""
    return balances_of(party).get(currency, 0)


def balances_after(place: str, count: int) -> Iterator[tuple[str, str, int]]:
    """Creator, currency and what they are owed, by creator and currency, from behind `place` ("creator:currency") on.

    Reads the entries of those alone. Whoever is owed nothing is left out.
    """
    party, _colon, currency = place.partition(":")
    rows = Entry.objects.filter(account=Account.CREATOR)
    if place:
        rows = rows.filter(Q(party__gt=party) | Q(party=party, currency__gt=currency), party__gte=party)
    sums = rows.order_by("party", "currency").values("party", "currency").annotate(sum=Sum("amount_minor"))
    for row in sums.exclude(sum=0)[:count]:
        yield row["party"], row["currency"], -row["sum"]


def uuid_of(text: str) -> uuid.UUID | None:
    """The id that somebody typed, None for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def entries_of(party: uuid.UUID) -> QuerySet[Entry]:
    """A creator's entries with their movements."""
    return Entry.objects.filter(account=Account.CREATOR, party=str(party)).select_related("movement")


def payouts_to(party: uuid.UUID) -> QuerySet[Payout]:
    """What a creator got."""
    return Payout.objects.filter(party=party)
