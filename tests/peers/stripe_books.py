"""What Stripe keeps: sessions, intents, charges, refunds, disputes, and the events that it tells of them."""

import copy
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

Thing = dict[str, Any]
CARDS = {"pay": "4242", "decline": "0002", "3ds": "3155", "confirm": "3155", "later": ""}


class ApiError(Exception):
    """An error as Stripe words it."""

    def __init__(self, status: int, message: str, *, type: str = "invalid_request_error", **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": type, "message": message, **more}}


@dataclass
class Books:
    """All of it, changed by one at a time."""

    url: str = ""
    things: dict[str, Thing] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    # What is paid instead of what was asked for: (amount, currency).
    pays_instead: tuple[int, str] | None = None
    # How a new refund begins.
    refund_status: str = "succeeded"
    lock: threading.RLock = field(default_factory=threading.RLock)

    def new(self, prefix: str, kind: str, **more: Any) -> Thing:
        thing = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, "created": int(time.time()), **more}
        thing.setdefault("livemode", False)
        self.things[thing["id"]] = thing
        return thing

    def get(self, name: str, kind: str) -> Thing:
        thing = self.things.get(name)
        if thing is None or thing["object"] != kind:
            raise ApiError(404, f"No such {kind}: '{name}'", code="resource_missing")
        if kind == "checkout.session" and thing["status"] == "open" and thing["expires_at"] <= time.time():
            self._end(thing)
        return thing

    def of_kind(self, kind: str, **same: str) -> list[Thing]:
        """The newest first."""
        found = [thing for thing in self.things.values() if thing["object"] == kind]
        return [one for one in reversed(found) if all(one.get(name) == value for name, value in same.items())]

    def tell(self, kind: str, thing: Thing) -> Thing:
        event = {
            "id": f"evt_{secrets.token_hex(12)}",
            "object": "event",
            "type": kind,
            "created": int(time.time()),
            "livemode": False,
            "data": {"object": copy.deepcopy(thing)},
        }
        self.events.append(event)
        return event

    # Sessions

    def open_session(self, sent: Thing) -> Thing:
        (line,) = sent["line_items"]
        price = line["price_data"]
        amount = int(price["unit_amount"]) * int(line["quantity"])
        lasts = int(sent["expires_at"]) - time.time()
        if sent.get("mode") != "payment" or not price["product_data"]["name"]:
            raise ApiError(400, "Missing required param.", code="parameter_missing")
        if amount < 50 and price["currency"] in ("eur", "usd"):
            raise ApiError(400, "The Checkout Session's total amount must convert to at least 50 cents.")
        if not 30 * 60 <= lasts <= 24 * 3600:
            raise ApiError(400, "`expires_at` must be between 30 minutes and 24 hours from Checkout Session creation.")
        email = sent.get("customer_email")
        if email is not None and not (email.isascii() and re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email)):
            raise ApiError(400, f"Invalid email address: {email}", code="email_invalid", param="customer_email")
        if not sent["success_url"].startswith("http") or not sent["cancel_url"].startswith("http"):
            raise ApiError(400, "Not a valid URL", code="url_invalid")
        session = self.new("cs_test", "checkout.session", status="open", payment_status="unpaid", payment_intent=None)
        session |= {name: sent.get(name) for name in ("client_reference_id", "success_url", "cancel_url", "locale")}
        session |= {"metadata": sent.get("metadata", {}), "customer_email": email}
        session |= {"amount_total": amount, "currency": price["currency"], "expires_at": int(sent["expires_at"])}
        session |= {"url": f"{self.url}/pay/{session['id']}", "_intent": sent.get("payment_intent_data", {})}
        session |= {"_name": price["product_data"]["name"]}
        return session

    def expire(self, name: str) -> Thing:
        session = self.get(name, "checkout.session")
        if session["status"] != "open":
            raise ApiError(400, "Only Checkout Sessions with a status in [\"open\"] can be expired.")  # fmt: skip
        self._end(session)
        return session

    def _end(self, session: Thing) -> None:
        session |= {"status": "expired", "url": None}
        self.tell("checkout.session.expired", session)

    # What a buyer does

    def act(self, name: str, action: str) -> Thing:
        """`pay`, `decline`, `3ds` and then `confirm`, or `later`, on the page of a session."""
        with self.lock:
            session = self.get(name, "checkout.session")
            if session["status"] != "open":
                return session
            card, intent = CARDS[action], self._intent(session)
            if action == "3ds":
                intent["status"] = "requires_action"
            elif action == "decline":
                intent |= {"status": "requires_payment_method"}
                intent["last_payment_error"] = {"code": "card_declined", "message": "Your card was declined."}
            elif action == "later":
                intent["status"] = "processing"
                session |= {"status": "complete", "url": None}
                self.tell("checkout.session.completed", session)
            else:
                session |= {"status": "complete", "url": None}
                self._charge(session, intent, card)
                self.tell("checkout.session.completed", session)
            return session

    def settle(self, name: str, *, succeeds: bool = True) -> Thing:
        """The money of a payment `later` comes, or does not."""
        with self.lock:
            session = self.get(name, "checkout.session")
            intent = self.get(session["payment_intent"], "payment_intent")
            if succeeds:
                self._charge(session, intent, "")
                return self.tell("checkout.session.async_payment_succeeded", session)
            intent |= {"status": "requires_payment_method", "last_payment_error": {"message": "The bank said no."}}
            return self.tell("checkout.session.async_payment_failed", session)

    def _intent(self, session: Thing) -> Thing:
        if session["payment_intent"]:
            return self.get(session["payment_intent"], "payment_intent")
        amount, currency = self.pays_instead or (session["amount_total"], session["currency"])
        intent = self.new("pi", "payment_intent", amount=amount, currency=currency, amount_received=0)
        intent |= {
            "metadata": session["_intent"].get("metadata", {}),
            "latest_charge": None,
            "last_payment_error": None,
        }
        intent["status"] = "requires_payment_method"
        session["payment_intent"] = intent["id"]
        return intent

    def _charge(self, session: Thing, intent: Thing, last4: str) -> None:
        charge = self.new("ch", "charge", amount=intent["amount"], currency=intent["currency"], amount_refunded=0)
        charge |= {"payment_intent": intent["id"], "metadata": intent["metadata"], "refunded": False, "disputed": False}
        method: Thing = {"type": "card", "card": {"last4": last4}} if last4 else {"type": "sepa_debit"}
        charge["payment_method_details"] = method
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
        intent["last_payment_error"] = None
        session["payment_status"] = "paid"
        self.tell("charge.succeeded", charge)
        self.tell("payment_intent.succeeded", intent)

    # Money that goes back

    def refund(self, intent: str, amount: int | None = None, metadata: Thing | None = None) -> Thing:
        with self.lock:
            charge = self.get(self.get(intent, "payment_intent")["latest_charge"] or "", "charge")
            left = charge["amount"] - charge["amount_refunded"]
            if not left:
                raise ApiError(400, "Charge has already been refunded.", code="charge_already_refunded")
            amount = left if amount is None else amount
            if amount > left:
                raise ApiError(400, f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
            if charge["disputed"]:
                raise ApiError(400, "Charge has been charged back.", code="charge_disputed")
            refund = self.new("re", "refund", amount=amount, currency=charge["currency"], status=self.refund_status)
            refund |= {"payment_intent": intent, "charge": charge["id"], "metadata": metadata or {}, "reason": None}
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self.tell("refund.created", refund)
            self.tell("charge.refunded", charge)
            return refund

    def end_refund(self, name: str, status: str) -> Thing:
        """A pending refund is confirmed; or fails, as one that was confirmed also may."""
        with self.lock:
            refund = self.get(name, "refund")
            refund["status"] = status
            if status in ("failed", "canceled"):
                refund["failure_reason"] = "expired_or_canceled_card"
                charge = self.get(refund["charge"], "charge")
                charge["amount_refunded"] -= refund["amount"]
                charge["refunded"] = False
            return self.tell("refund.failed" if status == "failed" else "refund.updated", refund)

    def dispute(self, intent: str, status: str = "needs_response") -> Thing:
        with self.lock:
            charge = self.get(self.get(intent, "payment_intent")["latest_charge"], "charge")
            amount = charge["amount"] - charge["amount_refunded"]
            dispute = self.new("du", "dispute", amount=amount, currency=charge["currency"], status=status)
            dispute |= {"payment_intent": intent, "charge": charge["id"], "reason": "fraudulent", "metadata": {}}
            charge["disputed"] = True
            return self.tell("charge.dispute.created", dispute)

    def change_dispute(self, name: str, status: str) -> Thing:
        with self.lock:
            dispute = self.get(name, "dispute")
            dispute["status"] = status
            return self.tell(
                "charge.dispute.closed" if status in ("won", "lost") else "charge.dispute.updated", dispute
            )

    def paid_for(self, reference: str) -> int:
        """How much came, and was not given back, for one of the shop's payments."""
        with self.lock:
            charges = [one for one in self.of_kind("charge") if one["metadata"].get("payment") == reference]
            return sum(one["amount"] - one["amount_refunded"] for one in charges)
