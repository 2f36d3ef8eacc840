"""Writing the ledger, and proving it."""

import uuid
from collections import Counter
from collections.abc import Iterable

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from showpiece.payments.models import Account, Entry, Movement, Payment, Payout, Refund
from showpiece.payments.subjects import Share


class Unbalanced(Exception):  # noqa: N818  # not every one is an error
    """The entries of a movement do not add up to zero. A fault of the program: nothing is written."""


def movement_post(
    *,
    key: str,
    kind: Movement.Kind,
    currency: str,
    entries: Iterable[tuple[Account, str, int]],
    subject: tuple[str, uuid.UUID] | None = None,
) -> bool:
    """Write a movement of signed `entries`, in the current transaction. False if it was written before.

    Entries of one account and party become one; a movement in which nothing moves is not written.
    """
    sums: Counter[tuple[Account, str]] = Counter()
    for account, party, amount in entries:
        sums[account, party] += amount
    if total := sum(sums.values()):
        raise Unbalanced(f"{key}: {total} {currency}")
    moved = {place: amount for place, amount in sums.items() if amount}
    if not moved:
        return False
    subject_kind, subject_id = subject or ("", None)
    movement, is_new = Movement.objects.get_or_create(
        key=key, defaults={"kind": kind, "subject_kind": subject_kind, "subject_id": subject_id}
    )
    if is_new:
        Entry.objects.bulk_create(
            Entry(movement=movement, account=account, party=party, amount_minor=amount, currency=currency)
            for (account, party), amount in sorted(moved.items())
        )
    return is_new


def payment_posted(payment: Payment, shares: Iterable[Share], kind: Movement.Kind) -> None:
    """Money came in: it is at the provider, and belongs to those who have a share."""
    entries = [(share.account, share.party, -share.amount_minor) for share in shares]
    movement_post(
        key=f"payment:{payment.pk}",
        kind=kind,
        currency=payment.currency,
        entries=[(Account.PROVIDER, payment.provider, payment.amount_minor), *entries],
        subject=(payment.subject_kind, payment.subject_id),
    )


def refund_posted(refund: Refund, shares: Iterable[Share]) -> None:
    """Money went back, out of the shares."""
    payment = refund.payment
    entries = [(share.account, share.party, share.amount_minor) for share in shares]
    movement_post(
        key=f"refund:{refund.pk}",
        kind=Movement.Kind.REFUND,
        currency=payment.currency,
        entries=[(Account.PROVIDER, payment.provider, -refund.amount_minor), *entries],
        subject=(payment.subject_kind, payment.subject_id),
    )


def ledger_faults() -> list[str]:
    """What is wrong with the ledger, a line each; empty: every sum is zero, and every payment, refund and payout
    that counts is in it with its amount, once, and nothing else."""
    sums = Entry.objects.order_by().values("movement__key", "currency").annotate(sum=Sum("amount_minor"))
    faults = [f"{row['movement__key']}: {row['sum']} {row['currency']} too much" for row in sums.exclude(sum=0)]
    at_provider = Entry.objects.filter(account=Account.PROVIDER)
    paid = Payment.objects.filter(status=Payment.Status.CONFIRMED, amount_minor__gt=0)
    given = Refund.objects.filter(status=Refund.Status.CONFIRMED)
    faults += _differences("payment", paid, at_provider, sign=1)
    faults += _differences("refund", given, at_provider, sign=-1)
    faults += _differences("payout", Payout.objects.all(), Entry.objects.filter(account=Account.BANK), sign=-1)
    refunded = given.filter(payment=OuterRef("pk")).order_by().values("payment").annotate(sum=Sum("amount_minor"))
    wrong = Payment.objects.annotate(given=Coalesce(Subquery(refunded.values("sum")), 0)).exclude(
        given=F("refunded_minor")
    )
    return faults + [
        f"payment:{one.pk}: refunds of {one.given}, written down as {one.refunded_minor}" for one in wrong.iterator()
    ]


def _differences(name: str, rows: "object", entries: "object", *, sign: int) -> list[str]:
    """Rows of `name` against the entries of their movements."""
    wanted = {f"{name}:{pk}": sign * amount for pk, amount in rows.values_list("pk", "amount_minor").iterator()}  # type: ignore[attr-defined]
    written = entries.filter(Q(movement__key__startswith=f"{name}:")).values_list("movement__key", "amount_minor")  # type: ignore[attr-defined]
    faults = []
    for key, amount in written.iterator():
        expected = wanted.pop(key, None)
        if expected != amount:
            faults.append(f"{key}: {amount} in the ledger, {expected or 0} expected")
    return faults + [f"{key}: {amount} not in the ledger" for key, amount in wanted.items()]
