"""Payouts to creators, and what each of them is owed."""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget

from showpiece.accounts.models import User
from showpiece.catalog.models import Creator
from showpiece.csv_files import csv_response
from showpiece.money import CURRENCIES, amount_parse, amount_with_currency, currency_text, decimal_price
from showpiece.orders.models import Bundle
from showpiece.payments.models import Payout
from showpiece.payments.selectors import balances_after
from showpiece.payments.services import KeyReused, payout_record
from showpiece.payments.staff_forms import AmountInput
from showpiece.payments.staff_tables import moment
from showpiece.staff_export import Exported, Table
from showpiece.staff_forms import Served, ServedForm
from showpiece.staff_lists import CurrencyFilter, LongReadOnly
from showpiece.staff_widgets import OneOfMany

BALANCES_A_PAGE = 100


def _named(parties: Iterable[str | uuid.UUID]) -> dict[str, str]:
    """Creators' names by their ids."""
    found = Creator.objects.filter(pk__in=set(map(str, parties))).values_list("pk", "name", "slug")
    return {str(pk): f"{name} (@{slug})" for pk, name, slug in found}


class PayoutTable(Table):
    """Payouts for a spreadsheet."""

    amount = Field(column_name="amount")
    made_by = Field("made_by__username", "made_by")

    class Meta:
        model = Payout
        fields = ("id", "party", "amount", "currency", "reference", "made_by", "paid_at")
        export_order = fields
        use_natural_foreign_keys = False
        chunk_size = 500

    def dehydrate_amount(self, payout: Payout) -> str:
        return str(decimal_price(payout.amount_minor, payout.currency))


class _PayoutForm(ServedForm):
    """To whom, and how much. `key`: one press, one payout."""

    typed_as = {"amount_minor": "amount"}

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    creator = forms.ModelChoiceField(Creator.objects.all(), label=gettext_lazy("Creator"))
    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=30, widget=AmountInput())
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), widget=UnfoldAdminSelectWidget())

    class Meta:
        model = Payout
        fields = ("currency", "reference")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        if "creator" not in fields:
            return
        fields["creator"].widget = OneOfMany(Bundle._meta.get_field("creator"))
        fields["creator"].widget.choices = fields["creator"].choices
        fields["currency"].choices = [(code, currency_text(code)) for code in CURRENCIES]
        self.initial.setdefault("currency", settings.SHOP_CURRENCY)

    def add_refusal(self, refusal: Exception) -> None:
        """The key is of another payout: the page was sent before, and what was typed is another one."""
        data: Any = self.data
        self.data = data = data.copy()
        data["key"] = str(uuid.uuid4())
        self.add_error(None, _("This page was out of date. Please look at it once more."))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        if given.get("amount") and given.get("currency"):
            try:
                given["amount_minor"] = amount_parse(given["amount"], given["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        return given


class _Payouts(ChangeList):
    """The rows of a page with the names of their creators."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        names = _named(row.party for row in rows)
        for row in rows:
            row.creator_name = names.get(str(row.party), str(row.party))
        self.result_list = rows


@admin.register(Payout)
class PayoutAdmin(Exported, Served, LongReadOnly):
    """What the operator has sent to creators. Written down once, and never changed."""

    form = _PayoutForm
    refusals = (ValidationError, KeyReused)
    resource_classes = (PayoutTable,)
    list_display = ("creator_shown", "amount_shown", "reference", "made_by", "paid_at")
    list_filter = (CurrencyFilter, "paid_at")
    list_select_related = ("made_by",)
    search_fields = ("reference",)  # see get_search_results
    search_help_text = gettext_lazy("Name or address of the creator, or the whole reference")
    ordering = ("-pk",)
    actions_list = ("balances",)
    fields = ("creator_shown", "amount_shown", "reference", "made_by", "paid_at")
    add_fields = ("creator", "amount", "currency", "reference", "key")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Payouts

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        text = search_term.replace("\x00", "").strip()
        if not text:
            return queryset, False
        creators = Creator.objects.filter(name__icontains=text) | Creator.objects.filter(slug=text.lstrip("@"))
        parties = list(creators.values_list("pk", flat=True)[:100])
        return queryset.filter(party__in=parties) | queryset.filter(reference=text), False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else self.add_fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ()

    @admin.display(description=gettext_lazy("creator"))
    def creator_shown(self, payout: Any) -> str:
        if not hasattr(payout, "creator_name"):
            payout.creator_name = _named([payout.party]).get(str(payout.party), str(payout.party))
        return str(payout.creator_name)

    @admin.display(description=gettext_lazy("amount"))
    def amount_shown(self, payout: Payout) -> str:
        return amount_with_currency(payout.amount_minor, payout.currency)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("payments.add_payout")

    def save_model(self, request: HttpRequest, obj: Payout, form: Any, change: bool) -> None:
        given = form.cleaned_data
        obj.pk = payout_record(
            party=given["creator"].pk,
            amount_minor=given["amount_minor"],
            currency=given["currency"],
            key=given["key"],
            reference=given["reference"],
            by=cast(User, request.user),
        ).pk

    @action(description=gettext_lazy("Balances of creators"), permissions=["view"], url_path="balances")  # type: ignore[untyped-decorator]
    def balances(self, request: HttpRequest) -> HttpResponseBase:
        """What each creator is owed, by currency."""
        if "csv" in request.GET:
            return csv_response(request, "balances.csv", ["id", "creator", "balance", "currency"], _balance_rows())
        after = request.GET.get("after", "").replace("\x00", "")
        found = list(balances_after(after, BALANCES_A_PAGE + 1))
        if after and not found:
            return redirect(request.path)
        names = _named(party for party, _currency, _amount in found)
        shown = found[:BALANCES_A_PAGE]
        rows = [
            [names.get(party, party), amount_with_currency(amount, currency), _last_payout(party, currency)]
            for party, currency, amount in shown
        ]
        more = len(found) > BALANCES_A_PAGE
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Balances of creators"),
            "table": {"headers": [_("Creator"), _("Balance"), _("Last payout")], "rows": rows},
            "next": f"{shown[-1][0]}:{shown[-1][1]}" if more else "",
            "media": self.media,
        }
        answer: HttpResponse = TemplateResponse(request, "orders/admin/balances.html", context)
        return answer


def _last_payout(party: str, currency: str) -> str:
    last = Payout.objects.filter(party=party, currency=currency).order_by("-pk").first()
    return f"{moment(last.paid_at)}, {amount_with_currency(last.amount_minor, currency)}" if last else "—"


def _balance_rows() -> Iterator[list[str]]:
    after = ""
    while rows := list(balances_after(after, BALANCES_A_PAGE)):
        names = _named(party for party, _currency, _amount in rows)
        for party, currency, amount in rows:
            yield [party, names.get(party, ""), str(decimal_price(amount, currency)), currency]
        after = f"{rows[-1][0]}:{rows[-1][1]}"
