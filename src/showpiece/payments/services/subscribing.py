"""Beginning to pay every month."""

import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_subscription
from showpiece.payments.models import Subscription
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Refused, Started
from showpiece.payments.services.keys import KeyReused
from showpiece.payments.services.monthly import subscription_fail
from showpiece.payments.services.settling import FIRST_LOOK
from showpiece.payments.subjects import recurring_of


def subscription_create(
    *, key: uuid.UUID, subject_kind: str, subject_id: uuid.UUID, provider: str, amount_minor: int, currency: str
) -> Subscription:
    """The subscription under this key: made, or as it was made before. `KeyReused` if that was another one.

    Whoever makes what is paid for calls it in the same transaction.
    """
    wanted = {
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "amount_minor": amount_minor,
        "currency": currency,
    }
    try:
        with transaction.atomic():
            return Subscription.objects.create(
                key=key, provider=provider, look_at=timezone.now() + FIRST_LOOK, **wanted
            )
    except IntegrityError:  # it is there
        subscription = Subscription.objects.filter(key=key).first()
    if subscription is None or any(getattr(subscription, name) != value for name, value in wanted.items()):
        raise KeyReused(str(key))
    return subscription


def subscription_start(
    *, subscription: Subscription, email: str, language: str, return_url: str, cancel_url: str
) -> Subscription:
    """Send somebody on their way: afterwards it has a page of the provider's to go to. May be called again, by a double
    click or after `Unavailable`, and agrees once.

    `Unavailable`: the provider cannot be reached; `Refused`: it will not take this, which has ended then.
    Not within a transaction: the provider is asked, and what it says is kept.
    """
    subscription.refresh_from_db()
    if subscription.status != Subscription.Status.PENDING or subscription.redirect_url:
        return subscription
    title = recurring_of(subscription).title(subscription.subject_id)
    try:
        started = provider_named(subscription.provider).subscribe(
            subscription, title=title, email=email, language=language, return_url=return_url, cancel_url=cancel_url
        )
    except Refused as refusal:
        subscription.refresh_from_db()
        if subscription.external_session:  # somebody else has begun it meanwhile
            return subscription
        subscription_fail(subscription_id=subscription.pk, note=str(refusal))
        raise
    return _begun(subscription, started)


def _begun(subscription: Subscription, started: Started) -> Subscription:
    """Write down where somebody agrees; the first one to do so counts. What was ended by now is ended there, too."""
    from showpiece.payments.jobs import look_at_subscription

    with transaction.atomic():
        _subject, kept = locked_subscription(subscription.pk)
        if kept.external_session in ("", started.external_id) and not kept.redirect_url:
            kept.external_session, kept.redirect_url = started.external_id, started.redirect_url
            if kept.status == Subscription.Status.ENDED:
                kept.cancelled_at = kept.cancelled_at or timezone.now()
                kept.look_at = timezone.now() + FIRST_LOOK  # the poller's turn, if the job is lost
                send_with_row(look_at_subscription, str(kept.pk))
            kept.save(update_fields=["external_session", "redirect_url", "cancelled_at", "look_at"])
    return kept


def subscription_known_as(*, subscription_id: uuid.UUID, external_session: str, external_id: str) -> None:
    """The provider's names for a subscription, told by an event: whoever began it may have died before writing them
    down."""
    for name, told in (("external_session", external_session), ("external_id", external_id)):
        if told:
            Subscription.objects.filter(pk=subscription_id, **{name: ""}).update(**{name: told})
