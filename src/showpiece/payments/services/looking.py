"""Asking providers: by the return page, by jobs, and by the poller that forgets nothing."""

import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone

from showpiece.jobs.sending import publish
from showpiece.payments.locks import locked_payment
from showpiece.payments.models import InboundEvent, Payment, Refund, Subscription
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Refused, Unavailable
from showpiece.payments.services.settling import payment_fail, payment_settle
from showpiece.payments.services.starting import payment_start
from showpiece.payments.subjects import subject_of
from showpiece.prepared import Prepared, Slot

log = structlog.get_logger(__name__)

AT_ONCE = 100
# How long after a look the next one follows: soon at first, then hourly.
PAUSES = [timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 300, 600, 1800)]
LONGEST_PAUSE = timedelta(hours=1)
# Counted no further: it is all that the column holds, and an hour each makes years.
MOST_LOOKS = 32767
# What was never begun at its provider comes to nothing after this.
NEVER_BEGUN = timedelta(hours=24)

_payment = Prepared(lambda: Payment.objects.filter(pk=Slot(0, Payment._meta.pk)))


def pause_after(looks: int) -> timedelta:
    """How long to wait after so many looks."""
    return PAUSES[looks] if looks < len(PAUSES) else LONGEST_PAUSE


def _read(payment_id: uuid.UUID) -> Payment:
    for payment in _payment(payment_id):
        return payment
    raise Payment.DoesNotExist


def payment_look(*, payment_id: uuid.UUID) -> Payment:
    """Ask the provider what has become of a payment, and write it down.

    `Unavailable` and `Refused` are the provider's. Not within a transaction.
    """
    payment = _read(payment_id)
    if not payment.external_id and not provider_named(payment.provider).has_page:
        # Placed by a process that died before the next step, which needs nobody but us.
        return payment_start(payment=payment, email="", language="", return_url="", cancel_url="")
    if not payment.external_id:
        if payment.status == Payment.Status.PENDING and payment.created_at < timezone.now() - NEVER_BEGUN:
            return payment_fail(payment_id=payment_id, note="It was never begun.")
        return payment
    report = provider_named(payment.provider).look(payment)
    return payment_settle(payment_id=payment_id, report=report, known=payment)


def payment_withdraw(*, payment_id: uuid.UUID) -> None:
    """Tell the provider that nobody needs the payment any more, and look what it says to that."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.status == Payment.Status.PENDING:
        if payment.external_id:
            provider_named(payment.provider).withdraw(payment)
        payment = payment_look(payment_id=payment_id)
    if payment.status == Payment.Status.PENDING and not provider_named(payment.provider).has_page:
        payment_fail(payment_id=payment_id, note="It is not needed any more.")


def payment_poll(*, payment_id: uuid.UUID) -> Payment:
    """As `payment_look`; and what turns out to be needed no more is withdrawn, in case that job was lost."""
    payment = payment_look(payment_id=payment_id)
    if payment.status == Payment.Status.PENDING and not _is_due(payment):
        payment_withdraw(payment_id=payment_id)
    return payment


def _is_due(payment: Payment) -> bool:
    with transaction.atomic():
        subject, payment = locked_payment(payment)
        return subject_of(payment).is_due(subject, payment)


def due_send() -> int:
    """Send the jobs of payments, subscriptions, refunds and events whose time has come; their next one is put off
    first, so that of many workers one sends. Returns how many."""
    from showpiece.payments.jobs import handle_event, look_at_payment, look_at_subscription, send_refund

    now, sent = timezone.now(), 0
    for model, field, job in (
        (Payment, "look_at", look_at_payment),
        (Subscription, "look_at", look_at_subscription),
        (Refund, "look_at", send_refund),
        (InboundEvent, "try_at", handle_event),
    ):
        counter = "attempts" if model is InboundEvent else "looks"
        due = model._default_manager.filter(**{f"{field}__lte": now}).order_by(field)
        for pk, count, moment in list(due.values_list("pk", counter, field)[:AT_ONCE]):
            later: dict[str, Any] = {field: now + pause_after(count)}
            if model is not InboundEvent:  # an event counts its attempts itself
                later[counter] = Least(F(counter) + 1, MOST_LOOKS)
            if not model._default_manager.filter(pk=pk, **{field: moment}).update(**later):
                continue
            if not publish(job, str(pk)):
                return sent  # no broker: the others would only wait for the same time-out
            sent += 1
    return sent


def quietly_looked(payment_id: uuid.UUID) -> Payment:
    """As `payment_look`, for a page: a provider that does not answer now is asked again by the poller."""
    try:
        return payment_look(payment_id=payment_id)
    except (Unavailable, Refused) as error:
        log.warning("provider not asked", payment=str(payment_id), reason=str(error))
        return Payment.objects.get(pk=payment_id)
