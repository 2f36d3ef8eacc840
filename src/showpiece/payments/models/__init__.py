"""The tables of money. Amounts are integers in minor units of a currency of ISO 4217."""

from showpiece.payments.models.events import InboundEvent
from showpiece.payments.models.ledger import Account, Entry, Movement, Payout
from showpiece.payments.models.payments import Dispute, Payment, Refund
from showpiece.payments.models.sandbox import SandboxRefund, SandboxSession
from showpiece.payments.models.subscriptions import Subscription

__all__ = [
    "Account",
    "Dispute",
    "Entry",
    "InboundEvent",
    "Movement",
    "Payment",
    "Payout",
    "Refund",
    "SandboxRefund",
    "SandboxSession",
    "Subscription",
]
