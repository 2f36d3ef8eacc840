"""Stripe Checkout: the buyer pays on a page of Stripe's, and no card number comes near this shop."""

import contextlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.payments.models import Payment, Refund
from showpiece.payments.providers.base import (
    About,
    BadEvent,
    DisputeReport,
    Event,
    RefundReport,
    Refused,
    Report,
    Started,
    State,
)
from showpiece.payments.providers.stripe_amounts import from_stripe, is_taken, to_stripe
from showpiece.payments.providers.stripe_client import asking
from showpiece.payments.providers.stripe_monthly import StripeMonthly, about_monthly
from showpiece.payments.providers.stripe_pages import LATEST_START, PAGE_ORIGIN, SESSION_LASTS, locale_of, session_made
from showpiece.payments.providers.stripe_reading import (
    dispute_report,
    essence,
    refund_report,
    session_state,
    text_of,
    uuid_of,
)

if TYPE_CHECKING:
    from stripe import StripeClient

# How old a signed event may be, in seconds.
TOLERANCE = 300


class Stripe(StripeMonthly):
    """By card, and whatever else the operator switches on at Stripe."""

    label = _("Card and more")
    hint = _("You pay on a page of Stripe, and come back here.")
    icon = "credit-card"
    # Banks take disputes for about four months.
    looks_again = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30, 60, 90, 120))

    @property
    def page_origins(self) -> tuple[str, ...]:  # type: ignore[override]  # it depends on the settings
        """Stripe's page; and that of whatever is spoken to in its place."""
        place = urlsplit(settings.STRIPE_API_BASE)
        return (PAGE_ORIGIN, *([f"{place.scheme}://{place.netloc}"] if place.netloc else []))

    def takes(self, amount_minor: int, currency: str) -> bool:
        return amount_minor > 0 and is_taken(amount_minor, currency)

    def start(
        self, payment: Payment, *, title: str, email: str, language: str, return_url: str, cancel_url: str
    ) -> Started:
        if payment.created_at + LATEST_START < timezone.now():
            raise Refused("This attempt is too old: begin a new one.")
        name, about = title[:200], {"payment": str(payment.pk)}
        wanted: Any = {
            "mode": "payment",
            "client_reference_id": str(payment.pk),
            "metadata": about,
            "payment_intent_data": {"metadata": about, "description": name},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": payment.currency.lower(),
                        "unit_amount": to_stripe(payment.amount_minor, payment.currency),
                        "product_data": {"name": name},
                    },
                }
            ],
            **({"customer_email": email} if email else {}),
            "locale": locale_of(language),
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int((payment.created_at + SESSION_LASTS).timestamp()),
            # Else a buyer could be asked for another currency than the one they have agreed to here.
            "adaptive_pricing": {"enabled": False},
        }
        with asking() as client:
            session = session_made(client, wanted, str(payment.pk))
        return Started(external_id=session.id, redirect_url=session.url or "")

    def look(self, payment: Payment) -> Report:
        with asking() as client:
            if payment.subscription_id:
                found = client.v1.payment_intents.retrieve(payment.external_charge, {"expand": ["latest_charge"]})
                intent, session = found.to_dict(), {}
                state = State.CONFIRMED if intent.get("status") == "succeeded" else State.PENDING
                note = ""
            else:
                session = client.v1.checkout.sessions.retrieve(
                    payment.external_id, {"expand": ["payment_intent.latest_charge"]}
                ).to_dict()
                intent = session.get("payment_intent") or {}
                state, note = session_state(session, intent)
            refunds, disputes = _taken_back(client, payment, intent)
        currency = str(intent.get("currency") or session.get("currency") or "").upper()
        paid = intent.get("amount_received", session.get("amount_total")) or 0
        charge = intent.get("latest_charge") or {}
        return Report(
            state,
            amount_minor=from_stripe(paid, currency) if currency else 0,
            currency=currency,
            external_charge=intent.get("id", ""),
            card_ends_with=((charge.get("payment_method_details") or {}).get("card") or {}).get("last4") or "",
            note=note,
            refunds=refunds,
            disputes=disputes,
        )

    def withdraw(self, payment: Payment) -> None:
        if payment.subscription_id:  # a month is known when it is paid, so there is nothing to end
            return
        with contextlib.suppress(Refused), asking() as client:  # it has ended already: a look says how
            client.v1.checkout.sessions.expire(payment.external_id)

    def refund(self, refund: Refund) -> RefundReport:
        """Stripe knows the key for a day only, and a refund may take longer: so look first whether it was made."""
        payment = refund.payment
        with asking() as client:
            made = client.v1.refunds.list({"payment_intent": payment.external_charge, "limit": 100})
            for one in made.auto_paging_iter():
                report = refund_report(one.to_dict(), payment.currency)
                if report.key == refund.pk:
                    return report
            new = client.v1.refunds.create(
                {
                    "payment_intent": payment.external_charge,
                    "amount": to_stripe(refund.amount_minor, payment.currency),
                    "metadata": {"refund": str(refund.pk), "payment": str(payment.pk)},
                },
                {"idempotency_key": str(refund.pk)},
            )
        return refund_report(new.to_dict(), payment.currency)

    def event(self, body: bytes, headers: Mapping[str, str]) -> Event:
        if not settings.STRIPE_WEBHOOK_SECRET:  # nor is the library loaded because somebody knocks
            raise BadEvent("STRIPE_WEBHOOK_SECRET is not set.")
        import stripe

        try:
            stripe.WebhookSignature.verify_header(
                body, headers.get("Stripe-Signature"), settings.STRIPE_WEBHOOK_SECRET, TOLERANCE
            )
            told = json.loads(body)
            thing = told["data"]["object"]
            event = Event(external_id=text_of(told["id"]), kind=text_of(told["type"]), body=essence(told, thing))
        except stripe.SignatureVerificationError as error:
            raise BadEvent("It is not signed by Stripe, or too old.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadEvent("It is no event.") from error
        if not event.external_id:
            raise BadEvent("It has no id.")
        return event

    def about(self, event: Event) -> About:
        if event.body.get("livemode") is not ("_live_" in settings.STRIPE_SECRET_KEY):
            return About(note="It is from the other mode of Stripe, live or test.")
        thing = event.body["object"]
        if monthly := about_monthly(thing):
            return monthly
        is_session = thing["object"] == "checkout.session"
        intent = thing["id"] if thing["object"] == "payment_intent" else thing["payment_intent"]
        payment = _payment(thing["payment"] or thing["client_reference_id"])
        if payment is None and is_session:
            payment = Payment.objects.filter(provider=self.name, external_id=thing["id"]).first()
        if payment is None and intent:
            payment = Payment.objects.filter(provider=self.name, external_charge=intent).first() or _paid_by(intent)
        if payment is None:
            return About()
        session = thing["id"] if is_session else payment.external_id or _session_of(intent)
        if payment.external_id and session != payment.external_id:
            return About(note=f"{session} is not the session of payment {payment.pk}.")
        return About(payment, external_id=session)


def _taken_back(
    client: "StripeClient", payment: Payment, intent: Mapping[str, Any]
) -> tuple[tuple[RefundReport, ...], tuple[DisputeReport, ...]]:
    """What of a payment was given back, and what of it is disputed. Asks only where there is something."""
    charge = intent.get("latest_charge") or {}
    about = {"payment_intent": intent.get("id", ""), "limit": 100}
    is_given = bool(charge.get("amount_refunded")) or payment.refunds.exists()
    refunds = client.v1.refunds.list(about).auto_paging_iter() if is_given and intent else ()  # type: ignore[arg-type]
    given = tuple(refund_report(one.to_dict(), payment.currency) for one in refunds)
    disputes = client.v1.disputes.list(about).auto_paging_iter() if charge.get("disputed") else ()  # type: ignore[arg-type]
    disputed = (dispute_report(one.to_dict(), payment.currency) for one in disputes)
    return given, tuple(one for one in disputed if one)


def _payment(name: str) -> Payment | None:
    key = uuid_of(name)
    return Payment.objects.filter(provider=Stripe.name, pk=key).first() if key else None


def _paid_by(intent: str) -> Payment | None:
    """The payment of an intent that Stripe tells of before we have asked what was paid."""
    try:
        with asking() as client:
            found = client.v1.payment_intents.retrieve(intent).to_dict()
    except Refused:  # there is none
        return None
    return _payment((found.get("metadata") or {}).get("payment") or "")


def _session_of(intent: str) -> str:
    with asking() as client:
        found = client.v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
    return found[0].id if found else ""
