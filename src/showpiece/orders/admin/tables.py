"""Orders for spreadsheets, and the tables on the page of one."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from import_export.fields import Field

from showpiece.money import amount_with_currency, decimal_price
from showpiece.orders.models import Order, OrderLine
from showpiece.payments.staff_tables import PaidTable, ToldTable, moment


class OrderTable(PaidTable):
    """Orders for a spreadsheet."""

    kind = "order"
    customer = Field("user__username", "customer")
    price = Field(column_name="price")
    discount = Field(column_name="discount")
    tax = Field(column_name="tax")
    total = Field(column_name="total")

    class Meta:
        model = Order
        fields = (
            *("number", "customer", "email", "country", "status", "promo_text", "currency", "price", "discount"),
            *("tax", "total", "refunded", "payment", "provider", "placed_at", "paid_at", "cancelled_at", "archived_at"),
        )
        export_order = fields
        use_natural_foreign_keys = False
        chunk_size = 500

    def dehydrate_price(self, order: Order) -> str:
        return str(decimal_price(order.price_minor, order.currency))

    def dehydrate_discount(self, order: Order) -> str:
        return str(decimal_price(order.discount_minor, order.currency))

    def dehydrate_tax(self, order: Order) -> str:
        return str(decimal_price(order.tax_minor, order.currency))

    def dehydrate_total(self, order: Order) -> str:
        return str(decimal_price(order.total_minor, order.currency))


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
