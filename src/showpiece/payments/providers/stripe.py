"""Stripe Checkout: the buyer pays on a page of Stripe's, and no card number comes near this shop.

Its library takes a tenth of a second and seven megabytes of each process, so the first call that needs it loads it.
"""

import contextlib
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from showpiece.payments.models import Dispute, Payment, Refund
from showpiece.payments.providers.base import (
    About,
    BadEvent,
    DisputeReport,
    Event,
    Provider,
    RefundReport,
    Refused,
    Report,
    Started,
    State,
    Unavailable,
)
from showpiece.payments.providers.stripe_amounts import from_stripe, is_taken, to_stripe

if TYPE_CHECKING:
    from stripe import StripeClient

PAGE_ORIGIN = "https://checkout.stripe.com"
# For a connection, and for an answer. A buyer waits for it, a second time where the first failed.
TIMEOUTS = (5.0, 15.0)
RETRIES = 1
# How old a signed event may be, in seconds.
TOLERANCE = 300
# A session ends before Stripe forgets its key, after a day: so a payment never has two that can be paid.
SESSION_LASTS = timedelta(hours=23)
# Stripe wants at least half an hour.
LATEST_START = SESSION_LASTS - timedelta(minutes=40)

_REFUND_STATES = {"succeeded": State.CONFIRMED, "failed": State.FAILED, "canceled": State.FAILED}
_DISPUTE_STATES = {"won": Dispute.Status.WON, "lost": Dispute.Status.LOST}


@lru_cache(maxsize=4)
def _client(key: str, base: str) -> "StripeClient":
    import stripe

    stripe.enable_telemetry = False  # how long our requests take is nobody's business
    return stripe.StripeClient(
        key,
        base_addresses={"api": base.rstrip("/")} if base else None,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUTS),
    )


@contextlib.contextmanager
def _asking() -> Iterator["StripeClient"]:
    """Stripe, with its errors as ours. A wrong key is no refusal: the operator will put it right."""
    import stripe

    if not settings.STRIPE_SECRET_KEY:
        raise Unavailable("STRIPE_SECRET_KEY is not set.")
    try:
        yield _client(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
    except (stripe.InvalidRequestError, stripe.CardError) as error:
        raise Refused(_told(error)) from error
    except stripe.IdempotencyError as error:
        if error.http_status == 409:  # the first request with this key is still in progress
            raise Unavailable(_told(error)) from error
        raise Refused(_told(error)) from error
    except stripe.StripeError as error:
        raise Unavailable(_told(error)) from error


def _told(error: Any) -> str:
    return f"{error.user_message or type(error).__name__} ({error.request_id or 'no request id'})"


def _session_made(client: "StripeClient", wanted: Any, key: str) -> Any:
    """A page on which to pay. Stripe takes no international domain in an address: there the buyer types one."""
    import stripe

    try:
        return client.v1.checkout.sessions.create(wanted, {"idempotency_key": key})
    except stripe.InvalidRequestError as error:
        if error.param != "customer_email":
            raise
    nameless: Any = {name: value for name, value in wanted.items() if name != "customer_email"}
    return client.v1.checkout.sessions.create(nameless, {"idempotency_key": f"{key}:nameless"})


class Stripe(Provider):
    """By card, and whatever else the operator switches on at Stripe."""

    name = "stripe"
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
            "customer_email": email,
            "locale": "ru" if language.startswith("ru") else "en",
            "success_url": return_url,
            "cancel_url": cancel_url,
            "expires_at": int((payment.created_at + SESSION_LASTS).timestamp()),
            # Else a buyer could be asked for another currency than the one they have agreed to here.
            "adaptive_pricing": {"enabled": False},
        }
        with _asking() as client:
            session = _session_made(client, wanted, str(payment.pk))
        return Started(external_id=session.id, redirect_url=session.url or "")

    def look(self, payment: Payment) -> Report:
        with _asking() as client:
            found = client.v1.checkout.sessions.retrieve(
                payment.external_id, {"expand": ["payment_intent.latest_charge"]}
            )
            session = found.to_dict()
            intent = session.get("payment_intent") or {}
            charge = intent.get("latest_charge") or {}
            about = {"payment_intent": intent.get("id", ""), "limit": 100}
            is_given = bool(charge.get("amount_refunded")) or payment.refunds.exists()
            refunds = client.v1.refunds.list(about).auto_paging_iter() if is_given and intent else ()  # type: ignore[arg-type]
            given = tuple(_refund_report(one.to_dict(), payment.currency) for one in refunds)
            disputes = client.v1.disputes.list(about).auto_paging_iter() if charge.get("disputed") else ()  # type: ignore[arg-type]
            disputed = tuple(_dispute_report(one.to_dict(), payment.currency) for one in disputes)
        state, note = _state(session, intent)
        currency = str(intent.get("currency") or session.get("currency") or "").upper()
        paid = intent.get("amount_received", session.get("amount_total")) or 0
        return Report(
            state,
            amount_minor=from_stripe(paid, currency) if currency else 0,
            currency=currency,
            external_charge=intent.get("id", ""),
            card_ends_with=((charge.get("payment_method_details") or {}).get("card") or {}).get("last4") or "",
            note=note,
            refunds=given,
            disputes=tuple(one for one in disputed if one),
        )

    def withdraw(self, payment: Payment) -> None:
        with contextlib.suppress(Refused), _asking() as client:  # it has ended already: a look says how
            client.v1.checkout.sessions.expire(payment.external_id)

    def refund(self, refund: Refund) -> RefundReport:
        """Stripe knows the key for a day only, and a refund may take longer: so look first whether it was made."""
        payment = refund.payment
        with _asking() as client:
            made = client.v1.refunds.list({"payment_intent": payment.external_charge, "limit": 100})
            for one in made.auto_paging_iter():
                report = _refund_report(one.to_dict(), payment.currency)
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
        return _refund_report(new.to_dict(), payment.currency)

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
            event = Event(external_id=_text(told["id"]), kind=_text(told["type"]), body=_essence(told, thing))
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


def _state(session: Mapping[str, Any], intent: Mapping[str, Any]) -> tuple[State, str]:
    """What has become of a session, and why."""
    problem = (intent.get("last_payment_error") or {}).get("message") or ""
    if session.get("payment_status") == "paid":
        return State.CONFIRMED, ""
    if session.get("status") == "expired":
        return State.FAILED, problem
    if session.get("status") != "complete":
        return State.PENDING, problem
    if intent.get("status") in ("requires_payment_method", "canceled"):
        return State.FAILED, problem
    return State.WAITING, ""


def _refund_report(refund: Mapping[str, Any], currency: str) -> RefundReport:
    return RefundReport(
        external_id=refund["id"],
        amount_minor=from_stripe(refund["amount"], currency),
        state=_REFUND_STATES.get(refund.get("status") or "", State.PENDING),
        key=_uuid((refund.get("metadata") or {}).get("refund")),
        note=refund.get("failure_reason") or refund.get("reason") or "",
    )


def _dispute_report(dispute: Mapping[str, Any], currency: str) -> DisputeReport | None:
    """None for a bank that only asks: no money is held for that, and it may become a dispute of the same name."""
    status = str(dispute.get("status"))
    if status.startswith("warning_") or status == "prevented" or not dispute.get("amount"):
        return None
    return DisputeReport(
        external_id=dispute["id"],
        amount_minor=from_stripe(dispute["amount"], currency),
        status=_DISPUTE_STATES.get(status, Dispute.Status.OPEN),
        reason=dispute.get("reason") or "",
    )


def _essence(told: Mapping[str, Any], thing: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event is kept: names. The rest, with the buyer's own, is asked for when it is needed."""
    return {
        "created": told.get("created"),
        "livemode": told.get("livemode"),
        "object": {
            **{name: _text(thing.get(name)) for name in ("object", "id", "client_reference_id", "payment_intent")},
            "payment": _text((thing.get("metadata") or {}).get("payment")),
        },
    }


def _text(value: Any) -> str:
    """A name; of an object that came whole, its id."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value[:255].replace("\0", "") if isinstance(value, str) else ""


def _uuid(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _payment(name: str) -> Payment | None:
    key = _uuid(name)
    return Payment.objects.filter(provider=Stripe.name, pk=key).first() if key else None


def _paid_by(intent: str) -> Payment | None:
    """The payment of an intent that Stripe tells of before we have asked what was paid."""
    try:
        with _asking() as client:
            found = client.v1.payment_intents.retrieve(intent).to_dict()
    except Refused:  # there is none
        return None
    return _payment((found.get("metadata") or {}).get("payment") or "")


def _session_of(intent: str) -> str:
    with _asking() as client:
        found = client.v1.checkout.sessions.list({"payment_intent": intent, "limit": 1}).data
    return found[0].id if found else ""
