"""What a provider says of a payment, written down. The return page, inbound events, the poller and staff all come here.

Everything here may run any number of times, and at once with itself: it locks what is paid for and the payment, reads
again, and only then decides.
"""

import uuid
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_payment, locked_payments
from showpiece.payments.models import Account, Movement, Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Report, State
from showpiece.payments.services.disputes import disputes_note
from showpiece.payments.services.ledger import payment_posted
from showpiece.payments.services.refunds import refund_create, refunds_note
from showpiece.payments.subjects import Share, subject_of

log = structlog.get_logger(__name__)


def payment_settle(*, payment_id: uuid.UUID, report: Report) -> Payment:
    """Write down what the provider reports."""
    with transaction.atomic():
        subject, payment = locked_payment(payment_id)
        if payment.status != Payment.Status.CONFIRMED:
            if report.state is State.CONFIRMED:
                _succeeded(subject, payment, report)
            elif report.state is State.FAILED and payment.status == Payment.Status.PENDING:
                _failed(payment, report.note)
            elif report.state is State.WAITING:
                subject_of(payment).waits(subject, payment)
        if payment.status == Payment.Status.CONFIRMED:
            refunds_note(subject, payment, report.refunds)
            disputes_note(payment, report.disputes)
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


def _succeeded(subject: Any, payment: Payment, report: Report) -> None:
    payment.external_charge, payment.card_ends_with = report.external_charge, report.card_ends_with[-4:]
    if (report.amount_minor, report.currency) != (payment.amount_minor, payment.currency):
        log.error("wrong amount paid", payment=str(payment.pk), paid=report.amount_minor, currency=report.currency)
        text = f"{report.amount_minor} {report.currency} was paid instead of {payment.amount_minor} {payment.currency}."
        _failed(payment, text)
        return
    payment.status, payment.paid_at = Payment.Status.CONFIRMED, timezone.now()
    payment.look_at, payment.note = None, ""
    room = subject_of(payment)
    payment.surplus = not room.is_due(subject, payment)
    payment.save()
    if payment.surplus:
        owed = [Share(Account.BUYER, str(payment.subject_id), payment.amount_minor)]
        payment_posted(payment, owed, Movement.Kind.SURPLUS)
        if payment.amount_minor:
            refund_create(
                payment=payment, amount_minor=payment.amount_minor, key=payment.pk, reason="Paid twice, or too late."
            )
        return
    payment_posted(payment, room.paid(subject, payment), Movement.Kind.SALE)
    _withdraw_others(payment)


def _withdraw_others(payment: Payment) -> None:
    """What else is pending for the same thing is not needed any more: a job tells its provider."""
    from showpiece.payments.jobs import withdraw_payment

    for other in locked_payments(payment.subject_kind, payment.subject_id):
        if other.status == Payment.Status.PENDING:
            send_with_row(withdraw_payment, str(other.pk))


def _failed(payment: Payment, note: str) -> None:
    payment.status, payment.note, payment.look_at = Payment.Status.FAILED, note[:500], None
    payment.save()
