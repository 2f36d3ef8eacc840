"""Beginning to pay."""

import uuid
from datetime import timedelta

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from showpiece.payments.locks import locked_payments
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.services.settling import payment_settle
from showpiece.payments.subjects import subject_of

log = structlog.get_logger(__name__)

# The poller looks for the first time after this; the buyer's browser and the provider are mostly faster.
FIRST_LOOK = timedelta(seconds=15)


class KeyReused(Exception):  # noqa: N818  # not every one is an error
    """The key of a form was used for something else."""


def payment_create(
    *, key: uuid.UUID, subject_kind: str, subject_id: uuid.UUID, provider: str, amount_minor: int, currency: str
) -> Payment:
    """The attempt under this key: made, or as it was made before. `KeyReused` if that was another one.

    Whoever makes what is paid for calls it in the same transaction.
    """
    wanted = {
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "amount_minor": amount_minor,
        "currency": currency,
    }
    payment = Payment.objects.filter(key=key).first()
    if payment is None:
        try:
            with transaction.atomic():
                payment = Payment.objects.create(
                    key=key, provider=provider, look_at=timezone.now() + FIRST_LOOK, **wanted
                )
        except IntegrityError:  # somebody was faster
            payment = Payment.objects.get(key=key)
    if any(getattr(payment, name) != value for name, value in wanted.items()):
        raise KeyReused(str(key))
    return payment


def payment_start(*, payment: Payment, email: str, language: str, return_url: str, cancel_url: str) -> Payment:
    """Send the buyer on their way: afterwards the payment has a page of the provider's to go to, or is settled as far
    as it can be. May be called again, by a double click or after `Unavailable`, and pays once.

    `Unavailable`: the provider cannot be reached; `Refused`: it will not take this payment, which has failed then.
    Not within a transaction: the provider is asked, and what it says is kept.
    """
    if payment.status != Payment.Status.PENDING or payment.external_id:
        return payment
    provider = provider_named(payment.provider)
    title = subject_of(payment).title(payment.subject_id)
    started = provider.start(
        payment, title=title, email=email, language=language, return_url=return_url, cancel_url=cancel_url
    )
    Payment.objects.filter(pk=payment.pk, external_id="").update(
        external_id=started.external_id, redirect_url=started.redirect_url
    )
    payment.refresh_from_db()
    if not provider.has_page:
        Payment.objects.filter(pk=payment.pk).update(look_at=None)  # nobody to ask later
        return payment_settle(payment_id=payment.pk, report=provider.look(payment))
    return payment


def payments_withdraw(*, subject_kind: str, subject_id: uuid.UUID) -> None:
    """Nobody needs what is still pending for a subject, which the caller has locked: a job tells the providers."""
    from showpiece.jobs.sending import send_with_row
    from showpiece.payments.jobs import withdraw_payment

    for payment in locked_payments(subject_kind, subject_id):
        if payment.status == Payment.Status.PENDING:
            send_with_row(withdraw_payment, str(payment.pk))
