"""Writing the ledger."""

import uuid
from collections import Counter
from collections.abc import Iterable

from showpiece.payments.models import Account, Entry, Movement, Payment, Refund
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
    # Its cause is locked by who calls, so nobody writes it at the same time; if somebody did, the key would say no.
    if Movement.objects.filter(key=key).exists():
        return False
    movement = Movement(key=key, kind=kind, subject_kind=subject_kind, subject_id=subject_id)
    movement.save(force_insert=True)
    Entry.objects.bulk_create(
        Entry(movement=movement, account=account, party=party, amount_minor=amount, currency=currency)
        for (account, party), amount in sorted(moved.items())
    )
    return True


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
    """Money went back, out of the shares: from the provider; or it was gone from there since a dispute was opened."""
    payment = refund.payment
    entries = [(share.account, share.party, share.amount_minor) for share in shares]
    by_bank = refund.dispute_id is not None
    source = Account.DISPUTE if by_bank else Account.PROVIDER
    movement_post(
        key=f"refund:{refund.pk}:lost" if by_bank else f"refund:{refund.pk}",
        kind=Movement.Kind.DISPUTE if by_bank else Movement.Kind.REFUND,
        currency=payment.currency,
        entries=[(source, payment.provider, -refund.amount_minor), *entries],
        subject=(payment.subject_kind, payment.subject_id),
    )
