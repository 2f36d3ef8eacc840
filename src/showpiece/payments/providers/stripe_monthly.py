"""Stripe's subscriptions: somebody agrees on a page of Stripe's, which then takes the same amount every month.

A month is an invoice there. What moved its money is a payment intent, as with what is paid once, so that refunds and
disputes of a month need nothing of their own.
"""

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from showpiece.payments.models import Subscription
from showpiece.payments.providers.base import About, Month, Provider, Refused, Started, SubscriptionReport
from showpiece.payments.providers.stripe_amounts import from_stripe, to_stripe
from showpiece.payments.providers.stripe_client import asking
from showpiece.payments.providers.stripe_pages import LATEST_START, SESSION_LASTS, locale_of, session_made
from showpiece.payments.providers.stripe_reading import text_of, uuid_of

_Status = Subscription.Status
_STATES = {
    "incomplete": _Status.PENDING,
    "incomplete_expired": _Status.ENDED,
    "trialing": _Status.ACTIVE,
    "active": _Status.ACTIVE,
    "past_due": _Status.PAST_DUE,
    "paused": _Status.PAST_DUE,
    "unpaid": _Status.PAST_DUE,
    "canceled": _Status.ENDED,
}
# Where the card of a subscription stands: its own comes first.
_CARDS = ("default_payment_method", "customer.invoice_settings.default_payment_method")
# Where payers name another card.
PORTAL_ORIGIN = "https://billing.stripe.com"


class StripeMonthly(Provider):
    """What Stripe does every month."""

    name = "stripe"
    can_repeat = True
    card_page_origins = (PORTAL_ORIGIN,)

    def subscribe(
        self, subscription: Subscription, *, title: str, email: str, language: str, return_url: str, cancel_url: str
    ) -> Started:
        if subscription.created_at + LATEST_START < timezone.now():
            raise Refused("This attempt is too old: begin a new one.")
        name, about = title[:200], {"subscription": str(subscription.pk)}
        wanted = {
            "mode": "subscription",
            "client_reference_id": str(subscription.pk),
            "metadata": about,
            "subscription_data": {"metadata": about, "description": name},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": subscription.currency.lower(),
                        "unit_amount": to_stripe(subscription.amount_minor, subscription.currency),
                        "recurring": {"interval": "month"},
                        "product_data": {"name": name},
                    },
                }
            ],
            "customer_email": email,
            "locale": locale_of(language),
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int((subscription.created_at + SESSION_LASTS).timestamp()),
            # Else somebody could be asked for another currency than the one they have agreed to here.
            "adaptive_pricing": {"enabled": False},
        }
        with asking() as client:
            session = session_made(client, wanted, str(subscription.pk))
        return Started(external_id=session.id, redirect_url=session.url or "")

    def look_monthly(self, subscription: Subscription) -> SubscriptionReport:
        with asking() as client:
            name = subscription.external_id
            if not name:
                session = client.v1.checkout.sessions.retrieve(subscription.external_session).to_dict()
                name = text_of(session.get("subscription"))
                if not name:
                    return SubscriptionReport(_Status.ENDED if session.get("status") == "expired" else _Status.PENDING)
            found = client.v1.subscriptions.retrieve(name, {"expand": list(_CARDS)}).to_dict()
            invoices = client.v1.invoices.list(
                {"subscription": name, "status": "paid", "limit": 100, "expand": ["data.payments"]}
            )
            months = [_month(invoice.to_dict()) for invoice in invoices.auto_paging_iter()]
        return SubscriptionReport(
            _STATES.get(str(found.get("status")), _Status.PAST_DUE),
            external_id=name,
            card_ends_with=_card_of(found),
            note=(found.get("cancellation_details") or {}).get("reason") or "",
            is_given_up=found.get("status") == "unpaid",
            # The first month first.
            months=tuple(month for month in reversed(months) if month),
        )

    def unsubscribe(self, subscription: Subscription) -> None:
        """At once. Stripe then leaves alone what a month still owes, too."""
        with contextlib.suppress(Refused), asking() as client:  # it has ended already: a look says how
            if subscription.external_id:
                client.v1.subscriptions.cancel(subscription.external_id)
            else:
                client.v1.checkout.sessions.expire(subscription.external_session)

    def card_page(self, subscription: Subscription, *, return_url: str) -> str:
        """The page changes the card of the customer, and a subscription that has one of its own goes on with that one:
        so it is handed over to the customer first. Each subscription has a customer to itself."""
        with asking() as client:
            found = client.v1.subscriptions.retrieve(subscription.external_id).to_dict()
            if card := text_of(found.get("default_payment_method")):
                settings: Any = {"invoice_settings": {"default_payment_method": card}}
                client.v1.customers.update(text_of(found.get("customer")), settings)
                client.v1.subscriptions.update(subscription.external_id, {"default_payment_method": ""})
            session = client.v1.billing_portal.sessions.create(
                {
                    "customer": text_of(found.get("customer")),
                    "return_url": return_url,
                    "flow_data": {
                        "type": "payment_method_update",
                        "after_completion": {"type": "redirect", "redirect": {"return_url": return_url}},
                    },
                }
            )
        return session.url


def _card_of(subscription: Mapping[str, Any]) -> str:
    """The last digits of the card that the next month is taken from; "" for none, or for what is no card."""
    method = subscription.get("default_payment_method")
    if not method:
        method = (_whole(subscription.get("customer")).get("invoice_settings") or {}).get("default_payment_method")
    return (_whole(method).get("card") or {}).get("last4") or ""


def _whole(thing: Any) -> Mapping[str, Any]:
    """What was asked for whole; nothing of what came as a name."""
    return thing if isinstance(thing, Mapping) else {}


def _month(invoice: Mapping[str, Any]) -> Month | None:
    """None for one that moved no money here: nothing was owed, or it was paid somewhere else."""
    for one in (invoice.get("payments") or {}).get("data", ()):
        intent = text_of((one.get("payment") or {}).get("payment_intent"))
        if one.get("status") == "paid" and intent:
            currency = str(invoice.get("currency")).upper()
            return Month(
                external_id=invoice["id"],
                external_charge=intent,
                amount_minor=from_stripe(invoice.get("amount_paid") or 0, currency),
                currency=currency,
                taken_at=datetime.fromtimestamp(_taken_at(invoice), UTC),
            )
    return None


def _taken_at(invoice: Mapping[str, Any]) -> int:
    return int((invoice.get("status_transitions") or {}).get("paid_at") or invoice["created"])


def about_monthly(thing: Mapping[str, Any]) -> About | None:
    """What an event of a subscription, of its page or of its invoice is about; None for other events."""
    is_session = thing["object"] == "checkout.session"
    name = thing["id"] if thing["object"] == "subscription" else thing.get("subscription", "")
    ours = uuid_of(thing.get("monthly"))
    if not name and not ours:
        return None
    of_stripe = Subscription.objects.filter(provider=StripeMonthly.name)
    found = of_stripe.filter(pk=ours).first() if ours else of_stripe.filter(external_id=name).first()
    if found is None:
        return About()
    page = thing["id"] if is_session else ""
    for known, told in ((found.external_id, name), (found.external_session, page)):
        if known and told and known != told:
            return About(note=f"{told} is not that of subscription {found.pk}.")
    return About(subscription=found, external_id=name, external_session=page)
