"""What projects ask for, and what they got. Creators set goals on pages of their own."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from showpiece.donations.models import DonationPolicy, Goal, Support
from showpiece.money import amount_with_currency
from showpiece.staff_lists import CurrencyFilter, LongReadOnly


class OfProject(LongReadOnly):
    """Rows of projects, found by their names."""

    list_select_related = ("project",)
    search_fields = ("project__name", "project__slug")
    search_help_text = gettext_lazy("The project")
    ordering = ("-pk",)


@admin.register(Goal)
class GoalAdmin(OfProject):
    """Sums that projects ask for."""

    list_display = ("title", "project", "target", "raised", "state", "created_at", "ends_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), CurrencyFilter, "created_at")
    fields = readonly_fields = (
        *("title", "project", "about", "target", "raised", "created_at", "ends_at", "reached_at", "closed_at"),
    )

    @admin.display(description=gettext_lazy("goal"))
    def target(self, goal: Goal) -> str:
        return amount_with_currency(goal.target_minor, goal.currency)

    @admin.display(description=gettext_lazy("raised"))
    def raised(self, goal: Goal) -> str:
        return amount_with_currency(goal.raised_minor, goal.currency)

    @display(  # type: ignore[untyped-decorator]
        description=gettext_lazy("state"), label={"open": "info", "reached": "success", "closed": "warning"}
    )
    def state(self, goal: Goal) -> tuple[str, str]:
        if goal.closed_at:
            return "closed", str(gettext_lazy("closed"))
        if goal.reached_at:
            return "reached", str(gettext_lazy("reached"))
        return "open", str(gettext_lazy("open"))


@admin.register(Support)
class SupportAdmin(OfProject):
    """What was given to each project."""

    list_display = ("project", "given", "donation_count")
    list_filter = (CurrencyFilter,)
    fields = readonly_fields = ("project", "given", "donation_count")

    @admin.display(description=gettext_lazy("given"))
    def given(self, support: Support) -> str:
        return amount_with_currency(support.given_minor, support.currency)


@admin.register(DonationPolicy)
class DonationPolicyAdmin(OfProject):
    """Which projects take donations, where their creators have said so."""

    list_display: Any = ("project", "is_on")
    list_filter = ("is_on",)
    fields = readonly_fields = ("project", "is_on")
