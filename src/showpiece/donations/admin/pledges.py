"""Monthly donations."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from showpiece.donations import staff
from showpiece.donations.admin import steps, tables
from showpiece.donations.admin.donations import GiverColumns
from showpiece.donations.models import Pledge, PledgePart
from showpiece.staff_lists import CurrencyFilter, LongReadOnly

LABELS = {
    Pledge.Status.ACTIVE: "success",
    Pledge.Status.PENDING: "info",
    Pledge.Status.PAST_DUE: "danger",
    Pledge.Status.ENDED: "warning",
}
MOST_MONTHS = 24


@admin.register(Pledge)
class PledgeAdmin(GiverColumns, LongReadOnly):
    """What somebody gives every month. `change_pledge` is the permission to end it."""

    back_text = gettext_lazy("Back to the monthly donation")
    list_display = ("whole_number", "giver", "to", "amount", "state", "created_at", "ended_at")
    list_filter = ("status", CurrencyFilter, "created_at")
    list_select_related = ("user",)
    search_fields = ("number",)  # see `staff.pledges_like`
    search_help_text = gettext_lazy("Number, e-mail, giver or project; the newest 500 of each")
    ordering = ("-pk",)
    actions_detail = ("end",)
    change_form_outer_after_template = "web/staff/tables.html"
    fields = readonly_fields = (
        *("number", "status", "giver_in_full", "is_anonymous", "whole_message", "amount"),
        *("created_at", "started_at", "ended_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pledge]:
        found: QuerySet[Pledge] = super().get_queryset(request)
        return found.prefetch_related(Prefetch("parts", queryset=PledgePart.objects.order_by("position")))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Pledge], search_term: str
    ) -> tuple[QuerySet[Pledge], bool]:
        text = search_term.replace("\x00", "").strip()
        return (queryset.filter(pk__in=staff.pledges_like(text)) if text else queryset), False

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return list_display[:1]

    @display(description=gettext_lazy("state"), label=LABELS)  # type: ignore[untyped-decorator]
    def state(self, pledge: Pledge) -> tuple[str, str]:
        return pledge.status, str(pledge.get_status_display())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        pledge = self.get_object(request, object_id)
        more = {}
        if pledge is not None and self.has_view_permission(request, pledge):
            months = list(pledge.donations.order_by("-pk")[:MOST_MONTHS])
            told = [tables.pledged_table(list(pledge.parts.all()), pledge.currency)]
            more = {"tables": told + ([tables.months_table(months)] if months else [])}
        response: HttpResponse = super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})
        return response

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        """None for one that has ended."""
        pledge = self.get_object(request, object_id)
        if pledge is None or pledge.status == Pledge.Status.ENDED:
            return []
        return super().get_actions_detail(request, object_id)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("donations.change_pledge")

    @action(description=gettext_lazy("End it"), permissions=["view", "end"], url_path="end")  # type: ignore[untyped-decorator]
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return steps.end(self, request, object_id)
