"""Orders for spreadsheets, and the tables on the page of one."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from import_export.fields import Field

from showpiece.money import amount_with_currency, decimal_price
from showpiece.orders.models import Order, OrderLine
from showpiece.orders.staff import with_payments
from showpiece.payments.models import Dispute, Payment, Refund
from showpiece.payments.providers import label_of
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


class OrderTable(Table):
    """Orders for a spreadsheet."""

    customer = Field("user__username", "customer")
    price = Field(column_name="price")
    discount = Field(column_name="discount")
    tax = Field(column_name="tax")
    total = Field(column_name="total")
    refunded = Field(column_name="refunded")
    payment = Field(column_name="payment")
    provider = Field(column_name="provider")

    class Meta:
        model = Order
        fields = (
            *("number", "customer", "email", "country", "status", "promo_text", "currency", "price", "discount"),
            *("tax", "total", "refunded", "payment", "provider", "placed_at", "paid_at", "cancelled_at", "archived_at"),
        )
        export_order = fields
        use_natural_foreign_keys = False
        chunk_size = 500

    def iter_queryset(self, queryset: Any) -> Iterable[Order]:
        """With what was paid of so many at once."""
        batch: list[Order] = []
        for order in queryset.select_related("user").iterator(chunk_size=self.get_chunk_size()):
            batch.append(order)
            if len(batch) == self.get_chunk_size():
                yield from with_payments(batch)
                batch = []
        yield from with_payments(batch)

    def dehydrate_price(self, order: Order) -> str:
        return str(decimal_price(order.price_minor, order.currency))

    def dehydrate_discount(self, order: Order) -> str:
        return str(decimal_price(order.discount_minor, order.currency))

    def dehydrate_tax(self, order: Order) -> str:
        return str(decimal_price(order.tax_minor, order.currency))

    def dehydrate_total(self, order: Order) -> str:
        return str(decimal_price(order.total_minor, order.currency))

    def dehydrate_refunded(self, order: Any) -> str:
        given = sum(one.refunded_minor for one in order.payments if not one.surplus)
        return str(decimal_price(given, order.currency))

    def dehydrate_payment(self, order: Any) -> str:
        return payment_state(order.payments)

    def dehydrate_provider(self, order: Any) -> str:
        paid = [one for one in order.payments if one.status == Payment.Status.CONFIRMED] or order.payments[-1:]
        return str(paid[0].provider) if paid else ""


def moment(value: Any) -> str:
    """Date and time as people read them."""
    return date_format(localtime(value), "DATETIME_FORMAT") if value else "—"


def lines_table(order: Order, lines: Sequence[OrderLine]) -> ToldTable:
    """What an order holds."""

    def amount(minor: int) -> str:
        return amount_with_currency(minor, order.currency) if minor else "—"

    rows = []
    for line in lines:
        name = f"{line.name} ({line.bundle_name})" if line.bundle_name else line.name
        tax = f"{amount(line.tax_minor)} · {line.tax_name} {line.tax_percent.normalize():f}\N{NO-BREAK SPACE}%"
        rows.append(
            [
                name,
                line.creator_name,
                amount_with_currency(line.price_minor, order.currency),
                amount(line.discount_minor),
                tax if line.tax_name else "—",
                amount_with_currency(line.total_minor, order.currency),
                amount(line.fee_minor),
                amount(line.refunded_minor),
            ]
        )
    headers = [_("Project"), _("Creator"), _("Price"), _("Discount"), _("Tax"), _("Total"), _("Platform fee")]
    return ToldTable(_("What it holds"), [*headers, _("Refunded")], rows)


def entitlements_table(entitlements: Sequence[Any]) -> ToldTable:
    """What the buyer may download, and has (`staff.entitlements_with_downloads`)."""
    rows = [
        [
            one.line.name,
            _("may be downloaded") if one.is_valid else _("taken back %(date)s") % {"date": moment(one.revoked_at)},
            moment(one.granted_at),
            str(one.begun) if one.begun else "—",
            moment(one.last),
        ]
        for one in entitlements
    ]
    headers = [_("Project"), _("State"), _("Granted"), _("Downloads begun"), _("Last download")]
    return ToldTable(pgettext("title of a table", "Downloads"), headers, rows)


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
