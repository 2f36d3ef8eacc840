"""Paying in tests: what a buyer, a browser, Stripe and a worker do."""

import json
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from showpiece.catalog.models import Project
from showpiece.orders import services as orders
from showpiece.orders.models import Order
from showpiece.payments import services
from showpiece.payments.models import InboundEvent, Payment, Refund, Subscription
from showpiece.payments.services.looking import AT_ONCE
from tests.orders.shop import filled, placed, priced, started
from tests.peers.stripe import StripePeer, signature

EVENTS = "/payments/events/stripe/"


def at_stripe(*projects: Project, **more: Any) -> tuple[Order, Payment]:
    """An order whose buyer is on Stripe's page."""
    order, payment = placed(filled(*(projects or (priced(1000),))), provider="stripe", **more)
    return order, started(payment)


def paid_at_stripe(peer: StripePeer, *projects: Project, **more: Any) -> tuple[Order, Payment]:
    """An order that was paid there, and whose buyer has come back."""
    order, payment = at_stripe(*projects, **more)
    peer.act(payment.external_id, "pay")
    services.payment_look(payment_id=payment.pk)
    return fresh(order), fresh(payment)


def another_attempt(order: Order, provider: str = "stripe") -> Payment:
    return started(orders.order_pay_again(order_id=order.pk, key=uuid.uuid4(), provider=provider))


def fresh(row: Any) -> Any:
    """The row as it is now."""
    return type(row).objects.get(pk=row.pk)


def intent_of(peer: StripePeer, payment: Payment) -> str:
    return str(peer.things[payment.external_id]["payment_intent"])


def send(event: dict[str, Any], **more: Any) -> Any:
    """Stripe tells the shop. `more` are arguments of the signature."""
    body = json.dumps(event)
    return Client().post(
        EVENTS, body, content_type="application/json", headers={"Stripe-Signature": signature(body, **more)}
    )


def run_one_job(*, lose: bool = False) -> bool:
    """What a worker does; `lose`: it is killed just before. False if there was nothing to do."""
    row = DBTaskResult.objects.filter(status="READY", queue_name="egress").order_by("enqueued_at").first()
    if row is None or not DBTaskResult.objects.filter(pk=row.pk).delete()[0]:
        return row is not None
    if not lose:
        import_string(row.task_path).func(*row.args_kwargs["args"])
    return True


def run_jobs() -> None:
    """Until nothing is left to do."""
    while run_one_job():
        pass


def lose_jobs() -> None:
    """The worker was killed with what it had in hand."""
    DBTaskResult.objects.all().delete()


def poll() -> None:
    """Time passes until the poller asks about everything, once."""
    now, most = timezone.now(), 0
    rows = ((Payment, "look_at"), (Subscription, "look_at"), (Refund, "look_at"), (InboundEvent, "try_at"))
    for model, field in rows:
        waiting = model._default_manager.filter(**{f"{field}__isnull": False})
        most = max(most, waiting.update(**{field: now}))
    for _hundred in range(0, most, AT_ONCE):
        services.due_send()
    run_jobs()


def settle() -> None:
    """Let the poller come until nothing changes any more."""
    for _round in range(3):
        poll()
