"""Disputes, written down as the provider tells of them. What becomes of their money is decided there."""

import uuid
from collections.abc import Iterable
from typing import Any

import structlog
from django.utils import timezone

from showpiece.payments.models import Account, Dispute, Movement, Payment, Refund
from showpiece.payments.providers.base import DisputeReport
from showpiece.payments.selectors import refundable_minor
from showpiece.payments.services.ledger import movement_post
from showpiece.payments.services.refunds import refund_counted

log = structlog.get_logger(__name__)


def disputes_note(subject: Any, payment: Payment, reports: Iterable[DisputeReport]) -> bool:
    """Write down what the provider says. The caller has locked both. False: one that is lost waits until it is known
    what becomes of a refund that is on its way, so that nothing is taken twice.

    While a dispute is open the provider holds the money back; if it is won the money returns, if it is lost the payer
    has it from their bank.
    """
    is_done = True
    for report in reports:
        dispute, is_new = Dispute.objects.get_or_create(
            payment=payment,
            external_id=report.external_id,
            defaults={"amount_minor": report.amount_minor, "reason": report.reason[:200]},
        )
        if is_new:
            log.warning("payment disputed", payment=str(payment.pk), dispute=report.external_id)
            _post(dispute, "opened", -dispute.amount_minor)
        if dispute.status == Dispute.Status.OPEN and report.status != Dispute.Status.OPEN:
            dispute.status, dispute.closed_at = report.status, timezone.now()
            dispute.save(update_fields=["status", "closed_at"])
            if report.status == Dispute.Status.WON:
                _post(dispute, "won", dispute.amount_minor)
        if dispute.status == Dispute.Status.LOST:
            is_done = _lost(subject, payment, dispute) and is_done
    return is_done


def _lost(subject: Any, payment: Payment, dispute: Dispute) -> bool:
    """The money is back with its payer, so it is a refund to all whom it was for, and what was bought goes with it.

    What of the disputed amount had been given back already, the shop has lost twice: it stays held by the dispute.
    """
    if Refund.objects.filter(dispute=dispute).exists():
        return True
    if payment.refunds.filter(status=Refund.Status.PENDING).exists():
        return False
    if amount := min(dispute.amount_minor, refundable_minor(payment)):
        key = uuid.uuid5(payment.pk, f"dispute:{dispute.external_id}")
        refund = Refund(payment=payment, dispute=dispute, key=key, amount_minor=amount, revokes=True)
        refund.reason = "The bank took it back: a dispute was lost."
        refund_counted(subject, payment, refund)
    return True


def _post(dispute: Dispute, step: str, amount_minor: int) -> None:
    payment = dispute.payment
    movement_post(
        key=f"dispute:{dispute.pk}:{step}",
        kind=Movement.Kind.DISPUTE,
        currency=payment.currency,
        entries=[
            (Account.PROVIDER, payment.provider, amount_minor),
            (Account.DISPUTE, payment.provider, -amount_minor),
        ],
        subject=(payment.subject_kind, payment.subject_id),
    )
