"""Donations for spreadsheets, and the tables on the page of one."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from import_export.fields import Field

from showpiece.donations.models import Donation, DonationPart, PledgePart
from showpiece.money import amount_with_currency, decimal_price
from showpiece.payments.staff_tables import PaidTable, ToldTable, moment


class DonationTable(PaidTable):
    """Donations for a spreadsheet."""

    kind = "donation"
    giver = Field("user__username", "giver")
    monthly = Field("pledge__number", "monthly")
    projects = Field(column_name="projects")
    amount = Field(column_name="amount")
    fee = Field(column_name="fee")

    class Meta:
        model = Donation
        fields = (
            *("number", "giver", "email", "name", "is_anonymous", "message", "monthly", "projects", "status"),
            *("currency", "amount", "fee", "refunded", "payment", "provider", "placed_at", "paid_at", "archived_at"),
        )
        export_order = fields
        use_natural_foreign_keys = False
        chunk_size = 500

    def dehydrate_projects(self, donation: Donation) -> str:
        return ", ".join(part.name for part in donation.parts.all())

    def dehydrate_amount(self, donation: Donation) -> str:
        return str(decimal_price(donation.amount_minor, donation.currency))

    def dehydrate_fee(self, donation: Donation) -> str:
        return str(decimal_price(sum(part.fee_minor for part in donation.parts.all()), donation.currency))


def parts_table(parts: Sequence[DonationPart], currency: str) -> ToldTable:
    """Who got what of a donation."""

    def amount(minor: int) -> str:
        return amount_with_currency(minor, currency) if minor else "—"

    rows = [
        [
            part.name,
            part.creator_name,
            amount_with_currency(part.amount_minor, currency),
            amount(part.fee_minor),
            amount(part.refunded_minor),
            _("yes") if part.on_wall else _("hidden by its creator") if part.hidden_at else _("no"),
        ]
        for part in parts
    ]
    headers = [_("Project"), _("Creator"), _("Amount"), _("Platform fee"), _("Refunded"), _("Shown among supporters")]
    return ToldTable(_("Who gets it"), headers, rows)


def months_table(donations: Sequence[Donation]) -> ToldTable:
    """The months of a pledge."""
    rows = [
        [
            one.number,
            amount_with_currency(one.amount_minor, one.currency),
            str(one.get_status_display()),
            amount_with_currency(one.refunded_minor, one.currency) if one.refunded_minor else "—",
            moment(one.placed_at),
        ]
        for one in donations
    ]
    return ToldTable(_("Its months"), [_("Number"), _("Amount"), _("State"), _("Refunded"), _("Begun")], rows)


def pledged_table(parts: Sequence[PledgePart], currency: str) -> ToldTable:
    """Who gets what of a pledge each month."""
    rows = [[part.name, part.creator_name, amount_with_currency(part.amount_minor, currency)] for part in parts]
    return ToldTable(_("Who gets it each month"), [_("Project"), _("Creator"), _("Amount")], rows)
