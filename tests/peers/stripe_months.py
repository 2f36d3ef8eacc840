"""What Stripe keeps of what is paid every month: subscriptions, their invoices, and time that passes."""

import time
from dataclasses import dataclass
from typing import Any

from tests.peers.stripe_books import CARDS, ApiError, Books, Thing

TRIES = 4
MONTH = {
    "month": "A month passes, and is paid",
    "month-fails": "A month passes, and its payment fails",
    "retry": "Stripe tries again, and is paid",
    "retry-fails": "Stripe tries again, and fails",
    "give-up": "Stripe gives up",
}


@dataclass
class Months(Books):
    """The books, with subscriptions. An invoice names its subscription as newer versions of the API do."""

    # What the shop's operator has chosen for when the last try has failed: `canceled` or `unpaid`.
    gives_up_as: str = "canceled"
    has_portal: bool = True

    def open_session(self, sent: Thing) -> Thing:
        if sent.get("mode") != "subscription":
            return super().open_session(sent)
        if sent["line_items"][0]["price_data"].get("recurring") != {"interval": "month"}:
            raise ApiError(400, "You must provide at least one recurring price in `subscription` mode.")
        if "payment_intent_data" in sent:
            raise ApiError(400, "You can not pass `payment_intent_data` in `subscription` mode.")
        session = super().open_session({**sent, "mode": "payment"})
        session |= {"mode": "subscription", "subscription": None, "_monthly": sent.get("subscription_data", {})}
        return session

    def act(self, name: str, action: str) -> Thing:
        """As with what is paid once; then what passes with the months, by the names of `MONTH`."""
        with self.lock:
            session = self.get(name, "checkout.session")
            if session.get("subscription") and action in MONTH:
                self._passes(session["subscription"], action)
                return session
            if session.get("mode") != "subscription" or session["status"] != "open":
                return super().act(name, action)
            if action not in ("pay", "confirm", "later"):
                return super().act(name, action)
            subscription = self._subscribed(session, CARDS[action])
            session |= {"status": "complete", "url": None, "subscription": subscription["id"], "payment_intent": None}
            if action != "later":
                session["payment_status"] = "paid"
                self._pay(self.get(subscription["latest_invoice"], "invoice"), CARDS[action])
            self.tell("checkout.session.completed", session)
            return session

    def _subscribed(self, session: Thing, last4: str) -> Thing:
        customer = self.new("cus", "customer", email=session["customer_email"])
        customer["invoice_settings"] = {"default_payment_method": None}
        method = self.new("pm", "payment_method", card={"last4": last4}) if last4 else None
        found = self.new("sub", "subscription", status="active", customer=customer["id"], latest_invoice=None)
        found |= {
            "metadata": session["_monthly"].get("metadata", {}),
            "default_payment_method": method and method["id"],
            "cancellation_details": {"reason": None},
            "_amount": (session["amount_total"], session["currency"]),
        }
        self.tell("customer.subscription.created", found)
        self._bill(found)
        return found

    def _bill(self, subscription: Thing, created: float | None = None) -> Thing:
        """The next month's invoice, which nobody has paid yet."""
        amount, currency = self.pays_instead or subscription["_amount"]
        invoice = self.new("in", "invoice", status="open", amount_due=amount, amount_paid=0, currency=currency)
        if created:
            invoice["created"] = int(created)
        invoice |= {"attempt_count": 0, "metadata": {}, "subscription": None, "_of": subscription["id"]}
        details = {"subscription": subscription["id"], "metadata": subscription["metadata"]}
        invoice["parent"] = {"type": "subscription_details", "subscription_details": details}
        subscription["latest_invoice"] = invoice["id"]
        intent = self.new("pi", "payment_intent", amount=amount, currency=currency, amount_received=0, metadata={})
        intent |= {"status": "requires_payment_method", "latest_charge": None, "last_payment_error": None}
        invoice["_intent"] = intent["id"]
        self.tell("invoice.created", invoice)
        return invoice

    def _pay(self, invoice: Thing, last4: str = "4242") -> None:
        self._charge({}, self.get(invoice["_intent"], "payment_intent"), last4)
        invoice |= {"status": "paid", "amount_paid": invoice["amount_due"]}
        invoice["status_transitions"] = {"paid_at": max(int(time.time()), invoice["created"])}
        invoice["attempt_count"] += 1
        self.tell("invoice.paid", invoice)

    # What passes with the months

    def _passes(self, name: str, action: str) -> None:
        match action:
            case "month":
                self.month_passes(name)
            case "month-fails":
                self.month_passes(name, succeeds=False)
            case "retry":
                self.try_again(name)
            case "retry-fails":
                self.try_again(name, succeeds=False)
            case _:
                self.give_up(name)

    def month_passes(self, name: str, *, succeeds: bool = True, at: float | None = None) -> Thing:
        """A new invoice, paid at once or not. `at`: when it was billed."""
        with self.lock:
            subscription = self.get(name, "subscription")
            if subscription["status"] not in ("active", "past_due"):
                raise ApiError(400, "It has ended.")
            invoice = self._bill(subscription, at)
            self._tried(subscription, invoice, succeeds)
            return invoice

    def try_again(self, name: str, *, succeeds: bool = True, at: float | None = None) -> Thing:
        """As Stripe does some days after a failure. `at`: when it was paid."""
        with self.lock:
            subscription = self.get(name, "subscription")
            invoice = self.get(subscription["latest_invoice"], "invoice")
            if invoice["status"] == "open":
                self._tried(subscription, invoice, succeeds)
                if at:
                    invoice["status_transitions"]["paid_at"] = int(at)
            return invoice

    def _tried(self, subscription: Thing, invoice: Thing, succeeds: bool) -> None:
        if succeeds:
            self._pay(invoice)
            subscription["status"] = "active"
        else:
            invoice["attempt_count"] += 1
            subscription["status"] = "past_due"
            self.tell("invoice.payment_failed", invoice)
            if invoice["attempt_count"] >= TRIES:
                self.give_up(subscription["id"])
                return
        self.tell("customer.subscription.updated", subscription)

    def give_up(self, name: str) -> Thing:
        """After the last try, as the operator has chosen."""
        with self.lock:
            subscription = self.get(name, "subscription")
            if self.gives_up_as == "unpaid":
                subscription["status"] = "unpaid"
                return self.tell("customer.subscription.updated", subscription)
            return self._ended(subscription, "payment_failed")

    def cancel(self, name: str) -> Thing:
        """At once."""
        with self.lock:
            subscription = self.get(name, "subscription")
            if subscription["status"] == "canceled":
                raise ApiError(404, f"No such subscription: {name}", code="resource_missing")
            self._ended(subscription, "cancellation_requested")
            return subscription

    def _ended(self, subscription: Thing, reason: str) -> Thing:
        subscription |= {"status": "canceled", "cancellation_details": {"reason": reason}}
        return self.tell("customer.subscription.deleted", subscription)

    def portal(self, sent: Thing) -> Thing:
        """A page on which a payer names another card."""
        if not self.has_portal:
            raise ApiError(
                400, "No configuration provided and your test mode default configuration has not been created."
            )
        self.get(sent["customer"], "customer")
        session = self.new("bps", "billing_portal.session", customer=sent["customer"], return_url=sent["return_url"])
        session["url"] = f"{self.url}/portal/{session['id']}"
        return session

    def names_card(self, name: str, last4: str) -> None:
        """Somebody names another card there: it becomes the customer's, and those of subscriptions stay as they are."""
        with self.lock:
            customer = self.get(self.get(name, "billing_portal.session")["customer"], "customer")
            method = self.new("pm", "payment_method", card={"last4": last4})
            customer["invoice_settings"] = {"default_payment_method": method["id"]}

    def card_of(self, name: str) -> str:
        """The card that the next month is taken from: that of the subscription comes before that of the customer."""
        subscription = self.get(name, "subscription")
        customer = self.get(subscription["customer"], "customer")
        method = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
        return str(self.get(method, "payment_method")["card"]["last4"])

    def change_customer(self, name: str, sent: Thing) -> Thing:
        customer = self.get(name, "customer")
        customer["invoice_settings"] |= sent["invoice_settings"]
        return customer

    def change_subscription(self, name: str, sent: Thing) -> Thing:
        subscription = self.get(name, "subscription")
        subscription["default_payment_method"] = sent["default_payment_method"] or None
        return self.tell("customer.subscription.updated", subscription)

    # What the API shows

    def invoices(self, sent: Thing) -> list[Thing]:
        """With their payments where they were asked for; without, those are not told."""
        shown = []
        for invoice in self.of_kind("invoice", _of=sent["subscription"], status=sent.get("status", "paid")):
            found: dict[str, Any] = {name: value for name, value in invoice.items() if not name.startswith("_")}
            if "data.payments" in sent.get("expand", []):
                paid = invoice["status"] == "paid"
                payment = {"type": "payment_intent", "payment_intent": invoice["_intent"]}
                one = {"object": "invoice_payment", "status": "paid" if paid else "open", "payment": payment}
                found["payments"] = {"object": "list", "data": [one], "has_more": False}
            shown.append(found)
        return shown

    def of_shop(self, name: str) -> Thing:
        """The subscription that came of a page."""
        return self.get(self.get(name, "checkout.session")["subscription"], "subscription")

    def later(self) -> float:
        """A time after everything that has happened so far, to the second."""
        return time.time() + 2
