"""What a provider says of a subscription, written down. The return page, inbound events and the poller all come here.

Everything here may run any number of times, and at once with itself. Each month that was paid becomes one payment,
named after the subscription and the provider's bill; what it brought, and what of it went back, is asked for and
written down as for any other payment.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from showpiece.jobs.sending import send_with_row
from showpiece.payments.locks import locked_subscription
from showpiece.payments.models import Payment, Subscription
from showpiece.payments.providers import provider_named
from showpiece.payments.providers.base import Month, Refused, SubscriptionReport, Unavailable
from showpiece.payments.services.looking import NEVER_BEGUN, payment_look
from showpiece.payments.services.settling import FIRST_LOOK
from showpiece.payments.subjects import recurring_of

log = structlog.get_logger(__name__)

_Status = Subscription.Status
# How long after a look the next one follows, if no event tells of anything; and the last one after the end.
PAUSES = {_Status.ACTIVE: timedelta(days=1), _Status.PAST_DUE: timedelta(hours=6)}
LAST_LOOK = timedelta(days=1)


def subscription_look(*, subscription_id: uuid.UUID) -> Subscription:
    """Ask the provider what has become of a subscription and of its months, and write it down.

    `Unavailable` and `Refused` are the provider's. Not within a transaction.
    """
    subscription = Subscription.objects.get(pk=subscription_id)
    if not subscription.external_session and not subscription.external_id:
        if subscription.status == _Status.PENDING and subscription.created_at < timezone.now() - NEVER_BEGUN:
            return subscription_fail(subscription_id=subscription_id, note="It was never begun.")
        return subscription
    asked_at = timezone.now()
    report = provider_named(subscription.provider).look_monthly(subscription)
    subscription = subscription_settle(subscription_id=subscription_id, report=report, asked_at=asked_at)
    for payment in subscription.payments.filter(status=Payment.Status.PENDING).order_by("pk"):
        payment_look(payment_id=payment.pk)
    return subscription


def subscription_poll(*, subscription_id: uuid.UUID) -> Subscription:
    """As `subscription_look`; and what was ended here is ended at the provider."""
    subscription = Subscription.objects.get(pk=subscription_id)
    # The second time, if somebody had agreed on the page that was to be ended.
    for _attempt in range(2):
        if subscription.cancelled_at and (subscription.external_session or subscription.external_id):
            provider_named(subscription.provider).unsubscribe(subscription)
        subscription = subscription_look(subscription_id=subscription_id)
        if subscription.cancelled_at is None or subscription.status == _Status.ENDED:
            break
    return subscription


def subscription_settle(*, subscription_id: uuid.UUID, report: SubscriptionReport, asked_at: datetime) -> Subscription:
    """Write down what the provider reported when it was asked at that time. The months count whenever that was; the
    state only if nobody has asked later."""
    with transaction.atomic():
        subject, subscription = locked_subscription(subscription_id)
        room, before = recurring_of(subscription), subscription.status
        if report.external_id and not subscription.external_id:
            subscription.external_id = report.external_id
            subscription.save(update_fields=["external_id"])
        known = set(subscription.payments.values_list("key", flat=True))
        for month in report.months:
            key = uuid.uuid5(subscription.pk, month.external_id)
            if key not in known:
                _month_noted(subject, subscription, month, key)
                subscription.refresh_from_db()  # whose month it is may have ended it
        if subscription.told_at is None or subscription.told_at <= asked_at:
            subscription.told_at = asked_at
            _state_noted(subscription, report)
            subscription.save()
            if subscription.status != before:
                room.changed(subject, subscription)
    return subscription


def subscription_fail(*, subscription_id: uuid.UUID, note: str) -> Subscription:
    """Nothing can come of it any more."""
    report = SubscriptionReport(_Status.ENDED, note=note)
    return subscription_settle(subscription_id=subscription_id, report=report, asked_at=timezone.now())


def subscription_cancel(*, subscription_id: uuid.UUID) -> Subscription:
    """Take no more, from now on: a job tells the provider, and the poller until the provider has understood. What is
    taken from now on goes back."""
    with transaction.atomic():
        subject, subscription = locked_subscription(subscription_id)
        if subscription.status != _Status.ENDED and subscription.cancelled_at is None:
            if subscription.external_session or subscription.external_id:
                _cancelled(subscription)
            else:  # nobody has told the provider of it, or they are about to: see `subscription_start`
                subscription.cancelled_at = timezone.now()
                _ended(subscription)
            subscription.save()
            if subscription.status == _Status.ENDED:
                recurring_of(subscription).changed(subject, subscription)
    return subscription


def quietly_looked_monthly(subscription_id: uuid.UUID) -> Subscription:
    """As `subscription_look`, for a page: a provider that does not answer now is asked again by the poller."""
    try:
        return subscription_look(subscription_id=subscription_id)
    except (Unavailable, Refused) as error:
        log.warning("provider not asked", subscription=str(subscription_id), reason=str(error))
        return Subscription.objects.get(pk=subscription_id)


def _month_noted(subject: Any, subscription: Subscription, month: Month, key: uuid.UUID) -> None:
    """A month that nobody has told us of before. What it brought is asked next: the poller's turn, if we die."""
    is_in_time = subscription.cancelled_at is None or month.taken_at <= subscription.cancelled_at
    is_right = (month.amount_minor, month.currency) == (subscription.amount_minor, subscription.currency)
    is_due = is_in_time and is_right
    kind, subject_id = recurring_of(subscription).instalment(subject, key=key, is_due=is_due)
    Payment.objects.create(
        key=key,
        subject_kind=kind,
        subject_id=subject_id,
        subscription=subscription,
        provider=subscription.provider,
        amount_minor=subscription.amount_minor,
        currency=subscription.currency,
        external_id=month.external_id,
        external_charge=month.external_charge,
        look_at=timezone.now() + FIRST_LOOK,
    )


def _state_noted(subscription: Subscription, report: SubscriptionReport) -> None:
    now = timezone.now()
    subscription.card_ends_with = report.card_ends_with[-4:] or subscription.card_ends_with
    is_running = report.status in (_Status.ACTIVE, _Status.PAST_DUE)
    if subscription.status == _Status.ENDED:
        if is_running:  # it was begun there after it had ended here
            _cancelled(subscription)
        elif subscription.ended_at and subscription.ended_at + LAST_LOOK > now:
            subscription.look_at = subscription.ended_at + LAST_LOOK
        else:
            subscription.look_at = None
        return
    subscription.note = report.note[:500]
    if report.status == _Status.ENDED:
        _ended(subscription)
    elif is_running:
        subscription.status = report.status
        subscription.started_at = subscription.started_at or now
        if subscription.cancelled_at is None:
            subscription.look_at, subscription.looks = now + PAUSES[report.status], 0
            if report.is_given_up:
                _cancelled(subscription)


def _ended(subscription: Subscription) -> None:
    subscription.status, subscription.ended_at = _Status.ENDED, timezone.now()
    has_begun = subscription.external_session or subscription.external_id
    subscription.look_at = subscription.ended_at + LAST_LOOK if has_begun else None


def _cancelled(subscription: Subscription) -> None:
    from showpiece.payments.jobs import look_at_subscription

    subscription.cancelled_at = subscription.cancelled_at or timezone.now()
    subscription.look_at, subscription.looks = timezone.now() + FIRST_LOOK, 0
    send_with_row(look_at_subscription, str(subscription.pk))
