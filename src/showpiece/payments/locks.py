"""Rows of this room that are changed by one at a time. What is paid for is locked first, then the payment.

What is paid every month comes before that: its subject, then the subscription, then what one month pays for.
"""

import uuid
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from showpiece.payments.models import InboundEvent, Payment, SandboxSession, Subscription
from showpiece.payments.subjects import recurring_of, subject_of
from showpiece.prepared import Prepared, Slot

# Any number, but the same everywhere: it keeps these locks apart from others of the database.
_PARTIES = 2612

_payment = Prepared(lambda: Payment.objects.select_for_update().filter(pk=Slot(0, Payment._meta.pk)))
_session = Prepared(lambda: SandboxSession.objects.select_for_update().filter(name=Slot(0, SandboxSession._meta.pk)))


@Prepared
def _of_subject() -> QuerySet[Payment]:
    kind, pk = Payment._meta.get_field("subject_kind"), Payment._meta.get_field("subject_id")
    found = Payment.objects.filter(subject_kind=Slot(0, kind), subject_id=Slot(1, pk))
    return found.select_for_update().order_by("pk")


def locked_payment(known: uuid.UUID | Payment) -> tuple[Any, Payment]:
    """What is paid for, and the payment as it is now, for this transaction alone.

    `known`: its id, or its row, however old: what it pays for never changes.
    """
    payment = known if isinstance(known, Payment) else Payment.objects.get(pk=known)
    subject = subject_of(payment).lock(payment.subject_id)
    for current in _payment(payment.pk):
        return subject, current
    raise Payment.DoesNotExist


def locked_subscription(pk: uuid.UUID) -> tuple[Any, Subscription]:
    """What is paid every month, and the subscription as it is now, for this transaction alone."""
    found = Subscription.objects.get(pk=pk)
    subject = recurring_of(found).lock(found.subject_id)
    return subject, Subscription.objects.select_for_update().get(pk=pk)


def locked_payments(kind: str, subject_id: uuid.UUID) -> list[Payment]:
    """The payments of something that the caller has locked."""
    return _of_subject(kind, subject_id)


def locked_event(pk: uuid.UUID) -> InboundEvent | None:
    """The event, unless somebody else has it in hand."""
    return InboundEvent.objects.select_for_update(skip_locked=True).filter(pk=pk).first()


def locked_session(name: str) -> SandboxSession:
    """The sandbox's session, for this transaction alone. `SandboxSession.DoesNotExist`."""
    for session in _session(name):
        return session
    raise SandboxSession.DoesNotExist


def lock_party(party: uuid.UUID) -> None:
    """Until this transaction ends nobody else writes a payout to this creator. SQLite needs no more than that."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A party is locked inside a transaction.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PARTIES, str(party)])
