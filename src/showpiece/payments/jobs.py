"""Jobs that talk to providers. They carry ids only: the rows are the truth, and the poller sends what was lost."""

import uuid

import structlog
from django_tasks import task

log = structlog.get_logger(__name__)


@task(queue_name="egress")
def look_at_payment(payment_id: str) -> None:
    """Ask what has become of a payment."""
    from showpiece.payments.providers.base import Refused, Unavailable
    from showpiece.payments.services.looking import payment_poll

    try:
        payment_poll(payment_id=uuid.UUID(payment_id))
    except (Unavailable, Refused) as error:
        log.warning("payment not looked at, comes again", payment=payment_id, reason=str(error))


@task(queue_name="egress")
def withdraw_payment(payment_id: str) -> None:
    """Say that nobody needs a payment any more. If somebody pays all the same, it goes back."""
    from showpiece.payments.providers.base import Refused, Unavailable
    from showpiece.payments.services.looking import payment_withdraw

    try:
        payment_withdraw(payment_id=uuid.UUID(payment_id))
    except (Unavailable, Refused) as error:
        log.warning("payment not withdrawn, the poller will", payment=payment_id, reason=str(error))


@task(queue_name="egress")
def send_refund(refund_id: str) -> None:
    """Give back."""
    from showpiece.payments.providers.base import Unavailable
    from showpiece.payments.services.refunds import refund_send

    try:
        refund_send(refund_id=uuid.UUID(refund_id))
    except Unavailable as error:
        log.warning("refund not sent, comes again", refund=refund_id, reason=str(error))


@task(queue_name="egress")
def handle_event(event_id: str) -> None:
    """Look into what a provider told us."""
    from showpiece.payments.services.events import event_handle

    event_handle(event_id=uuid.UUID(event_id))


@task(queue_name="egress")
def look_at_subscription(subscription_id: str) -> None:
    """Ask what has become of a subscription, and end it there if it was ended here."""
    from showpiece.payments.providers.base import Refused, Unavailable
    from showpiece.payments.services.monthly import subscription_poll

    try:
        subscription_poll(subscription_id=uuid.UUID(subscription_id))
    except (Unavailable, Refused) as error:
        log.warning("subscription not looked at, comes again", subscription=subscription_id, reason=str(error))
