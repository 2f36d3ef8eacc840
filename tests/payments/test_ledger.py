"""The ledger is proved by a command, and each kind of fault is found."""

import io
import uuid
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from showpiece.payments.models import Account, Dispute, Entry, Movement, Payment, Payout, Refund
from showpiece.payments.providers.base import DisputeReport, RefundReport, State
from showpiece.payments.services import (
    ledger_check,
    ledger_faults,
    payment_refund,
    payment_settle,
    payout_record,
)
from tests.orders.shop import paid_order, paid_report, priced

pytestmark = pytest.mark.django_db


def check() -> tuple[int, str]:
    """What the command exits with and says."""
    out = io.StringIO()
    try:
        call_command("ledger", "check", stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


@pytest.fixture
def payment(settings: Any) -> Payment:
    """Of an order of which a part was given back, a part is disputed, and the creator was paid."""
    settings.PLATFORM_FEE_PERCENT = 10
    project = priced(1000)
    _order, payment = paid_order(project)
    refund = payment_refund(payment_id=payment.pk, amount_minor=300, key=uuid.uuid4())
    said = RefundReport("re_1", 300, State.CONFIRMED, key=refund.pk)
    disputed = DisputeReport("dp_1", 100, Dispute.Status.WON)
    payment_settle(payment_id=payment.pk, report=paid_report(payment, refunds=(said,), disputes=(disputed,)))
    payout_record(party=project.creator_id, amount_minor=500, currency="EUR", key=uuid.uuid4())
    payment.refresh_from_db()
    return payment


def test_a_ledger_without_faults_says_so(payment: Payment) -> None:
    assert Movement.objects.count() == 5
    assert check() == (0, "5 movements, every sum is zero.\n")


def test_an_empty_one_too() -> None:
    assert check() == (0, "0 movements, every sum is zero.\n")


def _unbalanced(payment: Payment) -> str:
    Entry.objects.filter(account=Account.CREATOR, movement__kind="sale").update(amount_minor=-899)
    return f"payment:{payment.pk}: 1 EUR too much"


def _two_currencies(payment: Payment) -> str:
    Entry.objects.filter(account=Account.FEE, movement__kind="sale").update(currency="USD")
    return f"payment:{payment.pk}: -100 USD too much"


def _no_entries(payment: Payment) -> str:
    Entry.objects.filter(movement__kind="payout").delete()
    return ": no entries"


def _by_nothing(payment: Payment) -> str:
    movement = Movement.objects.create(key="gift:of-the-house", kind="sale")
    Entry.objects.create(movement=movement, account=Account.FEE, amount_minor=5, currency="EUR")
    Entry.objects.create(movement=movement, account=Account.BUYER, amount_minor=-5, currency="EUR")
    return "gift:of-the-house: by nothing that moves money"


def _payment_missing(payment: Payment) -> str:
    movement = Movement.objects.get(key=f"payment:{payment.pk}")
    movement.entries.all().delete()
    movement.delete()
    return f"payment:{payment.pk}: not in the ledger"


def _payment_of_another_amount(payment: Payment) -> str:
    Payment.objects.update(amount_minor=1001)
    return f"payment:{payment.pk}: 1000 EUR sandbox in the ledger, 1001 EUR sandbox expected"


def _payment_at_another_provider(payment: Payment) -> str:
    Payment.objects.update(provider="stripe")
    return f"payment:{payment.pk}: 1000 EUR sandbox in the ledger, 1000 EUR stripe expected"


def _payment_not_confirmed(payment: Payment) -> str:
    Payment.objects.update(status="failed", paid_at=None)
    return f"payment:{payment.pk}: 1000 EUR sandbox in the ledger, nothing expected"


def _refund_not_confirmed(payment: Payment) -> str:
    Refund.objects.update(status="failed")
    return f"refund:{Refund.objects.get().pk}: -300 EUR sandbox in the ledger, nothing expected"


def _refund_missing(payment: Payment) -> str:
    extra = Refund.objects.create(payment=payment, key=uuid.uuid4(), amount_minor=7, status="confirmed")
    return f"refund:{extra.pk}: not in the ledger"


def _refunds_noted_wrongly(payment: Payment) -> str:
    Payment.objects.update(refunded_minor=299)
    return f"payment:{payment.pk}: refunds of 300, written down as 299"


def _payout_missing(payment: Payment) -> str:
    extra = Payout.objects.create(party=uuid.uuid4(), amount_minor=7, currency="EUR")
    return f"payout:{extra.pk}: not in the ledger"


def _payout_of_another_amount(payment: Payment) -> str:
    Payout.objects.update(amount_minor=499)
    return f"payout:{Payout.objects.get().pk}: -500 EUR in the ledger, -499 EUR expected"


def _dispute_not_won(payment: Payment) -> str:
    Dispute.objects.update(status="lost")
    return f"dispute:{Dispute.objects.get().pk}:won: 100 EUR sandbox in the ledger, nothing expected"


def _dispute_missing(payment: Payment) -> str:
    extra = Dispute.objects.create(payment=payment, external_id="dp_2", amount_minor=7)
    return f"dispute:{extra.pk}:opened: not in the ledger"


@pytest.mark.parametrize(
    "plant",
    [
        *(_unbalanced, _two_currencies, _no_entries, _by_nothing),
        *(_payment_missing, _payment_of_another_amount, _payment_at_another_provider, _payment_not_confirmed),
        *(_refund_not_confirmed, _refund_missing, _refunds_noted_wrongly),
        *(_payout_missing, _payout_of_another_amount, _dispute_not_won, _dispute_missing),
    ],
)
def test_a_fault_is_found(payment: Payment, plant: Any) -> None:
    expected = plant(payment)
    code, said = check()
    assert code == 1
    assert any(line.endswith(expected) for line in said.splitlines()), said


def test_faults_beyond_the_first_batch_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_check, "AT_ONCE", 2)
    payments = [paid_order(priced(100))[1] for _number in range(5)]
    assert ledger_faults() == []
    Entry.objects.filter(movement__key=f"payment:{payments[-1].pk}", account=Account.CREATOR).update(amount_minor=-1)
    Movement.objects.filter(key=f"payment:{payments[2].pk}").update(key=f"payment:{uuid.uuid4()}")
    said = ledger_faults()
    assert f"payment:{payments[-1].pk}: 99 EUR too much" in said
    assert f"payment:{payments[2].pk}: not in the ledger" in said
    assert any(line.endswith("100 EUR sandbox in the ledger, nothing expected") for line in said)


def test_balances_are_printed(payment: Payment) -> None:
    out = io.StringIO()
    call_command("ledger", "balances", stdout=out)
    rows = [line.split("\t") for line in out.getvalue().splitlines()]
    sums = {account: amount for account, _party, amount, _currency in rows}
    # 10 % of what was not given back is the platform's; of the rest 5.00 was paid out.
    expected = {"provider": "7.00", "fee": "-0.70", "creator": "-1.30", "bank": "-5.00", "dispute": "0.00"}
    assert sums == expected
