"""What the rooms' pages for staff tell of the money of what is paid for. Only modules named `admin` import it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from import_export.fields import Field

from showpiece.money import amount_with_currency, decimal_price
from showpiece.payments.models import Dispute, Payment, Refund
from showpiece.payments.providers import label_of
from showpiece.payments.selectors import refunds_and_disputes, with_payments
from showpiece.staff_export import Table

# What has become of the money, as a colour of unfold's and a word.
PAYMENT_LABELS = {"pending": "info", "confirmed": "success", "failed": "danger", "refunded": "warning"}
_WORDS: dict[str, str | Promise] = {
    "pending": gettext_lazy("pending"),
    "confirmed": gettext_lazy("confirmed"),
    "failed": gettext_lazy("failed"),
    "refunded": gettext_lazy("refunded"),
}


class ToldTable(NamedTuple):
    """A table with its title."""

    title: str
    headers: list[str]
    rows: list[list[str]]


def payment_state(payments: Sequence[Payment]) -> str:
    """One of `PAYMENT_LABELS`, "" without payments: that of the one that paid, or else of the last."""
    paid = [one for one in payments if one.status == Payment.Status.CONFIRMED and not one.surplus]
    if paid:
        return "refunded" if all(one.is_refunded for one in paid) else "confirmed"
    return payments[-1].status if payments else ""


def payment_words(payments: Sequence[Payment]) -> str:
    """The same in words; a part that went back is said too."""
    state = payment_state(payments)
    if state == "confirmed" and any(one.refunded_minor for one in payments if not one.surplus):
        return _("refunded in part")
    return str(_WORDS.get(state, "—"))


class PaidTable(Table):
    """What is paid for, for a spreadsheet, with what became of its payments. The room says of which `kind` it is."""

    kind = ""
    refunded = Field(column_name="refunded")
    payment = Field(column_name="payment")
    provider = Field(column_name="provider")

    def iter_queryset(self, queryset: Any) -> Iterable[Any]:
        """With what was paid of so many at once."""
        batch: list[Any] = []
        for row in queryset.select_related("user").iterator(chunk_size=self.get_chunk_size()):
            batch.append(row)
            if len(batch) == self.get_chunk_size():
                yield from with_payments(self.kind, batch)
                batch = []
        yield from with_payments(self.kind, batch)

    def dehydrate_refunded(self, row: Any) -> str:
        given = sum(one.refunded_minor for one in row.payments if not one.surplus)
        return str(decimal_price(given, row.currency))

    def dehydrate_payment(self, row: Any) -> str:
        return payment_state(row.payments)

    def dehydrate_provider(self, row: Any) -> str:
        paid = [one for one in row.payments if one.status == Payment.Status.CONFIRMED] or row.payments[-1:]
        return str(paid[0].provider) if paid else ""


def moment(value: Any) -> str:
    """Date and time as people read them."""
    return date_format(localtime(value), "DATETIME_FORMAT") if value else "—"


def money_tables(payments: Sequence[Payment]) -> list[ToldTable]:
    """Payments, what went back of them, and what was asked back; only what there is."""
    refunds, disputes = refunds_and_disputes(payments)
    told = [payments_table(payments)]
    told += [refunds_table(refunds)] if refunds else []
    told += [disputes_table(disputes)] if disputes else []
    return told


def payments_table(payments: Sequence[Payment]) -> ToldTable:
    """Every attempt to pay."""
    rows = [
        [
            label_of(one.provider),
            amount_with_currency(one.amount_minor, one.currency),
            _payment_told(one),
            moment(one.paid_at),
            f"•••• {one.card_ends_with}" if one.card_ends_with else "—",
            moment(one.created_at),
        ]
        for one in payments
    ]
    headers = [_("Provider"), _("Amount"), _("State"), _("Paid"), _("Card"), _("Begun")]
    return ToldTable(pgettext("title of a table", "Payments"), headers, rows)


def _payment_told(payment: Payment) -> str:
    parts = [payment_words([payment]) if not payment.surplus else str(_("paid without need")), payment.note]
    return ": ".join(part for part in parts if part)


def refunds_table(refunds: Sequence[Refund]) -> ToldTable:
    """What went back, or is to."""
    rows = [
        [
            amount_with_currency(one.amount_minor, one.payment.currency),
            _refund_told(one),
            one.reason or "—",
            str(one.made_by or "—"),
            moment(one.created_at),
            moment(one.confirmed_at),
        ]
        for one in refunds
    ]
    headers = [_("Amount"), _("State"), _("Reason"), _("Asked for by"), _("Asked for"), _("Confirmed")]
    return ToldTable(pgettext("title of a table", "Refunds"), headers, rows)


def _refund_told(refund: Refund) -> str:
    state = _("came back") if refund.came_back_at else str(refund.get_status_display())
    return f"{state}: {refund.note}" if refund.note else state


def disputes_table(disputes: Sequence[Dispute]) -> ToldTable:
    """What buyers have asked their banks for."""
    rows = [
        [
            amount_with_currency(one.amount_minor, one.payment.currency),
            one.get_status_display(),
            one.reason or "—",
            moment(one.opened_at),
            moment(one.closed_at),
        ]
        for one in disputes
    ]
    headers = [_("Amount"), _("State"), _("Reason"), _("Opened"), _("Closed")]
    return ToldTable(pgettext("title of a table", "Disputes"), headers, rows)
