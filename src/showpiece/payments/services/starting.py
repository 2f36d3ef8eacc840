"""Beginning to pay."""

import uuid
from contextlib import nullcontext

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_payment
from showpiece.payments.models import Payment
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Provider, Refused, Started
from showpiece.payments.services.keys import KeyReused
from showpiece.payments.services.settling import FIRST_LOOK, payment_fail, payment_settle
from showpiece.payments.subjects import subject_of

log = structlog.get_logger(__name__)


def payment_create(
    *,
    key: uuid.UUID,
    subject_kind: str,
    subject_id: uuid.UUID,
    provider: str,
    amount_minor: int,
    currency: str,
    is_new: bool = False,
) -> Payment:
    """The attempt under this key: made, or as it was made before. `KeyReused` if that was another one.

    Whoever makes what is paid for calls it in the same transaction. `is_new`: this transaction has made that under the
    same key, so there is no attempt of before, and after `KeyReused` it is rolled back.
    """
    wanted = {
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "amount_minor": amount_minor,
        "currency": currency,
    }
    made = Payment(key=key, provider=provider, look_at=timezone.now() + FIRST_LOOK, **wanted)
    try:
        with nullcontext() if is_new else transaction.atomic():
            made.save(force_insert=True)
            return made
    except IntegrityError as error:  # it is there
        if is_new:
            raise KeyReused(str(key)) from error
        payment = Payment.objects.get(key=key)
    if any(getattr(payment, name) != value for name, value in wanted.items()):
        raise KeyReused(str(key))
    return payment


def payment_start(*, payment: Payment, email: str, language: str, return_url: str, cancel_url: str) -> Payment:
    """Send the buyer on their way: afterwards the payment has a page of the provider's to go to, or is settled as far
    as it can be. May be called again, by a double click or after `Unavailable`, and pays once. `payment` is as the
    caller has just read or made it.

    `Unavailable`: the provider cannot be reached; `Refused`: it will not take this payment, which has failed then.
    Not within a transaction: the provider is asked, and what it says is kept.
    """
    provider = provider_named(payment.provider)
    if payment.status != Payment.Status.PENDING:
        return payment
    if not payment.redirect_url:
        title = subject_of(payment).title(payment.subject_id)
        try:
            started = provider.start(
                payment, title=title, email=email, language=language, return_url=return_url, cancel_url=cancel_url
            )
        except Refused as refusal:
            return _refused(payment, refusal)
        payment = _begun(payment, provider, started)
    if not provider.has_page:
        return payment_settle(payment_id=payment.pk, report=provider.look(payment), known=payment)
    return payment


def _begun(payment: Payment, provider: Provider, started: Started) -> Payment:
    """Write down where the buyer pays; the first one to do so counts. What nobody needs by now is withdrawn."""
    from showpiece.payments.jobs import withdraw_payment

    with transaction.atomic():
        subject, kept = locked_payment(payment)
        if not kept.external_id:
            kept.external_id, kept.redirect_url = started.external_id, started.redirect_url
            kept.save(update_fields=["external_id", "redirect_url"])
        elif kept.external_id == started.external_id and not kept.redirect_url:
            kept.redirect_url = started.redirect_url  # an event was faster
            kept.save(update_fields=["redirect_url"])
        if provider.has_page and not subject_of(kept).is_due(subject, kept):
            send_with_row(withdraw_payment, str(kept.pk))
    return kept


def _refused(payment: Payment, refusal: Refused) -> Payment:
    """The provider will not begin it: so it has failed, unless somebody else has begun it meanwhile."""
    payment.refresh_from_db()
    if payment.external_id:
        return payment
    payment_fail(payment_id=payment.pk, note=str(refusal))
    raise refusal


def payment_known_as(*, payment_id: uuid.UUID, external_id: str) -> None:
    """The provider's name for a payment, told by an event: whoever began it may have died before writing it down."""
    if external_id:
        Payment.objects.filter(pk=payment_id, external_id="").update(external_id=external_id)
