"""Lists for staff of what is paid for, whichever room it is of. Only modules named `admin` import it: it loads the
admin."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_permission_codename
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from showpiece.payments.models import Payment
from showpiece.payments.selectors import refundable_minor, with_payments
from showpiece.payments.staff_steps import to_confirm
from showpiece.payments.staff_tables import PAYMENT_LABELS, ToldTable, money_tables, payment_state, payment_words
from showpiece.staff_export import Exported
from showpiece.staff_lists import LongReadOnly


class _WithPayments(ChangeList):
    """The rows of a page with their payments."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        page: Any = self.model_admin
        self.result_list = with_payments(page.kind, self.result_list)


class PaidAdmin(Exported, LongReadOnly):
    """Rows that are paid for, with what became of their payments. The room says of which `kind` they are, and has a
    module of `steps`: `cancel`, `confirm`, `refund`, `archive` and `take_back`."""

    kind: str
    steps: Any
    ordering = ("-pk",)
    actions = ("archive_all", "take_back_all")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _WithPayments

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return list_display[:1]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.replace("\x00", "").strip()
        return (queryset.filter(pk__in=self.ids_like(text)) if text else queryset), False

    def ids_like(self, text: str) -> set[Any]:
        """Ids of the rows that a search finds."""
        raise NotImplementedError

    # What the columns and the page say

    @display(description=gettext_lazy("payment"), label=PAYMENT_LABELS)  # type: ignore[untyped-decorator]
    def payment_state(self, row: Any) -> tuple[str, str]:
        return payment_state(row.payments), payment_words(row.payments)

    @admin.display(description=gettext_lazy("payment"))
    def paid_in_words(self, row: Any) -> str:
        return payment_words(self.payments_of(row))

    def payments_of(self, row: Any) -> list[Payment]:
        """Read once a row."""
        if not hasattr(row, "payments"):
            with_payments(self.kind, [row])
        return cast(list[Payment], row.payments)

    def tables_of(self, row: Any) -> list[ToldTable]:
        """What the page tells of the row, above its money."""
        raise NotImplementedError

    # Its page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Read once a request, though several parts of the page ask."""
        known: dict[str, Any] = request.__dict__.setdefault("_paid_for", {})
        if object_id not in known:
            known[object_id] = super().get_object(request, object_id, from_field)
        return known[object_id]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        more = {}
        if row is not None and self.has_view_permission(request, row):
            more = {"tables": [*self.tables_of(row), *money_tables(self.payments_of(row))]}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return response

    def possible(self, row: Any) -> dict[str, bool]:
        """The steps that the row allows now."""
        payments, is_open = self.payments_of(row), row.status == "open"
        return {
            "cancel": is_open,
            "confirm": bool(to_confirm(payments)),
            "refund": any(refundable_minor(one) for one in payments),
            "archive": row.archived_at is None,
            "take_back": row.archived_at is not None,
        }

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """Those that the person may take, and that the row allows now."""
        row = self.get_object(request, object_id)
        if row is None:
            return []
        possible, prefix = self.possible(row), f"{self.opts.app_label}_{self.opts.model_name}_"
        allowed = super().get_actions_detail(request, object_id)
        return [one for one in allowed if possible[one.action_name.removeprefix(prefix)]]

    def _has(self, request: HttpRequest, kind: str) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename(kind, self.opts)}")

    def has_edit_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._has(request, "change")

    def has_archive_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._has(request, "delete")

    def has_refund_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.add_refund")

    def has_confirm_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("payments.change_payment")

    @action(description=gettext_lazy("Cancel"), permissions=["view", "edit"], url_path="cancel")  # type: ignore[untyped-decorator]
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return cast(HttpResponse, self.steps.cancel(self, request, object_id))

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("The money has come"), permissions=["view", "confirm"], url_path="confirm"
    )
    def confirm(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return cast(HttpResponse, self.steps.confirm(self, request, object_id))

    @action(description=gettext_lazy("Refund"), permissions=["view", "refund"], url_path="refund")  # type: ignore[untyped-decorator]
    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return cast(HttpResponse, self.steps.refund(self, request, object_id))

    @action(description=gettext_lazy("Archive"), permissions=["view", "archive"], url_path="archive")  # type: ignore[untyped-decorator]
    def archive(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return cast(HttpResponse, self.steps.archive(self, request, object_id))

    @action(description=gettext_lazy("Take back"), permissions=["view", "archive"], url_path="take-back")  # type: ignore[untyped-decorator]
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return cast(HttpResponse, self.steps.take_back(self, request, object_id))

    # With many at once

    @admin.action(description=gettext_lazy("Archive"), permissions=["archive"])
    def archive_all(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._set_archived(request, rows, archived=True)

    @admin.action(description=gettext_lazy("Take back out of the archive"), permissions=["archive"])
    def take_back_all(self, request: HttpRequest, rows: QuerySet[Any]) -> None:
        self._set_archived(request, rows, archived=False)

    def set_archived(self, row: Any, *, archived: bool) -> bool:
        """Put a row away, or take it back; False if it was so before."""
        raise NotImplementedError

    def archived_text(self, count: int, *, archived: bool) -> str:
        """That so many were put away, or taken back."""
        raise NotImplementedError

    def _set_archived(self, request: HttpRequest, rows: QuerySet[Any], *, archived: bool) -> None:
        done = [one for one in rows if self.set_archived(one, archived=archived)]
        for row in done:
            self.log_change(request, row, cast(Any, [{"changed": {"fields": ["archived_at"]}}]))
        self.message_user(request, self.archived_text(len(done), archived=archived))
