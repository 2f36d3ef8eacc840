"""Moving money. Who sells or receives calls these, in this order: `payment_create` in the transaction that makes what
is paid for, `payment_start` after it, and `payment_look` when the buyer comes back. What is paid every month has the
same steps with a subscription."""

from showpiece.payments.services.events import event_handle, event_receive, event_resend
from showpiece.payments.services.keys import KeyReused
from showpiece.payments.services.ledger_check import ledger_faults, ledger_faults_found
from showpiece.payments.services.looking import due_send, payment_look, payment_poll, payment_withdraw, quietly_looked
from showpiece.payments.services.monthly import (
    quietly_looked_monthly,
    subscription_cancel,
    subscription_look,
    subscription_poll,
    subscription_settle,
)
from showpiece.payments.services.payouts import payout_record
from showpiece.payments.services.refunds import payment_refund, refund_confirm, refund_send
from showpiece.payments.services.settling import (
    payment_confirm_by_hand,
    payment_fail,
    payment_settle,
    payments_withdraw,
)
from showpiece.payments.services.starting import payment_create, payment_start
from showpiece.payments.services.subscribing import subscription_create, subscription_start

__all__ = [
    "KeyReused",
    "due_send",
    "event_handle",
    "event_receive",
    "event_resend",
    "ledger_faults",
    "ledger_faults_found",
    "payment_confirm_by_hand",
    "payment_create",
    "payment_fail",
    "payment_look",
    "payment_poll",
    "payment_refund",
    "payment_settle",
    "payment_start",
    "payment_withdraw",
    "payments_withdraw",
    "payout_record",
    "quietly_looked",
    "quietly_looked_monthly",
    "refund_confirm",
    "refund_send",
    "subscription_cancel",
    "subscription_create",
    "subscription_look",
    "subscription_poll",
    "subscription_settle",
    "subscription_start",
]
