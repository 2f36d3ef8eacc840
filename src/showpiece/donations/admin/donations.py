"""Donations."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from showpiece.donations import services, staff
from showpiece.donations.admin import steps, tables
from showpiece.donations.models import Donation, DonationPart
from showpiece.money import amount_with_currency
from showpiece.payments.staff_pages import PaidAdmin
from showpiece.payments.staff_tables import ToldTable
from showpiece.staff_lists import ArchivedFilter, CurrencyFilter

LABELS = {Donation.Status.PAID: "success", Donation.Status.OPEN: "info", Donation.Status.CANCELLED: "warning"}
# A donation may be to twenty projects.
MOST_SHOWN = 2


class GiverColumns:
    """Who gives, of donations and pledges."""

    @admin.display(description=gettext_lazy("number"))
    def whole_number(self, row: Any) -> str:
        """On one line."""
        return format_html('<span class="whitespace-nowrap">{}</span>', row.number)

    @admin.display(description=gettext_lazy("message"))
    def whole_message(self, row: Any) -> str:
        """As it was typed, line by line, and nothing of it is markup."""
        return linebreaksbr(row.message) if row.message else "—"

    @admin.display(description=gettext_lazy("giver"))
    def giver(self, row: Any) -> str:
        who = row.user.username if row.user else row.name
        return ", ".join(part for part in (who, row.email) if part) or _("somebody who has left")

    @admin.display(description=gettext_lazy("giver"))
    def giver_in_full(self, row: Any) -> str:
        who = str(row.user) if row.user else _("guest")
        name = _("as “%(name)s”") % {"name": row.name} if row.name else ""
        return ", ".join(part for part in (who, name, row.email) if part)

    @admin.display(description=gettext_lazy("amount"))
    def amount(self, row: Any) -> str:
        return amount_with_currency(row.amount_minor, row.currency)

    @admin.display(description=gettext_lazy("to"))
    def to(self, row: Any) -> str:
        names = [part.name for part in row.parts.all()]
        more = len(names) - MOST_SHOWN
        shown = ", ".join(names[:MOST_SHOWN])
        return shown if more <= 0 else _("%(names)s and %(count)s more") % {"names": shown, "count": more}


@admin.register(Donation)
class DonationAdmin(GiverColumns, PaidAdmin):
    """Donations. What was given is as it was; an open one can be cancelled."""

    kind, steps = "donation", steps
    back_text = gettext_lazy("Back to the donation")
    resource_classes = (tables.DonationTable,)
    list_display = ("whole_number", "giver", "to", "amount", "state", "payment_state", "placed_at")
    list_filter = ("status", ArchivedFilter, CurrencyFilter, "placed_at")
    list_select_related = ("user", "pledge")
    search_fields = ("number",)  # see `ids_like`
    search_help_text = gettext_lazy("Number, e-mail, giver or project; the newest 500 of each")
    actions_detail = ("confirm", "refund", "cancel", "archive", "take_back")
    change_form_outer_after_template = "web/staff/tables.html"
    fields = readonly_fields = (
        *("number", "state_in_words", "paid_in_words", "giver_in_full", "is_anonymous", "whole_message", "amount"),
        *("refunded", "monthly", "placed_at", "confirmed_at", "paid_at", "archived_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Donation]:
        parts = DonationPart.objects.order_by("position")
        found: QuerySet[Donation] = super().get_queryset(request)
        return found.prefetch_related(Prefetch("parts", queryset=parts))

    def ids_like(self, text: str) -> set[uuid.UUID]:
        return staff.donations_like(text)

    @admin.display(description=gettext_lazy("refunded"))
    def refunded(self, donation: Donation) -> str:
        return amount_with_currency(donation.refunded_minor, donation.currency) if donation.refunded_minor else "—"

    @admin.display(description=gettext_lazy("monthly donation"))
    def monthly(self, donation: Donation) -> str:
        return donation.pledge.number if donation.pledge else "—"

    @display(description=gettext_lazy("state"), label=LABELS)  # type: ignore[untyped-decorator]
    def state(self, donation: Donation) -> tuple[str, str]:
        return donation.status, self.state_in_words(donation)

    @admin.display(description=gettext_lazy("state"))
    def state_in_words(self, donation: Donation) -> str:
        word = _("not paid in time") if donation.expired else str(donation.get_status_display())
        return _("%(state)s, archived") % {"state": word} if donation.archived_at else word

    def tables_of(self, row: Donation) -> list[ToldTable]:
        return [tables.parts_table(list(row.parts.all()), row.currency)]

    def set_archived(self, row: Donation, *, archived: bool) -> bool:
        return services.donation_set_archived(donation_id=row.pk, archived=archived)

    def archived_text(self, count: int, *, archived: bool) -> str:
        text = (
            ngettext("{count} donation is archived.", "{count} donations are archived.", count)
            if archived
            else ngettext("{count} donation is back.", "{count} donations are back.", count)
        )
        return text.format(count=count)
