"""Many orders and donations by people who come at once, while everything goes wrong that can: a till under weather.

Each buyer is a thread with dice of its own, thrown from one seed: what they do is the same each time, and how it
interleaves is not.
"""

import contextlib
import json
import random
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from showpiece.catalog.models import Project
from showpiece.donations import services as donations
from showpiece.donations.models import Donation, Support
from showpiece.orders import services as orders
from showpiece.orders.models import Entitlement, Order
from showpiece.payments import services
from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import Refused, Unavailable
from showpiece.payments.providers.sandbox import session_act
from tests.donations.giving import begun
from tests.orders.shop import filled, placed, started
from tests.payments.till import EVENTS, run_one_job
from tests.peers.stripe import Fault, StripePeer, signature
from tests.peers.stripe_books import ApiError

FAULTS: list[str | int] = ["hang", "reset", 500, 503, 429]


@dataclass
class Weather:
    """What is done, and what came of it."""

    stripe: StripePeer
    projects: list[Project]
    count: int
    buyers: int
    seed: int
    fault_rate: float = 0.15
    did: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def blow(self) -> None:
        """All the buyers at once, and a worker beside them."""
        over = threading.Event()
        worker = threading.Thread(target=self._work, args=(over,))
        buyers = [threading.Thread(target=self._buy, args=(number,)) for number in range(self.buyers)]
        for thread in [worker, *buyers]:
            thread.start()
        for thread in buyers:
            thread.join()
        over.set()
        worker.join()

    def _work(self, over: threading.Event) -> None:
        """A worker that has its hands full, and the poller."""
        dice = random.Random(self.seed - 1)
        try:
            while not over.is_set():
                services.due_send()
                for _job in range(20):
                    if not run_one_job(lose=dice.random() < 0.1):
                        time.sleep(0.02)
        except Exception as error:  # noqa: BLE001  # told by the test
            self.errors.append(f"worker: {error!r}")
        finally:
            connection.close()

    def _buy(self, number: int) -> None:
        dice = random.Random(self.seed + number)
        try:
            for _order in range(number, self.count, self.buyers):
                self._order(dice)
        except BaseException as error:
            self.errors.append(f"buyer {number}: {error!r}")
            raise
        finally:
            connection.close()

    def _order(self, dice: random.Random) -> None:
        wanted = dice.sample(self.projects, dice.randint(1, 3))
        provider = "stripe" if dice.random() < 0.6 else "sandbox"
        subject: Order | Donation
        if dice.random() < 0.4:
            subject, payment = begun(*wanted, provider=provider, amount=dice.randint(100, 5000))
            self.did["donations"] += 1
        else:
            subject, payment = placed(filled(*wanted), provider=provider)
        self.did[provider] += 1
        attempts = [payment]
        if dice.random() < 0.2:
            attempts.append(self._again(subject, dice.choice(["stripe", "sandbox"])))
            self.did["second tab"] += 1
        for one in attempts:
            self._begin(dice, one)
        if dice.random() < 0.08:
            self._end(subject, expired=dice.random() < 0.5)
        for one in attempts:
            self._pay(dice, one)
        if dice.random() < 0.25:
            self._give_back(dice, attempts[0])

    def _again(self, subject: Order | Donation, provider: str) -> Payment:
        if isinstance(subject, Donation):
            return donations.donation_pay_again(donation_id=subject.pk, key=uuid.uuid4(), provider=provider)
        return orders.order_pay_again(order_id=subject.pk, key=uuid.uuid4(), provider=provider)

    def _end(self, subject: Order | Donation, *, expired: bool) -> None:
        if isinstance(subject, Donation):
            donations.donation_cancel(donation_id=subject.pk, expired=expired)
        else:
            orders.order_cancel(order_id=subject.pk, expired=expired)
        self.did["ended before paid"] += 1

    def _wrong(self, dice: random.Random, **more: Any) -> None:
        """Something is about to go wrong at Stripe, for whoever comes next."""
        if dice.random() < self.fault_rate:
            fault = Fault(dice.choice(FAULTS), dice.choice(["before", "after"]), **more)
            with self.stripe.lock:
                self.stripe.faults = [one for one in self.stripe.faults if one.times] + [fault]

    def _begin(self, dice: random.Random, payment: Payment) -> None:
        """Press the button, once or twice, and again when it did not work."""
        self._wrong(dice, path="checkout/sessions")
        for press in range(dice.choice([1, 1, 2]) + 3):
            try:
                started(payment)
            except (Unavailable, Refused):
                self.did["not begun"] += 1
            else:
                if press >= 1 or dice.random() < 0.5:
                    return
                self.did["double submit"] += 1

    def _pay(self, dice: random.Random, payment: Payment) -> None:
        payment = Payment.objects.get(pk=payment.pk)
        if not payment.external_id or dice.random() < 0.1:
            self.did["gone away"] += 1
            return
        if payment.provider == "sandbox":
            for action in self._actions(dice, "detour", "pay"):
                session_act(name=payment.external_id, action=action)
        else:
            seen = len(self.stripe.events)
            for action in self._actions(dice, "3ds", "confirm"):
                self.stripe.act(payment.external_id, action)
            if dice.random() < 0.5 and self.stripe.things[payment.external_id]["status"] == "complete":
                self._settle_later(payment)
            self._tell(dice, payment, seen)
        if dice.random() < 0.7:
            self._wrong(dice, method="GET")
            for _reload in range(dice.randint(1, 3)):
                services.quietly_looked(payment.pk)

    def _actions(self, dice: random.Random, asks: str, says_yes: str) -> list[str]:
        return dice.choice([["pay"], ["pay"], ["pay"], ["decline", "pay"], ["decline"], [asks, says_yes], ["later"]])

    def _settle_later(self, payment: Payment) -> None:
        intent = self.stripe.things[self.stripe.things[payment.external_id]["payment_intent"]]
        if intent["status"] == "processing":
            self.stripe.settle(payment.external_id)

    def _tell(self, dice: random.Random, payment: Payment, seen: int) -> None:
        """Stripe's events of it: never, once or twice, in whatever order, some of them long after."""
        about = str(payment.pk)
        mine = [event for event in self.stripe.events[seen:] if about in json.dumps(event)]
        told = dice.choice([[], mine, mine, [*mine, *mine]])
        dice.shuffle(told)
        for event in told:
            body = json.dumps(event)
            answer = Client().post(
                EVENTS, body, content_type="application/json", headers={"Stripe-Signature": signature(body)}
            )
            assert answer.status_code == 200, answer.content
            self.did["events"] += 1

    def _give_back(self, dice: random.Random, payment: Payment) -> None:
        payment = Payment.objects.get(pk=payment.pk)
        amount = dice.choice([payment.amount_minor, max(1, payment.amount_minor // 3)])
        self._wrong(dice, path="refunds")
        if payment.provider == "stripe" and payment.external_charge and dice.random() < 0.3:
            seen = len(self.stripe.events)
            with contextlib.suppress(ApiError):  # at Stripe, where it may be too much
                self.stripe.refund(payment.external_charge, amount)
                self.did["refunds at Stripe"] += 1
            self._tell(dice, payment, seen)
            return
        key = uuid.uuid4()
        for _press in range(dice.choice([1, 2])):
            with contextlib.suppress(ValidationError):
                services.payment_refund(payment_id=payment.pk, amount_minor=amount, key=key)
                self.did["refunds"] += 1


def faults_found(stripe: StripePeer) -> list[str]:
    """What is wrong when all has been settled: something paid twice, money without a record, a record without money,
    a right to files without money, or none for it."""
    found = [str(fault) for fault in services.ledger_faults()]
    found += [fault for order in Order.objects.prefetch_related("lines") for fault in _faults_of(order, "lines")]
    found += [fault for one in Donation.objects.prefetch_related("parts") for fault in _faults_of(one, "parts")]
    found += _entitlement_faults() + _support_faults()
    for payment in Payment.objects.all():
        if payment.provider == "stripe" and (there := stripe.paid_for(str(payment.pk))) != payment.left_minor:
            found.append(f"{payment.pk} {payment}: {there} at Stripe, {payment.left_minor} here")
        if payment.surplus and payment.left_minor:
            found.append(f"{payment.pk} {payment}: paid without need, and still here")
    found += [f"{one}: still {one.status}" for one in Refund.objects.filter(status="pending")]
    return found


def _faults_of(subject: Order | Donation, parts: str) -> list[str]:
    found = []
    payments = Payment.objects.filter(subject_id=subject.pk, status="confirmed")
    kept = [one for one in payments if not one.surplus]
    if len(kept) != (subject.status == "paid"):
        found.append(f"{subject}: {subject.status}, with {len(kept)} payments")
    if sum(one.refunded_minor for one in kept) != sum(part.refunded_minor for part in getattr(subject, parts).all()):
        found.append(f"{subject}: its {parts} know of other refunds than its payment")
    return found


def _entitlement_faults() -> list[str]:
    """One for each line of a paid order, which holds as long as a part of the price was kept; and no other."""
    held = {one.line_id: one for one in Entitlement.objects.all()}
    found = []
    for order in Order.objects.prefetch_related("lines"):
        for line in order.lines.all():
            one = held.pop(line.pk, None)
            if (one is not None) != (order.status == "paid"):
                found.append(f"{order}, {line}: {order.status}, and an entitlement is {'there' if one else 'missing'}")
            elif one is not None and one.is_valid != (line.left_minor > 0):
                found.append(f"{order}, {line}: {line.left_minor} kept, and the entitlement is valid: {one.is_valid}")
    return [*found, *(f"{one}: of no line" for one in held.values())]


def _support_faults() -> list[str]:
    """What each project got is what is left of the parts of its donations, and those are what its wall shows."""
    found, sums = [], {one.project_id: [one.given_minor, one.donation_count] for one in Support.objects.all()}
    for donation in Donation.objects.prefetch_related("parts"):
        for part in donation.parts.all():
            counts = donation.status == "paid" and part.left_minor > 0
            if part.on_wall != counts:
                found.append(
                    f"{donation}, {part}: {donation.status}, {part.left_minor} kept, on the wall: {part.on_wall}"
                )
            if counts:
                sums[part.project_id][0] -= part.left_minor
                sums[part.project_id][1] -= 1
    return [*found, *(f"project {pk}: {left} too much" for pk, left in sums.items() if left != [0, 0])]
