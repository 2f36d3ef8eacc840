"""Reading what Stripe says."""

import uuid
from collections.abc import Mapping
from typing import Any

from showpiece.payments.models import Dispute
from showpiece.payments.providers.base import DisputeReport, RefundReport, State
from showpiece.payments.providers.stripe_amounts import from_stripe

_REFUND_STATES = {"succeeded": State.CONFIRMED, "failed": State.FAILED, "canceled": State.FAILED}
_DISPUTE_STATES = {"won": Dispute.Status.WON, "lost": Dispute.Status.LOST}


def session_state(session: Mapping[str, Any], intent: Mapping[str, Any]) -> tuple[State, str]:
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


def refund_report(refund: Mapping[str, Any], currency: str) -> RefundReport:
    return RefundReport(
        external_id=refund["id"],
        amount_minor=from_stripe(refund["amount"], currency),
        state=_REFUND_STATES.get(refund.get("status") or "", State.PENDING),
        key=uuid_of((refund.get("metadata") or {}).get("refund")),
        note=refund.get("failure_reason") or refund.get("reason") or "",
    )


def dispute_report(dispute: Mapping[str, Any], currency: str) -> DisputeReport | None:
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


def essence(told: Mapping[str, Any], thing: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event is kept: names. The rest, with the buyer's own, is asked for when it is needed.

    An event is written in the version of the API that the operator chose for the endpoint, whatever version we speak:
    an invoice names its subscription in one of two places.
    """
    parent = _mapping(_mapping(thing.get("parent")).get("subscription_details") or thing.get("subscription_details"))
    metadata = {**_mapping(parent.get("metadata")), **_mapping(thing.get("metadata"))}
    return {
        "created": told.get("created"),
        "livemode": told.get("livemode"),
        "object": {
            **{name: text_of(thing.get(name)) for name in ("object", "id", "client_reference_id", "payment_intent")},
            "payment": text_of(metadata.get("payment")),
            "subscription": text_of(thing.get("subscription") or parent.get("subscription")),
            "monthly": text_of(metadata.get("subscription")),
        },
    }


def _mapping(value: Any) -> Mapping[str, Any]:
    """Of other things the same name may mean something else."""
    return value if isinstance(value, Mapping) else {}


def text_of(value: Any) -> str:
    """A name; of an object that came whole, its id."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value[:255].replace("\0", "") if isinstance(value, str) else ""


def uuid_of(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
