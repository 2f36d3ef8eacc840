"""Disputes, written down as the provider tells of them. Their money is settled there, and by staff here."""

from collections.abc import Iterable

import structlog
from django.utils import timezone

from showpiece.payments.models import Account, Dispute, Movement, Payment
from showpiece.payments.providers.base import DisputeReport
from showpiece.payments.services.ledger import movement_post

log = structlog.get_logger(__name__)


def disputes_note(payment: Payment, reports: Iterable[DisputeReport]) -> None:
    """Write down what the provider says. The caller has locked the payment.

    While a dispute is open the provider holds the money back; if it is won the money returns, if it is lost it stays
    with the bank of the buyer, and the shop bears it: whether its creator does is for the operator to say.
    """
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
