"""What providers tell us: kept first, then handled by a job, which may run any number of times."""

import uuid

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_event
from showpiece.payments.models import InboundEvent
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Event, Refused, Unavailable
from showpiece.payments.services.looking import pause_after, payment_look
from showpiece.payments.services.monthly import subscription_look
from showpiece.payments.services.starting import payment_known_as
from showpiece.payments.services.subscribing import subscription_known_as

log = structlog.get_logger(__name__)

# After so many attempts, about two days, only staff have it tried again.
MAX_ATTEMPTS = 50


def event_receive(*, source: str, event: Event) -> InboundEvent:
    """Keep an event and send its job. One that came before is the one of before."""
    from showpiece.payments.jobs import handle_event

    try:
        with transaction.atomic():
            row = InboundEvent.objects.create(
                source=source,
                external_id=event.external_id[:255],
                kind=event.kind[:100],
                body=event.body,
                try_at=timezone.now() + pause_after(0),  # the poller's turn, if the job is lost
            )
            send_with_row(handle_event, str(row.pk))
    except IntegrityError:
        return InboundEvent.objects.get(source=source, external_id=event.external_id[:255])
    return row


def event_handle(*, event_id: uuid.UUID) -> None:
    """Ask the provider about the payment or subscription that the event is about. An event is a hint: what counts is
    what the provider says when it is asked, so that order and number of events do not matter."""
    event = InboundEvent.objects.get(pk=event_id)
    if event.handled_at is not None:
        return
    provider = provider_named(event.source)
    note, done = "", True
    try:
        about = provider.about(Event(event.external_id, event.kind, event.body))
        if about.subscription is not None:
            subscription_known_as(
                subscription_id=about.subscription.pk,
                external_session=about.external_session,
                external_id=about.external_id,
            )
            subscription_look(subscription_id=about.subscription.pk)
        elif about.payment is None:
            note = about.note
        else:
            payment_known_as(payment_id=about.payment.pk, external_id=about.external_id)
            payment_look(payment_id=about.payment.pk)
    except (Unavailable, Refused) as error:
        note, done = str(error) or type(error).__name__, False
    except Exception as error:
        log.exception("event not handled", event=str(event_id))
        note, done = f"{type(error).__name__}: {error}", False
    with transaction.atomic():
        row = locked_event(event_id)
        if row is None or row.handled_at is not None:
            return
        row.attempts += 1
        row.note = note[:500]
        row.handled_at = timezone.now() if done else None
        row.try_at = None if done or row.attempts >= MAX_ATTEMPTS else timezone.now() + pause_after(row.attempts)
        row.save()


def event_resend(*, event_id: uuid.UUID) -> None:
    """Handle an event again, because staff say so."""
    from showpiece.payments.jobs import handle_event

    with transaction.atomic():
        InboundEvent.objects.filter(pk=event_id).update(handled_at=None, attempts=0, try_at=timezone.now(), note="")
        send_with_row(handle_event, str(event_id))
