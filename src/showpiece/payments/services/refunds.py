"""Giving back: asked for by staff here, or on the provider's side."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from showpiece.accounts.models import User
from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_payment
from showpiece.payments.models import Account, Payment, Refund
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import RefundReport, Refused, State
from showpiece.payments.selectors import refundable_minor
from showpiece.payments.services.keys import KeyReused
from showpiece.payments.services.ledger import refund_posted
from showpiece.payments.subjects import Share, subject_of

log = structlog.get_logger(__name__)

# The poller's turn, if the job was lost.
FIRST_LOOK = timedelta(seconds=15)


def payment_refund(
    *,
    payment_id: uuid.UUID,
    amount_minor: int,
    key: uuid.UUID,
    reason: str = "",
    parts: Mapping[str, int] | None = None,
    revokes: bool | None = None,
    by: User | None = None,
) -> Refund:
    """Ask the provider to give back `amount_minor`, soon, by a job. The same key again is the same refund.
    `revokes`: whether what was bought is taken back with it; None where nobody has said.

    `ValidationError`: not confirmed, not an amount, or more than is left, what is already on its way included;
    `KeyReused`: the key is of another refund.
    """
    with transaction.atomic():
        _subject, payment = locked_payment(payment_id)
        if known := Refund.objects.filter(key=key).first():
            if (known.payment_id, known.amount_minor) != (payment_id, amount_minor):
                raise KeyReused(str(key))
            return known
        left = refundable_minor(payment)
        if payment.status != Payment.Status.CONFIRMED or left <= 0:
            raise ValidationError(_("There is nothing to give back."), code="nothing_left")
        if not 0 < amount_minor <= left:
            raise ValidationError(_("More than is left to give back."), code="too_much")
        return refund_create(
            payment=payment, amount_minor=amount_minor, key=key, reason=reason, parts=parts, revokes=revokes, by=by
        )


def refund_create(
    *,
    payment: Payment,
    amount_minor: int,
    key: uuid.UUID,
    reason: str = "",
    parts: Mapping[str, int] | None = None,
    revokes: bool | None = None,
    by: User | None = None,
) -> Refund:
    """The row, and its job. The caller has locked the payment and knows that so much is left."""
    from showpiece.payments.jobs import send_refund

    refund = Refund.objects.create(
        payment=payment,
        key=key,
        amount_minor=amount_minor,
        reason=reason[:200],
        parts=dict(parts or {}),
        revokes=revokes,
        made_by=by,
        look_at=timezone.now() + FIRST_LOOK,
    )
    send_with_row(send_refund, str(refund.pk))
    return refund


def refund_send(*, refund_id: uuid.UUID) -> None:
    """Ask the provider, and write down what it says. `Unavailable` where it says nothing: to be asked again."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status != Refund.Status.PENDING:
        return
    provider = provider_named(refund.payment.provider)
    try:
        report = provider.refund(refund)
    except Refused as refusal:
        report = RefundReport("", refund.amount_minor, State.FAILED, key=refund.pk, note=str(refusal))
    with transaction.atomic():
        subject, payment = locked_payment(refund.payment_id)
        refunds_note(subject, payment, [report])
        if report.state is State.FAILED:
            # Somebody may have given it back on the provider's side: the poller asks.
            payment.look_at = timezone.now()
            payment.save(update_fields=["look_at"])


def refund_confirm(*, refund_id: uuid.UUID, by: User) -> Refund:
    """Staff have sent back by hand what waits for them. `ValidationError` if it is a provider that gives back."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if not provider_named(refund.payment.provider).by_hand:
        raise ValidationError(_("The provider gives it back."), code="not_by_hand")
    with transaction.atomic():
        subject, payment = locked_payment(refund.payment_id)
        Refund.objects.filter(pk=refund_id, made_by=None).update(made_by=by)
        report = RefundReport(str(refund_id), refund.amount_minor, State.CONFIRMED, key=refund_id)
        refunds_note(subject, payment, [report])
    refund.refresh_from_db()
    return refund


def refunds_note(subject: Any, payment: Payment, reports: Iterable[RefundReport]) -> None:
    """Write down what the provider says of refunds. The caller has locked both."""
    for report in reports:
        refund = _row_of(payment, report)
        if refund is None:
            continue
        if refund.status == Refund.Status.CONFIRMED:
            _undone(refund, report)
            continue
        if refund.status == Refund.Status.FAILED and report.state is not State.CONFIRMED:
            continue
        refund.external_id = report.external_id or refund.external_id
        if report.state is State.CONFIRMED:
            refund_counted(subject, payment, refund)
        elif report.state is State.FAILED:
            log.error("refund refused", refund=str(refund.pk), reason=report.note)
            refund.status, refund.note, refund.look_at = Refund.Status.FAILED, report.note[:500], None
        refund.save()


def _undone(refund: Refund, report: RefundReport) -> None:
    """Rarely a bank sends a refund back long after it was confirmed. It is for staff to find the buyer another way, so
    it stays given; they are told."""
    note = f"The provider says that it came back: {report.note or 'without a reason'}"[:500]
    if report.state is State.FAILED and refund.note != note:
        log.error("refund came back", refund=str(refund.pk), reason=report.note)
        refund.note, refund.came_back_at = note, refund.came_back_at or timezone.now()
        refund.save(update_fields=["note", "came_back_at"])


def _row_of(payment: Payment, report: RefundReport) -> Refund | None:
    """The refund that the report is about; made, if it was begun on the provider's side."""
    if report.key and (ours := Refund.objects.filter(payment=payment, pk=report.key).first()):
        return ours
    if report.external_id and (known := Refund.objects.filter(payment=payment, external_id=report.external_id).first()):
        return known
    if report.state is not State.CONFIRMED:
        return None  # it is ours when it counts
    if report.amount_minor > payment.left_minor:
        log.error("more given back than paid", payment=str(payment.pk), refund=report.external_id)
        return None
    key = uuid.uuid5(payment.pk, report.external_id)
    return Refund(payment=payment, key=key, amount_minor=report.amount_minor, reason=report.note[:200])


def refund_counted(subject: Any, payment: Payment, refund: Refund) -> None:
    """The money is back with whoever paid. The caller has locked both, and knows that so much is left."""
    refund.status, refund.confirmed_at, refund.look_at, refund.note = Refund.Status.CONFIRMED, timezone.now(), None, ""
    refund.payment = payment
    refund.save()
    payment.refunded_minor += refund.amount_minor
    payment.save(update_fields=["refunded_minor"])
    if payment.surplus:
        refund_posted(refund, [Share(Account.BUYER, str(payment.subject_id), refund.amount_minor)])
    else:
        refund_posted(refund, subject_of(payment).refunded(subject, refund))
