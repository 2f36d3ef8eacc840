"""What a provider says of a payment, written down. The return page, inbound events, the poller and staff all come here.

Everything here may run any number of times, and at once with itself: it locks what is paid for and the payment, reads
again, and only then decides.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_payment, locked_payments
from showpiece.payments.models import Account, Movement, Payment, Refund
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Report, State
from showpiece.payments.selectors import refundable_minor
from showpiece.payments.services.disputes import disputes_note
from showpiece.payments.services.ledger import payment_posted
from showpiece.payments.services.refunds import refund_create, refunds_note
from showpiece.payments.subjects import Share, Tells, subject_of

log = structlog.get_logger(__name__)

# The poller looks for the first time after this; the buyer's browser and the provider are mostly faster.
FIRST_LOOK = timedelta(seconds=15)
# A lost dispute that waits for what becomes of a refund is looked at again after this.
NOT_DONE = timedelta(hours=1)
# What of a payment changes when its money has come.
_SETTLED = ("status", "paid_at", "external_charge", "card_ends_with", "look_at", "note", "surplus")


def payment_settle(*, payment_id: uuid.UUID, report: Report, known: Payment | None = None) -> Payment:
    """Write down what the provider reports. `known`: the payment's row, if the caller has read it, however old."""
    with transaction.atomic():
        subject, payment = locked_payment(known or payment_id)
        if payment.status != Payment.Status.CONFIRMED:
            if report.state is State.CONFIRMED:
                _succeeded(subject, payment, report)
            else:
                _not_yet(subject, payment, report)
        if payment.status == Payment.Status.CONFIRMED:
            refunds_note(subject, payment, report.refunds)
            is_done = disputes_note(subject, payment, report.disputes)
            _surplus_returned(payment)
            moment = _looked_at_again(payment) if is_done else timezone.now() + NOT_DONE
            if moment != payment.look_at:
                payment.look_at = moment
                payment.save(update_fields=["look_at"])
    return payment


def payment_confirm_by_hand(*, payment_id: uuid.UUID) -> Payment:
    """Staff have seen all of the money on their account. What was paid already, or cancelled, is to go back then.

    `ValidationError`: it is confirmed already, or its provider says itself when it is paid.
    """
    payment = Payment.objects.get(pk=payment_id)
    if not provider_named(payment.provider).by_hand:
        raise ValidationError(_("Its provider confirms this payment."), code="not_by_hand")
    if payment.status == Payment.Status.CONFIRMED:
        raise ValidationError(_("This payment is confirmed already."), code="confirmed")
    return payment_settle(
        payment_id=payment_id,
        report=Report(State.CONFIRMED, amount_minor=payment.amount_minor, currency=payment.currency),
    )


def payment_fail(*, payment_id: uuid.UUID, note: str) -> Payment:
    """Nothing can come of it any more."""
    return payment_settle(payment_id=payment_id, report=Report(State.FAILED, note=note))


def _surplus_returned(payment: Payment) -> None:
    """What came without need goes back: all of it, or what others have left of it. Each rest is asked back once."""
    left = refundable_minor(payment) if payment.surplus else 0
    key = payment.pk if left == payment.amount_minor else uuid.uuid5(payment.pk, str(left))
    if left > 0 and not Refund.objects.filter(key=key).exists():
        refund_create(payment=payment, amount_minor=left, key=key, reason="Paid twice, or too late.")


def _looked_at_again(payment: Payment) -> datetime | None:
    """When the poller comes by once more: refunds and disputes happen at the provider, and an event may be lost."""
    paid_at: datetime = payment.paid_at  # type: ignore[assignment]  # it is confirmed
    moments = (paid_at + pause for pause in provider_named(payment.provider).looks_again)
    return next((moment for moment in moments if moment > timezone.now()), None)


def _not_yet(subject: Any, payment: Payment, report: Report) -> None:
    is_pending, has_page = payment.status == Payment.Status.PENDING, provider_named(payment.provider).has_page
    if report.state is State.FAILED and is_pending:
        _failed(subject, payment, report.note)
    if report.state is State.FAILED or not (is_pending or has_page):
        return
    if not is_pending:  # given up too early: its page at the provider is still open
        payment.status, payment.look_at = Payment.Status.PENDING, timezone.now() + FIRST_LOOK
    if report.state is State.WAITING:
        payment.waited_at = payment.waited_at or timezone.now()
        subject_of(payment).waits(subject, payment)
        if not has_page:
            payment.look_at = None  # nobody to ask: staff will say
    payment.note = report.note[:500]
    payment.save(update_fields=["status", "note", "look_at", "waited_at"])


def _succeeded(subject: Any, payment: Payment, report: Report) -> None:
    payment.external_charge, payment.card_ends_with = report.external_charge, report.card_ends_with[-4:]
    payment.status, payment.paid_at = Payment.Status.CONFIRMED, timezone.now()
    payment.look_at, payment.note = None, ""
    room = subject_of(payment)
    asked, paid = (payment.amount_minor, payment.currency), (report.amount_minor, report.currency)
    if paid != asked:
        log.error("wrong amount paid", payment=str(payment.pk), paid=report.amount_minor, currency=report.currency)
        payment.amount_minor, payment.currency = paid
        payment.note = f"{paid[0]} {paid[1]} was paid instead of {asked[0]} {asked[1]}."
    payment.surplus = paid != asked or not room.is_due(subject, payment)
    payment.save(update_fields=[*_SETTLED, *(["amount_minor", "currency"] if paid != asked else [])])
    if payment.surplus:
        owed = [Share(Account.BUYER, str(payment.subject_id), payment.amount_minor)]
        payment_posted(payment, owed, Movement.Kind.SURPLUS)
        if payment.amount_minor:
            room.unneeded(subject, payment)
        return
    payment_posted(payment, room.paid(subject, payment), Movement.Kind.SALE)
    payments_withdraw(subject_kind=payment.subject_kind, subject_id=payment.subject_id)


def payments_withdraw(*, subject_kind: str, subject_id: uuid.UUID) -> None:
    """Nobody needs what is still pending for a subject, which the caller has locked: a job tells the providers, and
    the poller if that job is lost."""
    from showpiece.payments.jobs import withdraw_payment

    for payment in locked_payments(subject_kind, subject_id):
        if payment.status == Payment.Status.PENDING:
            payment.look_at = timezone.now() + FIRST_LOOK
            payment.save(update_fields=["look_at"])
            send_with_row(withdraw_payment, str(payment.pk))


def _failed(subject: Any, payment: Payment, note: str) -> None:
    payment.status, payment.note, payment.look_at = Payment.Status.FAILED, note[:500], None
    room = subject_of(payment)
    # Who was told that the money is on its way is told that it is not; what nobody needs any more fails in silence.
    if payment.waited_at and not payment.failure_told_at and isinstance(room, Tells) and room.is_due(subject, payment):
        room.did_not_come(subject, payment)
        payment.failure_told_at = timezone.now()
    payment.save(update_fields=["status", "note", "look_at", "failure_told_at"])
