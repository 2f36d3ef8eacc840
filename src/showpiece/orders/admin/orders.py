"""Orders."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action, display

from showpiece.money import amount_with_currency
from showpiece.orders import services, staff
from showpiece.orders.admin import steps, tables
from showpiece.orders.countries import country_name
from showpiece.orders.models import Order
from showpiece.payments.selectors import refundable_minor
from showpiece.staff_export import Exported
from showpiece.staff_lists import CurrencyFilter, LongReadOnly

LABELS = {Order.Status.PAID: "success", Order.Status.OPEN: "info", Order.Status.CANCELLED: "warning"}


class ArchivedFilter(admin.SimpleListFilter):
    """What was put away is shown when it is asked for."""

    title = gettext_lazy("archived")
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Archived")), ("all", gettext_lazy("With the archived"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        return [{**first, "display": _("Not archived")}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        match self.value():
            case "all":
                return queryset
            case "yes":
                return queryset.filter(archived_at__isnull=False)
            case _:
                return queryset.filter(archived_at=None)


class _Orders(ChangeList):
    """The rows of a page with their payments."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = staff.with_payments(self.result_list)


def _payments(order: Any) -> Any:
    if not hasattr(order, "payments"):
        staff.with_payments([order])
    return order.payments


@admin.register(Order)
class OrderAdmin(Exported, LongReadOnly):
    """Orders. What a paid one holds is as it was; an open one is changed on a page of its own."""

    resource_classes = (tables.OrderTable,)
    list_display = ("number", "customer", "total", "state", "payment_state", "placed_at")
    list_filter = ("status", ArchivedFilter, CurrencyFilter, "placed_at")
    list_select_related = ("user",)
    search_fields = ("number",)  # see get_search_results
    search_help_text = gettext_lazy("Number, e-mail, customer or project; the newest 500 of each")
    ordering = ("-pk",)
    list_per_page = list_max_show_all = 25  # a row takes over a millisecond and six kilobytes
    actions = ("archive_all", "take_back_all")
    actions_detail = ("edit", "confirm", "refund", "delivery", "cancel", "archive", "take_back")
    change_form_outer_after_template = "orders/admin/order.html"
    fields = readonly_fields = (
        *("number", "state_in_words", "paid_in_words", "customer_in_full", "total", "discounted", "tax"),
        *("placed_at", "confirmed_at", "paid_at", "cancelled_at", "archived_at"),
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Orders

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        text = search_term.replace("\x00", "").strip()
        return (queryset.filter(pk__in=staff.orders_like(text)) if text else queryset), False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return ("number",)

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

    @display(description=gettext_lazy("payment"), label=tables.PAYMENT_LABELS)  # type: ignore[untyped-decorator]
    def payment_state(self, order: Any) -> tuple[str, str]:
        return tables.payment_state(order.payments), tables.payment_words(order.payments)

    @admin.display(description=gettext_lazy("payment"))
    def paid_in_words(self, order: Order) -> str:
        return tables.payment_words(_payments(order))

    # Its page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Read once a request, though several parts of the page ask."""
        known: dict[str, Any] = request.__dict__.setdefault("_orders", {})
        if object_id not in known:
            known[object_id] = super().get_object(request, object_id, from_field)
        return known[object_id]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        order = self.get_object(request, object_id)
        more: dict[str, Any] = {}
        if order is not None and self.has_view_permission(request, order):
            payments = _payments(order)
            refunds, disputes = staff.refunds_and_disputes(payments)
            lines = order.lines.order_by("position")
            held = staff.entitlements_with_downloads(order)
            told = [tables.lines_table(order, lines)]
            told += [tables.entitlements_table(held)] if held else []
            told += [tables.payments_table(payments)]
            told += [tables.refunds_table(refunds)] if refunds else []
            told += [tables.disputes_table(disputes)] if disputes else []
            more = {"tables": told, "order": order}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return response

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Those that the person may take, and that the order allows now."""
        order = self.get_object(request, object_id)
        if order is None:
            return []
        payments, is_open = _payments(order), order.status == Order.Status.OPEN
        possible = {
            "edit": is_open,
            "cancel": is_open,
            "confirm": bool(steps.to_confirm(payments)),
            "refund": any(refundable_minor(one) for one in payments),
            "delivery": order.status == Order.Status.PAID,
            "archive": order.archived_at is None,
            "take_back": order.archived_at is not None,
        }
        allowed = super().get_actions_detail(request, object_id)
        return [one for one in allowed if possible[one.action_name.removeprefix("orders_order_")]]

    def has_edit_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("orders.change_order")

    def has_archive_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("orders.delete_order")

    def has_refund_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_refund")

    def has_deliver_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("orders.change_entitlement")

    def has_confirm_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.change_payment")

    @action(description=gettext_lazy("Change"), permissions=["view", "edit"], url_path="edit")  # type: ignore[untyped-decorator]
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.edit(self, request, object_id)

    @action(description=gettext_lazy("Cancel"), permissions=["view", "edit"], url_path="cancel")  # type: ignore[untyped-decorator]
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.cancel(self, request, object_id)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("The money has come"), permissions=["view", "confirm"], url_path="confirm"
    )
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.confirm(self, request, object_id)

    @action(description=gettext_lazy("Refund"), permissions=["view", "refund"], url_path="refund")  # type: ignore[untyped-decorator]
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.refund(self, request, object_id)

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Downloads"), permissions=["view", "deliver"], url_path="downloads"
    )
    def delivery(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.delivery(self, request, object_id)

    @action(description=gettext_lazy("Archive"), permissions=["view", "archive"], url_path="archive")  # type: ignore[untyped-decorator]
    def archive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.archive(self, request, object_id)

    @action(description=gettext_lazy("Take back"), permissions=["view", "archive"], url_path="take-back")  # type: ignore[untyped-decorator]
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.take_back(self, request, object_id)

    # With many at once

    @admin.action(description=gettext_lazy("Archive"), permissions=["archive"])
    def archive_all(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        self._set_archived(request, orders, archived=True)

    @admin.action(description=gettext_lazy("Take back out of the archive"), permissions=["archive"])
    def take_back_all(self, request: HttpRequest, orders: QuerySet[Order]) -> None:
        self._set_archived(request, orders, archived=False)

    def _set_archived(self, request: HttpRequest, orders: QuerySet[Order], *, archived: bool) -> None:
        done = [one for one in orders if services.order_set_archived(order_id=one.pk, archived=archived)]
        for order in done:
            self.log_change(request, order, cast(Any, [{"changed": {"fields": ["archived_at"]}}]))
        text = (
            ngettext("{count} order is archived.", "{count} orders are archived.", len(done))
            if archived
            else ngettext("{count} order is back.", "{count} orders are back.", len(done))
        )
        self.message_user(request, text.format(count=len(done)))
