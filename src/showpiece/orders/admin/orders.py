"""Orders."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display

from showpiece.money import amount_with_currency
from showpiece.orders import services, staff
from showpiece.orders.admin import steps, tables
from showpiece.orders.countries import country_name
from showpiece.orders.models import Order
from showpiece.payments.staff_pages import PaidAdmin
from showpiece.payments.staff_tables import ToldTable
from showpiece.staff_lists import ArchivedFilter, CurrencyFilter

LABELS = {Order.Status.PAID: "success", Order.Status.OPEN: "info", Order.Status.CANCELLED: "warning"}


@admin.register(Order)
class OrderAdmin(PaidAdmin):
    """Orders. What a paid one holds is as it was; an open one is changed on a page of its own."""

    kind, steps = "order", steps
    back_text = gettext_lazy("Back to the order")
    resource_classes = (tables.OrderTable,)
    list_display = ("number", "customer", "total", "state", "payment_state", "placed_at")
    list_filter = ("status", ArchivedFilter, CurrencyFilter, "placed_at")
    list_select_related = ("user",)
    search_fields = ("number",)  # see `ids_like`
    search_help_text = gettext_lazy("Number, e-mail, customer or project; the newest 500 of each")
    actions_detail = ("edit", "confirm", "refund", "delivery", "cancel", "archive", "take_back")
    change_form_outer_after_template = "orders/admin/order.html"
    fields = readonly_fields = (
        *("number", "state_in_words", "paid_in_words", "customer_in_full", "total", "discounted", "tax"),
        *("placed_at", "confirmed_at", "paid_at", "cancelled_at", "archived_at"),
    )

    def ids_like(self, text: str) -> set[Any]:
        return staff.orders_like(text)

    # What the columns and the page say

    @admin.display(description=gettext_lazy("customer"))
    def customer(self, order: Order) -> str:
        return f"{order.user.username}, {order.email}" if order.user else order.email

    @admin.display(description=gettext_lazy("customer"))
    def customer_in_full(self, order: Order) -> str:
        country = country_name(order.country) if order.country else ""
        who = str(order.user) if order.user else _("guest")
        return ", ".join(part for part in (who, order.email, country) if part)

    @admin.display(description=gettext_lazy("total"), ordering=None)
    def total(self, order: Order) -> str:
        return amount_with_currency(order.total_minor, order.currency)

    @admin.display(description=gettext_lazy("discount"))
    def discounted(self, order: Order) -> str:
        amount = amount_with_currency(order.discount_minor, order.currency)
        return f"{amount}, {order.promo_text}" if order.promo_text else amount

    @admin.display(description=gettext_lazy("tax"))
    def tax(self, order: Order) -> str:
        return amount_with_currency(order.tax_minor, order.currency)

    @display(description=gettext_lazy("state"), label=LABELS)  # type: ignore[untyped-decorator]
    def state(self, order: Order) -> tuple[str, str]:
        return order.status, self.state_in_words(order)

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, order: Order) -> str:
        word = _("not paid in time") if order.expired else str(order.get_status_display())
        return _("%(state)s, archived") % {"state": word} if order.archived_at else word

    # Its page

    def tables_of(self, row: Order) -> list[ToldTable]:
        held = staff.entitlements_with_downloads(row)
        told = [tables.lines_table(row, list(row.lines.order_by("position")))]
        return told + ([tables.entitlements_table(held)] if held else [])

    def possible(self, row: Order) -> dict[str, bool]:
        is_paid, is_open = row.status == Order.Status.PAID, row.status == Order.Status.OPEN
        return {**super().possible(row), "edit": is_open, "delivery": is_paid}

    def has_deliver_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("orders.change_entitlement")

    @action(description=gettext_lazy("Change"), permissions=["view", "edit"], url_path="edit")  # type: ignore[untyped-decorator]
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.edit(self, request, object_id)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Downloads"), permissions=["view", "deliver"], url_path="downloads"
    )
    def delivery(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.delivery(self, request, object_id)

    def set_archived(self, row: Order, *, archived: bool) -> bool:
        return services.order_set_archived(order_id=row.pk, archived=archived)

    def archived_text(self, count: int, *, archived: bool) -> str:
        text = (
            ngettext("{count} order is archived.", "{count} orders are archived.", count)
            if archived
            else ngettext("{count} order is back.", "{count} orders are back.", count)
        )
        return text.format(count=count)
