"""A provider that does not answer, a process that is killed between two steps, and what changes meanwhile."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from showpiece.catalog.models import Status
from showpiece.orders import services as orders
from showpiece.orders.models import Order, PromoCode, PromoUse
from showpiece.payments import services
from showpiece.payments.models import Entry, Payment, Refund
from showpiece.payments.providers.base import Unavailable
from showpiece.payments.services import ledger_faults, looking, starting
from tests.orders.shop import filled, placed, priced, started
from tests.payments.till import another_attempt, at_stripe, fresh, lose_jobs, poll, run_jobs, settle
from tests.peers.stripe import Fault, StripePeer

pytestmark = pytest.mark.django_db


def die(*_all: Any, **_more: Any) -> Any:
    raise SystemExit


@pytest.mark.parametrize("what", ["hang", "reset", 500, 429])
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_answer_when_paying_begins(stripe: StripePeer, what: str | int, when: str) -> None:
    _order, payment = placed(filled(priced(1000)), provider="stripe")
    stripe.faults = [Fault(what, when)]
    with pytest.raises(Unavailable):
        started(payment)
    assert (fresh(payment).status, fresh(payment).external_id) == ("pending", "")
    assert started(payment).redirect_url
    assert len(stripe.of_kind("checkout.session")) == 1


def test_killed_before_the_page_was_written_down(stripe: StripePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    order, payment = placed(filled(priced(1000)), provider="stripe")
    with monkeypatch.context() as patched:
        patched.setattr(starting, "_begun", die)
        with pytest.raises(SystemExit):
            started(payment)
    poll()
    assert fresh(payment).status == "pending"
    payment = started(payment)
    stripe.act(payment.external_id, "pay")
    poll()
    assert (fresh(order).status, len(stripe.of_kind("checkout.session"))) == ("paid", 1)


def test_killed_between_the_charge_and_its_record(
    stripe: StripePeer, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    with monkeypatch.context() as patched:
        patched.setattr(looking, "payment_settle", die)
        with pytest.raises(SystemExit):
            services.payment_look(payment_id=payment.pk)
    lose_jobs()
    assert fresh(order).status == "open"
    poll()
    assert (fresh(order).status, Entry.objects.count(), ledger_faults()) == ("paid", 2, [])
    assert [mail.to for mail in mailoutbox].count([order.email]) == 1


def test_killed_in_the_middle_of_the_record(
    stripe: StripePeer, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    order, payment = at_stripe()
    stripe.act(payment.external_id, "pay")
    with monkeypatch.context() as patched:
        patched.setattr("showpiece.payments.services.settling.payment_posted", die)
        with pytest.raises(SystemExit):
            services.payment_look(payment_id=payment.pk)
    assert (fresh(order).status, fresh(payment).status, Entry.objects.count()) == ("open", "pending", 0)
    poll()
    assert (fresh(order).status, ledger_faults()) == ("paid", [])


def test_an_attempt_that_was_never_begun_comes_to_nothing(stripe: StripePeer) -> None:
    _order, payment = placed(filled(priced(1000)), provider="stripe")
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=23))
    poll()
    assert fresh(payment).status == "pending"
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    poll()
    assert (fresh(payment).status, fresh(payment).look_at) == ("failed", None)


@pytest.mark.parametrize(("minor", "provider", "status"), [(0, "free", "paid"), (1000, "transfer", "open")])
def test_what_needs_no_page_is_begun_by_the_poller(
    minor: int, provider: str, status: str, mailoutbox: list[Any], settings: Any
) -> None:
    """The process died between the order and the next step, and the buyer did not try again."""
    settings.PAYMENT_PROVIDERS = ["transfer"]
    order, payment = placed(filled(priced(minor)), provider=provider)
    for _twice in range(2):
        poll()
    assert fresh(order).status == status
    assert fresh(order).confirmed_at is not None
    assert fresh(payment).look_at is None
    assert [mail.to for mail in mailoutbox].count([order.email]) == 1


def test_a_late_payment_of_an_order_that_expired_stands(stripe: StripePeer, mailoutbox: list[Any]) -> None:
    order, payment = at_stripe()
    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    orders.orders_expire()
    assert fresh(order).status == "cancelled"
    stripe.act(payment.external_id, "pay")
    run_jobs()
    assert (fresh(order).status, fresh(payment).surplus) == ("paid", False)
    assert [mail.to for mail in mailoutbox].count([order.email]) == 1
    assert ledger_faults() == []


def test_a_late_payment_of_an_order_that_was_cancelled_goes_back(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    orders.order_cancel(order_id=order.pk)
    stripe.act(payment.external_id, "pay")
    run_jobs()
    assert (fresh(order).status, fresh(payment).surplus, fresh(payment).is_refunded) == ("cancelled", True, True)
    assert stripe.paid_for(str(payment.pk)) == 0
    assert ledger_faults() == []


def test_a_cancelled_order_cannot_be_paid_any_more(stripe: StripePeer) -> None:
    order, payment = at_stripe()
    orders.order_cancel(order_id=order.pk)
    run_jobs()
    assert stripe.act(payment.external_id, "pay")["status"] == "expired"
    assert (fresh(payment).status, Refund.objects.count()) == ("failed", 0)


@pytest.mark.parametrize("fault", [None, Fault(500, path="expire")])
def test_a_withdrawal_that_was_lost_is_done_by_the_poller(stripe: StripePeer, fault: Fault | None) -> None:
    order, payment = at_stripe()
    orders.order_cancel(order_id=order.pk)
    if fault:
        stripe.faults = [fault]
        run_jobs()
    else:
        lose_jobs()
    assert stripe.things[payment.external_id]["status"] == "open"
    poll()
    assert (stripe.things[payment.external_id]["status"], fresh(payment).status) == ("expired", "failed")


def test_an_order_that_was_cancelled_while_paying_began(stripe: StripePeer) -> None:
    order, payment = placed(filled(priced(1000)), provider="stripe")
    orders.order_cancel(order_id=order.pk)
    run_jobs()
    started(payment)
    run_jobs()
    assert (stripe.of_kind("checkout.session")[0]["status"], fresh(payment).status) == ("expired", "failed")


def test_the_other_way_of_paying_is_withdrawn_when_one_has_paid(stripe: StripePeer) -> None:
    order, card = at_stripe()
    transfer = another_attempt(order, "transfer")
    stripe.act(card.external_id, "pay")
    services.payment_look(payment_id=card.pk)
    lose_jobs()
    settle()
    assert (fresh(card).status, fresh(transfer).status, fresh(transfer).look_at) == ("confirmed", "failed", None)


def test_what_changes_while_the_buyer_pays_does_not_change_the_order(stripe: StripePeer) -> None:
    project, other = priced(1000, name="One"), priced(500)
    order, payment = at_stripe(project, other)
    project.price_minor, project.status, project.name = 9900, Status.ARCHIVED, "Other"
    project.save()
    stripe.act(payment.external_id, "pay")
    services.payment_look(payment_id=payment.pk)
    order = fresh(order)
    assert (order.status, order.total_minor) == ("paid", 1500)
    first = order.lines.order_by("position")[0]
    assert (first.name, first.total_minor) == ("One", 1000)
    assert ledger_faults() == []


def test_a_promo_code_is_free_again_when_nobody_paid(stripe: StripePeer) -> None:
    PromoCode.objects.create(code="ONCE", kind="percent", percent=50, max_uses=1)
    order, payment = at_stripe_with_code("ONCE")
    orders.order_cancel(order_id=order.pk, expired=True)
    assert not PromoUse.objects.exists()
    stripe.act(payment.external_id, "pay")
    services.payment_look(payment_id=payment.pk)
    assert (fresh(order).status, PromoUse.objects.get().order) == ("paid", order)


def at_stripe_with_code(code: str) -> tuple[Order, Payment]:
    order, payment = placed(filled(priced(1000), code=code), provider="stripe")
    return order, started(payment)


def test_a_key_of_another_attempt_pays_nothing_else(stripe: StripePeer) -> None:
    _order, payment = at_stripe()
    with pytest.raises(services.KeyReused):
        services.payment_create(
            key=payment.key,
            subject_kind="order",
            subject_id=uuid.uuid4(),
            provider="stripe",
            amount_minor=1000,
            currency="EUR",
        )


def test_nothing_is_ordered_under_the_key_of_an_attempt_for_something_else() -> None:
    cart, key = filled(priced(1000)), uuid.uuid4()
    services.payment_create(
        key=key, subject_kind="donation", subject_id=uuid.uuid4(), provider="sandbox", amount_minor=1000, currency="EUR"
    )
    with pytest.raises(services.KeyReused):
        placed(cart, key=key)
    assert not Order.objects.exists()
    assert cart.items.count() == 1
    assert placed(cart)[1].amount_minor == 1000


def test_a_row_that_was_looked_at_for_years_holds_nobody_up(stripe: StripePeer) -> None:
    _order, payment = at_stripe()
    Payment.objects.update(looks=32767, look_at=timezone.now())
    assert services.due_send() == 1
    assert fresh(payment).looks == 32767
